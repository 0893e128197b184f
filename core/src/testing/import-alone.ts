/** Imports modules in a process that does nothing else, and looks at what that changes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { pathToFileURL } from "node:url";

/** What came of it. Each is the end of a sentence about the package, and all are empty for one as it should be. */
export interface Imported {
  /** Modules that can't be imported, and functions that are not there. */
  readonly faults: readonly string[];
  /** What importing them did beside. */
  readonly effects: readonly string[];
  /** The names of other packages of which modules were loaded. */
  readonly packages: readonly string[];
}

/** Milliseconds of real time. */
const LONGEST = 20_000;
/** Between what the modules print and what is found. */
const MARK = "\n--- found by mlflow-auth ---\n";

/**
 * @param own the name of the package: by it, modules may import each other
 * @param entries absolute paths of modules, each with the name of a function that it exports
 */
export async function importAlone(
  own: string,
  entries: readonly { readonly module: string; readonly export: string }[],
): Promise<Imported> {
  const asked = entries.map(({ module, export: name }) => ({ url: pathToFileURL(module).href, name }));
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM, JSON.stringify(asked), MARK, own], {
    // What a test runner sets for its own processes is not for this one.
    env: { PATH, HOME },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: LONGEST,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  await once(child, "close");
  const [printed = "", found] = stdout.split(MARK);
  if (found === undefined) {
    const why = child.signalCode === null ? "ends the process" : "does not end";
    return { faults: [], effects: [`${why}${stderr === "" ? "" : ` (${firstLine(stderr)})`}`], packages: [] };
  }
  const { faults, effects, packages } = JSON.parse(found) as Imported;
  const prints = printed + stderr === "" ? [] : [`prints ${JSON.stringify(firstLine(printed || stderr))}`];
  return { faults, effects: [...effects, ...prints], packages };
}

const firstLine = (text: string) => text.split("\n", 1)[0];

/** What runs there. Names of packages are read from paths, as package managers lay them out. */
const PROGRAM = `
import { registerHooks } from "node:module";

const [, entries, mark, own] = process.argv;
const asked = JSON.parse(entries);
const packages = new Set();
/** The URLs of modules of other packages: what those import is their own affair. */
const others = new Set();
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    const bare = /^(?:@[^/]+\\/)?[^./@][^/]*/.exec(specifier)?.[0];
    const isOutside = bare !== own && !resolved.url.startsWith("node:") && !/^(?:file|data):/.test(specifier);
    const byOther = others.has(context.parentURL);
    if (isOutside && bare !== undefined && !specifier.startsWith("#") && !byOther) packages.add(bare);
    if (byOther || packages.has(bare)) others.add(resolved.url);
    return resolved;
  },
});

const events = ["uncaughtException", "unhandledRejection", "exit", "beforeExit", "SIGINT", "SIGTERM", "warning"];
const look = () => ({
  env: { ...process.env },
  globals: new Set(Reflect.ownKeys(globalThis)),
  replaceable: { fetch: globalThis.fetch, "process.exit": process.exit, "console.log": console.log, "console.error": console.error },
  listeners: Object.fromEntries(events.map((name) => [name, process.listenerCount(name)])),
  resources: Map.groupBy(process.getActiveResourcesInfo(), (name) => name),
  folder: process.cwd(),
});

const before = look();
const faults = [];
for (const { url, name } of asked) {
  try {
    const loaded = await import(url);
    if (typeof loaded[name] !== "function") faults.push(url + " has no function " + name);
  } catch (thrown) {
    faults.push(url + " can't be imported: " + (thrown?.message ?? thrown));
  }
}
// What it has begun shows a moment later.
for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
const after = look();
const effects = [];
for (const name of new Set([...Object.keys(before.env), ...Object.keys(after.env)])) {
  if (before.env[name] !== after.env[name]) effects.push("changes the variable " + name);
}
for (const name of after.globals) if (!before.globals.has(name)) effects.push("adds the global " + String(name));
for (const [name, was] of Object.entries(before.replaceable)) {
  if (after.replaceable[name] !== was) effects.push("replaces " + name);
}
for (const name of events) if (after.listeners[name] !== before.listeners[name]) effects.push("listens to " + name + " of the process");
for (const [name, all] of after.resources) {
  // Such as what reads a module.
  if (name === "Immediate" || /^(?:FS|Pipe|TTY|File)/.test(name)) continue;
  if (all.length > (before.resources.get(name)?.length ?? 0)) effects.push("keeps the process with " + name);
}
if (after.folder !== before.folder) effects.push("changes the working directory");
process.stdout.write(mark + JSON.stringify({ faults, effects, packages: [...packages] }), () => process.exit(0));
`;
