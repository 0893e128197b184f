/** Every finding about what importing a package does, each shown by the sound package with one mistake. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { findingsOf, shownFinding, soundPackage } from "./sound-package.js";

const test = suite("what importing a package does", { timeout: 30 });

const effects: Readonly<Record<string, readonly [code: string, said: string]>> = {
  "prints on stdout": ['console.log("hello\\nthere");', 'prints "hello"'],
  "prints on stderr": ['console.error("hello");', 'prints "hello"'],
  "prints what looks like a report": [
    "process.stdout.write(JSON.stringify({ faults: [] }));",
    'prints "{\\"faults\\":[]}"',
  ],
  "writes a report of its own, and ends": [
    `import { writeSync } from "node:fs";
    writeSync(3, JSON.stringify({ faults: [], effects: [], packages: [], modules: [], starts: 1 }));
    process.reallyExit(0);`,
    "writes into the stream in which it is judged",
  ],
  "writes before the report": [
    'import { writeSync } from "node:fs"; writeSync(3, "{");',
    "writes into the stream in which it is judged",
  ],
  "writes behind the report": [
    `import { writeSync } from "node:fs";
    const { reallyExit } = process;
    process.reallyExit = (code) => reallyExit.call(process, writeSync(3, "}") && code);`,
    "writes into the stream in which it is judged",
  ],
  "sets the exit code": ["process.exitCode = 7;", "sets the exit code of the process"],
  "adds a global": ["globalThis.acme = 1;", "adds the global acme"],
  "adds to a prototype": ["Array.prototype.acme = () => 1;", "adds Array.prototype.acme"],
  "replaces fetch": ["globalThis.fetch = async () => new Response();", "replaces fetch"],
  "replaces how HTTP is sent": ['import http from "node:http"; http.request = () => {};', "replaces http.request"],
  "changes a variable": ['process.env.ACME = "1";', "changes the variable ACME"],
  "takes a variable away": ["delete process.env.PATH;", "changes the variable PATH"],
  "changes the folder": ['process.chdir("/");', "changes the working directory"],
  "changes the mask": ["process.umask(0o77 ^ process.umask());", "changes the mask of new files"],
  "listens to the process": ['process.on("SIGTERM", () => {});', "listens to SIGTERM of the process"],
  "captures exceptions": [
    "process.setUncaughtExceptionCaptureCallback(() => {});",
    "captures the process's uncaught exceptions",
  ],
  "sets a timer": ["setInterval(() => {}, 1_000);", "keeps the process with Timeout"],
  "sets a timer that keeps nothing": ["setInterval(() => {}, 1_000).unref();", "sets a timer"],
  "opens a socket": [
    'import net from "node:net"; net.createServer().listen(0, "127.0.0.1");',
    "keeps the process with TCPServerWrap",
  ],
  "connects, and is refused at once": [
    'import net from "node:net"; net.connect(1, "127.0.0.1").on("error", () => {});',
    "connects to a server",
  ],
  "connects, and keeps nothing": [
    'import net from "node:net"; net.connect(1, "127.0.0.1").on("error", () => {}).unref();',
    "connects to a server",
  ],
  "listens, and keeps nothing": [
    'import net from "node:net"; net.createServer().listen(0, "127.0.0.1").unref();',
    "listens on a port",
  ],
  "opens a UDP socket": ['import dgram from "node:dgram"; dgram.createSocket("udp4").unref();', "opens a UDP socket"],
  "looks up a host": ['import dns from "node:dns"; dns.lookup("localhost", () => {});', "looks up a host"],
  "looks up hosts that take their time": [
    'import dns from "node:dns"; for (let host = 0; host < 200; host++) dns.lookup(`h${host}.localhost`, () => {});',
    "looks up a host",
  ],
  "starts a program": [
    'import { spawn } from "node:child_process"; spawn(process.execPath, ["--version"], { stdio: "ignore" }).unref();',
    "starts a program",
  ],
  "starts a thread": [
    'import { Worker } from "node:worker_threads"; new Worker("", { eval: true }).unref();',
    "starts a thread",
  ],
  "watches a file": ['import fs from "node:fs"; fs.watch(".").unref();', "watches a file"],
  "asks for a file now and then": [
    'import fs from "node:fs"; fs.watchFile("index.js", () => {}).unref();',
    "watches a file",
  ],
  "ends the process": ["process.exit(0);", "ends the process"],
  "ends the process with a word": ['console.error("no!"); process.exit(3);', "ends the process (no!)"],
  aborts: ["process.abort();", "ends the process (SIGABRT)"],
  "waits for what never comes": ["await new Promise(() => {});", "waits for a promise that nobody settles"],
};

for (const [what, [code, said]] of Object.entries(effects)) {
  test(`one that ${what} is told so, and nothing beside it`, async () => {
    const { folder, write } = soundPackage();
    write("index.js", `${code}\nexport const createRequestAuthProvider = () => ({});`);
    const findings = await findingsOf(folder);
    assert.equal(findings.map(shownFinding), ["error side-effect"], JSON.stringify(findings));
    assert.is(findings[0]?.what.split(" (Warning")[0], `as it is imported, it ${said}`);
  });
}

test("of a sound package nothing is found", async () => {
  assert.equal(await findingsOf(soundPackage().folder), []);
});

test("what it leaves running, with its streams, is not waited for", { timeout: 20 }, async () => {
  const { folder, write } = soundPackage();
  write(
    "index.js",
    `import { spawn } from "node:child_process";
    import { writeFileSync } from "node:fs";
    const left = spawn("/bin/sleep", ["600"], { stdio: ["ignore", "inherit", "inherit", 3], detached: true });
    left.unref();
    writeFileSync(new URL("left", import.meta.url), String(left.pid));
    export const createRequestAuthProvider = () => ({});`,
  );
  try {
    const findings = await findingsOf(folder);
    assert.equal(
      findings.map(({ what }) => what),
      ["as it is imported, it starts a program"],
    );
  } finally {
    process.kill(Number(readFileSync(join(folder, "left"), "utf8")));
  }
});

test("one that does not end is stopped, also where it bears every signal that can be borne", async () => {
  const { folder, write } = soundPackage();
  write("index.js", 'process.on("SIGTERM", () => {}); for (;;);');
  const [finding, ...others] = await findingsOf(folder, 1_500);
  assert.equal(others, []);
  assert.is(finding?.what, "as it is imported, it does not end within 1.5 s");
});

test("one that prints without end is stopped", async () => {
  const { folder, write } = soundPackage();
  write("index.js", 'for (;;) process.stdout.write("x".repeat(1000));');
  const [finding] = await findingsOf(folder, 1_500);
  assert.match(finding?.what ?? "", "does not end within 1.5 s");
});

const unloadable: Readonly<Record<string, readonly [code: string, said: RegExp]>> = {
  "without the function": ["export const other = 1;", /^index\.js has no function createRequestAuthProvider$/],
  "with something else of that name": [
    "export const createRequestAuthProvider = {};",
    /has no function createRequestAuthProvider/,
  ],
  "with a slip": ["export const x = ;", /^index\.js can't be imported: Unexpected token/],
  "that throws": ['throw new Error("on purpose");', /can't be imported: on purpose/],
  "that imports what is not installed": ['import "no-such-package";', /can't be imported: Cannot find package/],
};
for (const [what, [code, said]] of Object.entries(unloadable)) {
  test(`a module ${what} can't be used`, async () => {
    const { folder, write } = soundPackage();
    write("index.js", code);
    const found = (await findingsOf(folder)).filter(({ code: kind }) => kind === "import");
    assert.equal(found.map(shownFinding), ["error import index.js"]);
    assert.match(found[0]?.what ?? "", said);
  });
}

test("a package that is loaded at once is an error, unless package.json says that it is small", async () => {
  const { folder, write, change } = soundPackage();
  write("index.js", 'export { tokenOf as createRequestAuthProvider } from "store-sdk";');
  const [finding, ...others] = await findingsOf(folder);
  assert.equal(others, []);
  assert.is(shownFinding(finding as never), "error other-package");
  assert.is(finding?.what, "as it is imported, it loads store-sdk");
  change("package.json", (json) => void Object.assign(json["mlflow-auth-plugin"] as object, { loads: ["store-sdk"] }));
  assert.equal(await findingsOf(folder), []);
});

test("core's modules and time are not the package's; its own beyond 50 are many", async () => {
  const { folder, write } = soundPackage();
  const names = Array.from({ length: 60 }, (_, index) => `part-${index}.js`);
  for (const name of names) write(name, "export {};");
  const imports = names.map((name) => `import "./${name}";`).join("\n");
  write(
    "index.js",
    `${imports}\nexport { credentialProvider as createRequestAuthProvider } from "@mlflow-auth/core/plugin";`,
  );
  const [finding, ...others] = await findingsOf(folder);
  assert.equal(others, []);
  assert.is(shownFinding(finding as never), "warning heavy-import");
  assert.is(finding?.what, "as it is imported, it loads 61 modules");
});

test("an import that takes many times what Node's own start takes is a warning", async () => {
  const { folder, write } = soundPackage();
  // By the processor's own count, which both are measured by.
  const busy = "while (process.cpuUsage().user < start * 6) Math.sqrt(2);";
  write(
    "index.js",
    `const start = process.cpuUsage().user + process.cpuUsage().system; ${busy}\nexport const createRequestAuthProvider = () => ({});`,
  );
  const [finding, ...others] = await findingsOf(folder);
  assert.equal(others, []);
  assert.is(shownFinding(finding as never), "warning heavy-import");
  assert.match(finding?.what ?? "", /^to import it takes \d+\.\d times what a start of Node itself takes$/);
});

test.run();
