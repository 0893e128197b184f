/** Judges doctor with the eyes of a person who sees nothing but what it prints, and who does what it says. */
import * as assert from "uvu/assert";
import type { Finished } from "../fixture/child.ts";
import { admit, type Patient } from "./patient.ts";
import type { Scene } from "./scene.ts";
import type { BrokenSetup } from "./setup.ts";

/** What people see of the links that have another name in the JSON. */
const shown: Readonly<Record<string, string>> = { backend: "secret backend", tags: "run tags", name: "host name" };

/** What the faults of a link end with; of all others, 4: a backend or a server that does not answer as it should. */
const exits: Readonly<Record<string, number>> = { file: 3, plugins: 3, request: 1 };

/** Words that tell nobody anything, and what no user is to see. */
const EMPTY = /no detail|unknown reason|undefined|\[object|NaN|\bat \S+\.[jt]s:\d+/;

interface Finding {
  readonly link: string;
  readonly state: string;
  readonly found: string;
  readonly remedy?: string;
  readonly code?: string;
  readonly details?: string[];
  readonly warnings: string[];
}

interface Report {
  readonly fine: boolean;
  readonly broken?: { readonly link: string; readonly code?: string; readonly remedy?: string };
  readonly verdict: string;
  readonly links: Finding[];
  readonly servers: { readonly links: Finding[] }[];
}

/** Breaks a whole set-up, reads what doctor says, follows it, and looks whether all is well. */
export async function examine(setup: BrokenSetup, scene: Scene): Promise<void> {
  const patient = admit(scene);
  await setup.breaks(patient);
  const advised = setup.warns ? await readWarning(setup, patient) : await readFault(setup, patient);
  await setup.follow(patient, ...advised.slice(1).map((group) => group ?? ""));
  const healed = await patient.doctor(...(setup.args ?? []));
  assert.is(healed.code, 0, `not healed by what was advised (${advised[0]}):\n${healed.stdout}${healed.stderr}`);
  assert.match(healed.stdout, /\n {2}ok {4}request .*\n[\s\S]*\nAll is well/);
  if (setup.warns) assert.not.match(healed.stdout, setup.says);
}

/** What a person is told to do: behind "Try this", or for a fault of the file beside its place, which the last line calls "fix". */
function adviceIn(fault: string): string {
  const tried = /Try this: (.*)$/m.exec(fault)?.[1];
  if (tried !== undefined) return tried;
  const [, place = "the configuration", message] = /^ +(?:(\S+:\d+):\d+|\S+) {2}[A-Z_]+ {2}(.*)$/m.exec(fault) ?? [];
  return `fix ${place}: ${message}`;
}

/** The groups of the advice that stands with the fault. */
async function readFault(setup: BrokenSetup, patient: Patient): Promise<RegExpExecArray> {
  const { link, code, says, remedy, exit = exits[link] ?? 4, args = [] } = setup;
  const { text, report, printed } = await ask(patient, args, exit);
  const [first = ""] = /^ {2}FAIL {2}.*(?:\n {8}.*)*/m.exec(text) ?? [];
  assert.ok(first.startsWith(`  FAIL  ${shown[link] ?? link} `), `another link is named first:\n${printed}`);
  assert.match(first, says);
  const last = text.trimEnd().split("\n").at(-1) as string;
  assert.ok(last.startsWith(`The chain breaks at: ${shown[link] ?? link}`), printed);
  const advice = adviceIn(first);
  const repeated = /Do this first: (.*)$/.exec(last)?.[1]?.replace(/\.$/, "");
  assert.ok(
    repeated === undefined ? last.endsWith("Do first what is said there.") : advice.includes(repeated),
    printed,
  );
  const advised = remedy.exec(advice);
  assert.ok(advised, `it does not advise ${remedy}:\n${printed}`);

  assert.equal([report.fine, report.broken?.link, report.broken?.code], [false, link, code], printed);
  const finding = findingOf(report, link, "broken");
  assert.is(finding.code, code);
  assert.match([finding.found, ...(finding.details ?? [])].join("\n"), says);
  assert.match(report.broken?.remedy as string, remedy);
  return advised as RegExpExecArray;
}

/** The advice of a warning, which stands below its link. */
async function readWarning(setup: BrokenSetup, patient: Patient): Promise<RegExpExecArray> {
  const { link, says, remedy, args = [] } = setup;
  const { text, report, printed } = await ask(patient, args, 0);
  const [first = ""] = /^ {2}warn {2}.*(?:\n {8}.*)*/m.exec(text) ?? [];
  assert.ok(first.startsWith(`  warn  ${shown[link] ?? link} `), `another link warns first:\n${printed}`);
  assert.match(first, says);
  const advised = remedy.exec(first);
  assert.ok(advised, `the warning does not advise ${remedy}:\n${printed}`);
  assert.match(findingOf(report, link, "fine").warnings.join("\n"), says);
  return advised as RegExpExecArray;
}

/** Both forms of one diagnosis. */
async function ask(patient: Patient, args: readonly string[], exit: number) {
  const [people, program] = await Promise.all([patient.doctor(...args), patient.doctor("--json", ...args)]);
  const printed = [people, program].map(outputOf).join("\n");
  assert.equal([people.code, program.code], [exit, exit], printed);
  assert.not.match(printed, EMPTY);
  return { text: people.stdout, report: JSON.parse(program.stdout) as Report, printed };
}

const outputOf = ({ stdout, stderr }: Finished) => stdout + stderr;

function findingOf({ links, servers }: Report, name: string, state: string): Finding {
  const all = [...links, ...servers.flatMap((server) => server.links)];
  const found = all.find((finding) => finding.link === name && finding.state === state);
  if (found === undefined) throw new Error(`the JSON has no ${state} link ${name}`);
  return found;
}
