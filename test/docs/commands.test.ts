/** Every `mlflow-auth …` of the documentation is a command of the program, with options and arguments that it takes. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { testCommandContext } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProgram } from "../../cli/src/program.ts";
import { fencesOf, inlineCode, markdownFiles, readMarkdown, root } from "./markdown.ts";

const test = suite("commands in the documentation");
const program = createProgram();
type Command = typeof program;

const WORD = /(?:"[^"]*"|'[^']*'|[^\s"'|&;<>])+/g;
const PROGRAM = /^(?:.*\/)?mlflow-auth$/;
/** What may stand before it: variables, and programs that run another. */
const BEFORE = /^(?:\w+=.*|npx|env|exec|sudo|\$)$/;
/** What stands before a call in the files of a CI system and of systemd. */
const KEY = /^(?:\s*- (?:run: )?|ExecStart=)/;

/** Commands of our own plugins, and what each says of its use. */
const ourPluginCommands = new Map<string, string>();
for (const file of globSync("plugins/*/package.json", { cwd: root })) {
  const { "entry-points": points } = JSON.parse(readFileSync(root + file, "utf8"));
  for (const [name, entry] of Object.entries<string>(points["mlflow_auth.command"] ?? {})) {
    const context = testCommandContext();
    const [path = "", factory = ""] = entry.split(":");
    const module = await import(pathToFileURL(join(root, dirname(file), path)).href);
    await module[factory]().run(["--help"], context);
    ourPluginCommands.set(name, context.printed.stdout);
  }
}

/** Those, those of the plugins whose package.json stands in a document, and the word for any. */
const pluginCommands = new Set(["NAME", ...ourPluginCommands.keys()]);
for (const file of markdownFiles()) {
  for (const { language, text } of fencesOf(readMarkdown(file))) {
    if (language !== "json" || !text.includes('"mlflow_auth.command"')) continue;
    for (const name of Object.keys(JSON.parse(text)["entry-points"]["mlflow_auth.command"])) pluginCommands.add(name);
  }
}

/** The arguments of each call of the program in a line of shell; what stands in a quoted string is not looked into. */
function callsIn(line: string): string[][] {
  const commands = line.split(/[|&;<>]+(?=(?:[^"']|"[^"]*"|'[^']*')*$)/).map((command) => command.match(WORD) ?? []);
  return commands.flatMap((words) => {
    const at = words.findIndex((word) => !BEFORE.test(word));
    if (!PROGRAM.test(words[at] ?? "")) return [];
    return [words.slice(at + 1).map((word) => word.replaceAll(/^["']|["']$/g, ""))];
  });
}

/** What is wrong with the arguments of a call; undefined if the program takes them. */
function faultOf(args: readonly string[]): string | undefined {
  if (/^(?:--version|-V|--help|help)$/.test(args[0] ?? "")) return undefined;
  const all = program.parseOptions([...args]);
  const [name, ...given] = all.operands;
  if (name === undefined) return all.unknown.length > 0 ? `no option ${all.unknown[0]}` : undefined;
  const command = program.commands.find((candidate) => candidate.name() === name);
  if (command === undefined) return pluginCommands.has(name) ? undefined : `no command ${name}`;
  return optionFault(command, [...given, ...all.unknown]);
}

function optionFault(command: Command, args: readonly string[]): string | undefined {
  if (args.includes("--help")) return undefined;
  const { operands, unknown } = command.parseOptions([...args]);
  const [option] = unknown.filter((word) => word.startsWith("-"));
  if (option !== undefined) return `${command.name()} has no option ${option}`;
  const { registeredArguments: known } = command;
  const least = known.filter(({ required }) => required).length;
  const most = known.some(({ variadic }) => variadic) ? Infinity : known.length;
  const count = operands.length + unknown.length;
  if (count < least || count > most) return `${command.name()} takes another number of arguments than ${count}`;
  return undefined;
}

/** A call in the text names a command, or writes it in full. */
const calls = markdownFiles().flatMap((file) => {
  const text = readMarkdown(file);
  const lines = fencesOf(text)
    .filter(({ language, marks }) => ["sh", "yml", "ini"].includes(language) && !marks.includes("run=2"))
    .flatMap((fence) => fence.text.replaceAll("\\\n", " ").split("\n"))
    .map((line) => line.replace(KEY, "").replace(/\s#.*$/, ""));
  const full = lines.flatMap((line) => callsIn(line)).map((args) => ({ file, args, inText: false }));
  const named = inlineCode(text)
    .filter((code) => code.startsWith("mlflow-auth "))
    .flatMap((code) => callsIn(code))
    .map((args) => ({ file, args: args.filter((word) => word !== "…"), inText: true }));
  return [...full, ...named];
});

test("every call is one that the program takes", () => {
  assert.ok(calls.length > 40, `${calls.length} calls`);
  const faults = calls.flatMap(({ file, args, inText }) => {
    const fault = faultOf(args);
    // In a sentence the arguments may be left out: `mlflow-auth headers`.
    const excused = fault === undefined || (inText && /number of arguments/.test(fault));
    return excused ? [] : [`${file}: mlflow-auth ${args.join(" ")}: ${fault}`];
  });
  assert.equal(faults, []);
});

test("every command of the program is in the guide of the command line", () => {
  const guide = inlineCode(readMarkdown("docs/guides/command-line.md"));
  for (const command of program.commands) {
    const name = command.name();
    assert.ok(
      guide.some((code) => code.split(" ").includes(name)),
      name,
    );
  }
});

test("every option that is named in a sentence exists, here or in a program that it belongs to", () => {
  const own = [program, ...program.commands].flatMap((command) => command.options.map(({ long }) => long));
  const ofPlugins = [...ourPluginCommands.values()].flatMap((help) => help.match(/^ +--[a-z-]*[a-z]/gm) ?? []);
  const ours = [...own, ...ofPlugins.map((option) => option.trim())];
  /** Of Node, MLflow, npm and pip. */
  const others = [
    "--import",
    "--experimental-vm-modules",
    "--report-exclude-env",
    "--allowed-hosts",
    "--env-manager",
    "--mask-envs",
    "--no-save",
    "--find-links",
    "--global",
    "--user",
    "--target",
    "--only-binary",
    "--force-reinstall",
    "--help",
  ];
  const unknown = markdownFiles().flatMap((file) =>
    inlineCode(readMarkdown(file))
      .filter((code) => code.startsWith("--"))
      .flatMap((code) => code.match(/--[a-z-]*[a-z]/g) ?? [])
      .filter((option) => !ours.includes(option) && !others.includes(option))
      .map((option) => `${file}: ${option}`),
  );
  assert.equal(unknown, []);
});

test("what the program does not take is found out", () => {
  assert.ok(faultOf(["validat"]));
  assert.ok(faultOf(["validate", "--no-such-option"]));
  assert.ok(faultOf(["headers"]));
  assert.is(faultOf(["exec", "--", "python", "train.py", "--epochs", "10"]), undefined);
  assert.equal(callsIn("A=1 npx mlflow-auth headers $URL --json | jq ."), [["headers", "$URL", "--json"]]);
});

test.run();
