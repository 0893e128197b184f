/** Imports modules in a process that does nothing else, and looks at what that changes and costs. */

import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { IMPORT_PROGRAM } from "./import-program.js";

/** What came of it. */
export interface Imported {
  /** Modules that can't be imported, and functions that are not there: sentences' ends behind the module's path. */
  readonly faults: readonly { readonly module: string; readonly why: string }[];
  /** What importing them did beside: each the end of a sentence about the package. */
  readonly effects: readonly string[];
  /** The names of other packages that the package's own modules import. */
  readonly packages: readonly string[];
  /** Absolute paths of all modules that were loaded, but for those of core. */
  readonly modules: readonly string[];
  /** The processor's time for that, as a multiple of what a start of Node itself takes; 0 where it did not come to an end. */
  readonly starts: number;
}

/** Milliseconds of real time. */
const LONGEST = 20_000;
/** Characters of what modules print that are kept: the first line is told. */
const MOST_PRINTED = 10_000;
/** Characters of what is found: there may be thousands of modules. */
const MOST_TOLD = 4 * 1024 * 1024;

/** What an import needs to know beside the modules. */
export interface ImportOptions {
  /** The name of the package: by it, modules may import each other. */
  readonly own: string;
  /** Milliseconds of real time after which it is stopped. Default 20,000. */
  readonly longest?: number | undefined;
}

/** @param entries absolute paths of modules, each with the name of a function that it exports */
export async function importAlone(
  entries: readonly { readonly module: string; readonly export: string }[],
  { own, longest = LONGEST }: ImportOptions,
): Promise<Imported> {
  const asked = entries.map(({ module, export: name }) => ({ module, url: pathToFileURL(module).href, name }));
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, ["--input-type=module", "-e", IMPORT_PROGRAM, JSON.stringify(asked), own], {
    // What a test runner sets for its own processes is not for this one.
    env: { PATH, HOME },
    // What is found comes by a stream of its own, whatever the modules print; behind a key that they are not given, whatever they write there.
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    timeout: longest,
    killSignal: "SIGKILL",
  });
  const key = randomUUID();
  // It may have ended before.
  child.stdin?.on("error", () => undefined).end(key);
  const [, out, err, report] = child.stdio as unknown as readonly Readable[];
  const [stdout, stderr] = [keep(out, MOST_PRINTED), keep(err, MOST_PRINTED)];
  const told = keep(report, MOST_TOLD);
  const code = await ended(child);
  const printed = firstLine(stdout() || stderr());
  const found = foundIn(told(), key);
  if (found === undefined) {
    const effect = told() === "" ? endOf(code, child.signalCode, longest, printed) : FORGED;
    return { faults: [], effects: [effect], packages: [], modules: [], starts: 0 };
  }
  const effects = printed === "" ? found.effects : [...found.effects, `prints ${JSON.stringify(printed)}`];
  return { ...found, effects };
}

const FORGED = "writes into the stream in which it is judged";

function foundIn(told: string, key: string): Imported | undefined {
  if (!told.startsWith(key)) return undefined;
  try {
    return JSON.parse(told.slice(key.length)) as Imported;
  } catch {
    // Something stands behind it, or it has no end.
    return undefined;
  }
}

/** Its exit code. What a module left running may hold the streams, and is not waited for: they are read until they bring nothing more. */
async function ended(child: ChildProcess): Promise<number | null> {
  let quiet = 0;
  for (const stream of child.stdio.slice(1)) {
    stream?.on("data", () => {
      quiet = 0;
    });
  }
  const [code] = (await once(child, "exit")) as [number | null];
  while (quiet++ < 3) await new Promise((resolve) => setImmediate(resolve));
  for (const stream of child.stdio) stream?.destroy();
  return code;
}

/** What Node exits with where a module waits at its top for what never comes. */
const UNSETTLED = 13;

function endOf(code: number | null, signal: NodeJS.Signals | null, longest: number, printed: string): string {
  if (signal === "SIGKILL") return `does not end within ${longest / 1_000} s`;
  if (code === UNSETTLED) return "waits for a promise that nobody settles";
  if (signal !== null) return `ends the process (${signal})`;
  return `ends the process${printed === "" ? "" : ` (${printed})`}`;
}

function keep(stream: Readable | undefined, most: number): () => string {
  let text = "";
  stream?.setEncoding("utf8");
  stream?.on("error", () => undefined);
  stream?.on("data", (chunk: string) => {
    if (text.length < most) text += chunk;
  });
  return () => text;
}

const firstLine = (text: string) => text.split("\n", 1)[0] as string;
