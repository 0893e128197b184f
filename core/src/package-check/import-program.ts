/**
 * The program of the process that imports a package's modules, and nothing else. Given are the modules, each with its URL and the name of
 * a function, the package's name, and on its stdin a key; what it finds it writes as JSON behind the key into its fourth stream. Names of
 * packages are read from paths, as package managers lay them out.
 *
 * It stops none of what it looks for: what it could not stop for certain would be done all the same.
 */
export const IMPORT_PROGRAM = `
const { createRequire, registerHooks } = process.getBuiltinModule("node:module");
const { fileURLToPath } = process.getBuiltinModule("node:url");
const { createHook } = process.getBuiltinModule("node:async_hooks");
const { readFileSync, writeSync } = process.getBuiltinModule("node:fs");
const [http, https] = ["node:http", "node:https"].map((name) => process.getBuiltinModule(name));

const [, entries, own] = process.argv;
const asked = JSON.parse(entries);
/** Read before any module of theirs runs: nothing else tells the judge that it is us who speak. */
const key = readFileSync(0, "utf8");
const { stringify } = JSON;
const { from } = Buffer;
/** What a start of Node takes, which differs from machine to machine as all else does. */
const start = process.cpuUsage();
const spent = ({ user, system }) => user + system;

// Whoever imports these has Node put its own dispatcher into the process.
for (const name of ["node:http", "node:https"]) await import(name);
// Core is there already where a plugin is imported: neither its modules nor its time are the package's.
try {
  const { resolve } = createRequire(asked[0].url);
  await import(resolve("@mlflow-auth/core/plugin"));
} catch {
  // The package has none to import, or the import of its own modules tells of it.
}

const packages = new Set();
const modules = new Set();
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
  load(url, context, next) {
    if (url.startsWith("file:")) modules.add(fileURLToPath(url));
    return next(url, context);
  },
});

/** Those that wait for their time without keeping the process. */
const timers = [];
for (const name of ["setTimeout", "setInterval"]) {
  const set = globalThis[name];
  globalThis[name] = Object.assign((...given) => {
    const timer = set(...given);
    timers.push(timer);
    return timer;
  }, set);
}

/**
 * What an import may begin without keeping the process, or for a moment only: by the name that Node gives it, that of what keeps the
 * process because of it (empty where that is not told), and the end of a sentence.
 */
const beginnings = [
  ["TCPSERVERWRAP", "TCPServerWrap", "listens on a port"],
  ["TCPWRAP", "TCPSocketWrap", "connects to a server"],
  ["UDPWRAP", "UDPWrap", "opens a UDP socket"],
  ["GETADDRINFOREQWRAP", "", "looks up a host"],
  ["PROCESSWRAP", "ProcessWrap", "starts a program"],
  ["WORKER", "Worker", "starts a thread"],
  ["FSEVENTWRAP", "FSEventWrap", "watches a file"],
  ["STATWATCHER", "StatWatcher", "watches a file"],
];
const begun = new Set();
const hook = createHook({ init: (id, type) => void begun.add(type) });

const prototypes = { Object, Array, String, Function, Promise, Map };
const membersOf = () => Object.entries(prototypes).flatMap(([name, { prototype }]) => Reflect.ownKeys(prototype).map((key) => name + ".prototype." + String(key)));
const look = () => ({
  env: { ...process.env },
  globals: new Set(Reflect.ownKeys(globalThis)),
  members: new Set(membersOf()),
  replaceable: {
    fetch: globalThis.fetch, Date, setTimeout, setInterval, "Math.random": Math.random, "JSON.parse": JSON.parse,
    "process.exit": process.exit, "process.stdout.write": process.stdout.write,
    "console.log": console.log, "console.error": console.error,
    "http.request": http.request, "https.request": https.request, "http.globalAgent": http.globalAgent, "https.globalAgent": https.globalAgent,
  },
  listeners: Object.fromEntries(process.eventNames().map((name) => [name, process.listenerCount(name)])),
  resources: Map.groupBy(process.getActiveResourcesInfo(), (name) => name),
  folder: process.cwd(),
  mask: process.umask(),
  captures: process.hasUncaughtExceptionCaptureCallback(),
});

const before = look();
const faults = [];
hook.enable();
const began = process.cpuUsage();
for (const { module, url, name } of asked) {
  try {
    const loaded = await import(url);
    if (typeof loaded[name] !== "function") faults.push({ module, why: "has no function " + name });
  } catch (thrown) {
    faults.push({ module, why: "can't be imported: " + (thrown?.message ?? thrown) });
  }
}
const took = spent(process.cpuUsage(began));
// What it has begun shows a moment later.
for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
hook.disable();
const after = look();
const effects = [];
for (const name of new Set([...Object.keys(before.env), ...Object.keys(after.env)])) {
  if (before.env[name] !== after.env[name]) effects.push("changes the variable " + name);
}
for (const name of after.globals) if (!before.globals.has(name)) effects.push("adds the global " + String(name));
for (const name of after.members) if (!before.members.has(name)) effects.push("adds " + name);
for (const [name, was] of Object.entries(before.replaceable)) {
  if (after.replaceable[name] !== was) effects.push("replaces " + name);
}
for (const [name, count] of Object.entries(after.listeners)) {
  if (count > (before.listeners[name] ?? 0)) effects.push("listens to " + name + " of the process");
}
if (after.captures && !before.captures) effects.push("captures the process's uncaught exceptions");
const kept = new Set();
for (const [name, all] of after.resources) {
  // Such as what reads a module. A lookup ends by itself, within these turns or later: it is told of as one in either case.
  if (name === "Immediate" || /^(?:FS|Pipe|TTY|File|GetAddrInfo)/.test(name)) continue;
  if (all.length > (before.resources.get(name)?.length ?? 0)) kept.add(name);
}
for (const name of kept) effects.push("keeps the process with " + name);
for (const [type, name, effect] of beginnings) if (begun.has(type) && !kept.has(name)) effects.push(effect);
if (timers.some((timer) => !timer._destroyed && !timer.hasRef())) effects.push("sets a timer");
if (after.folder !== before.folder) effects.push("changes the working directory");
if (process.exitCode !== undefined) effects.push("sets the exit code of the process");
if (after.mask !== before.mask) effects.push("changes the mask of new files");
const starts = took / spent(start);
const told = from(key + stringify({ faults, effects, packages: [...packages], modules: [...modules], starts }));
for (let at = 0; at < told.length; ) at += writeSync(3, told, at);
process.reallyExit(0);
`;
