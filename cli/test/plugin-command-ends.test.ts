import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { canary, revealedBy } from "@mlflow-auth/core/testing";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { runUntil, start } from "./command.js";
import { type CommandSite, createCommandSite } from "./command-plugin.js";

const test = suite("how the command of a plugin ends");

let site: CommandSite;
test.beforeEach(async () => {
  site = await createCommandSite();
});
test.afterEach(() => site.stop());

const ask = (args: string[] = ["test"], env = {}) => runUntil(args, { cwd: site.project.folder, env });
const secret = canary();

/** What goes wrong, the body of `run`, what stands above it, the code, and what is said. */
const faults: readonly (readonly [what: string, body: string, top: string, code: number, said: RegExp])[] = [
  [
    "throws",
    `throw new TypeError("${secret}");`,
    "",
    4,
    /^PLUGIN_FAILED: the command test of mlflow-auth-plugin-test failed with TypeError, at \/.*command\.js:\d+:\d+\n {2}Try this: tell the author of mlflow-auth-plugin-test; the message is withheld/,
  ],
  ["throws a text", `throw "${secret}";`, "", 4, /^PLUGIN_FAILED: .* failed with string\n/],
  [
    "throws what only looks like an error of ours",
    `throw { [Symbol.for("mlflow-auth.error")]: true, get code() { throw 1; } };`,
    "",
    4,
    /^PLUGIN_FAILED: /,
  ],
  [
    "throws in a timer",
    `setTimeout(() => { throw new RangeError("${secret}"); }); await new Promise(() => setInterval(() => {}, 1_000));`,
    "",
    4,
    /^PLUGIN_FAILED: .* failed with RangeError, at /,
  ],
  [
    "forgets a promise that fails",
    `Promise.reject(new Error("${secret}")); await new Promise(() => setInterval(() => {}, 1_000));`,
    "",
    4,
    /^PLUGIN_FAILED: .* failed with Error, at /,
  ],
  [
    "awaits what never comes",
    "await new Promise(() => undefined);",
    "",
    4,
    /^PLUGIN_FAILED: .* waits for something that never comes\n/,
  ],
  [
    "throws while it is imported",
    "",
    `throw new Error("${secret}");`,
    3,
    /^PLUGIN_LOAD: .*command\.js of mlflow-auth-plugin-test, .* can't be imported \(Error\)/,
  ],
  [
    "never ends its import",
    "",
    "await new Promise(() => undefined);",
    4,
    /^PLUGIN_FAILED: .* waits for something that never comes\n/,
  ],
];
for (const [what, body, top, expected, said] of faults) {
  test(`one that ${what} ends with ${expected}, and its message is withheld`, async () => {
    site.command(body, top);
    const { code, stdout, stderr } = await ask();
    assert.is(code, expected, stderr);
    assert.match(stderr, said);
    assert.is(stdout, "");
    assert.not.match(stderr, /^\s+at /m);
    assert.is(revealedBy(stderr, secret), undefined);
  });
}

test("one that is told to print JSON fails with JSON on stdout, as the program's own commands do", async () => {
  const remedy = "do that";
  site.command(`throw context.error("USAGE", "this is wrong", { remedy: "${remedy}" });`);
  const { code, stdout, stderr } = await ask(["test", "--json"]);
  assert.equal([code, stderr], [2, ""]);
  const { error } = JSON.parse(stdout);
  assert.equal([error.code, error.remedy], ["USAGE", remedy]);
  assert.match(error.message, /this is wrong/);
  const people = await ask(["test", "--jso"]);
  assert.equal([people.code, people.stdout], [2, ""]);
});

const makers: readonly (readonly [what: string, module: string, said: RegExp])[] = [
  [
    "fails",
    `export const createCommand = () => { throw new Error("${secret}"); };`,
    /^PLUGIN_LOAD: createCommand of acme failed with Error\n/,
  ],
  [
    "makes nothing",
    "export const createCommand = () => null;",
    /^PLUGIN_LOAD: createCommand of acme made a command without run\(\)\n/,
  ],
  [
    "makes what can't be read",
    "export const createCommand = () => ({ get run() { throw 1; } });",
    /^PLUGIN_LOAD: .* without run\(\)\n/,
  ],
  ["is not there", "export const another = 1;", /^PLUGIN_LOAD: .* has no function `createCommand`/],
];
for (const [what, module, said] of makers) {
  test(`one whose factory ${what} ends with 3`, async () => {
    site.add("acme", "acme", { module });
    const { code, stderr } = await ask(["acme"]);
    assert.is(code, 3, stderr);
    assert.match(stderr, said);
    assert.is(revealedBy(stderr, secret), undefined);
  });
}

for (const [how, call, top] of [
  ["", "process.exit(CODE);", ""],
  [" by its name", "exit(CODE);", 'import { exit } from "node:process";'],
  [" in a timer", "setTimeout(() => process.exit(CODE)); await new Promise(() => {});", ""],
  [" and goes on", "try { process.exit(CODE); } catch { await new Promise(() => {}); }", ""],
] as const) {
  test(`one that calls process.exit${how} ends with that code, if it is one of a command`, async () => {
    for (const [given, expected, said] of [
      ["0", 0, /^$/],
      ["1", 1, /^$/],
      ["", 0, /^$/],
      ["17", 4, /^PLUGIN_RESULT: .* ended with 17\n/],
    ] as const) {
      site.command(
        `context.stdout.write("said\\n"); ${call.replace("CODE", given)} context.stdout.write("no more");`,
        top,
      );
      const { code, stdout, stderr } = await ask();
      assert.equal([code, stdout], [expected, "said\n"], stderr);
      assert.match(stderr, said);
    }
  });
}

test("what it leaves open does not keep the process, and what it has printed is all there", async () => {
  site.command(`
    setInterval(() => {}, 1_000);
    (await import("node:net")).createServer().listen(0);
    context.stdout.write("x".repeat(1_000_000) + "end\\n");
  `);
  const { code, stdout } = await ask();
  assert.is(code, 0);
  assert.is(stdout.length, 1_000_004);
});

test("what it waits for on the clock of its context comes", async () => {
  site.command("await new Promise((resolve) => context.clock.setTimeout(resolve, 50)); return 1;");
  assert.is((await ask()).code, 1);
});

test("the plugins of the file are closed before it ends", async () => {
  const closed = `${site.project.folder}/closed`;
  const provider = `import { writeFileSync } from "node:fs";
export const createRequestAuthProvider = () => ({
  getAuth: () => ({ headers: { Authorization: "Bearer sesame" } }), invalidate() {},
  close() { writeFileSync(${JSON.stringify(closed)}, ""); },
});`;
  site.project.write("node_modules/mlflow-auth-plugin-test/index.js", provider);
  site.command(`await (await context.openFile()).send({ url: "${site.upstream.uri}/x" });`);
  assert.is((await ask()).code, 0);
  assert.ok(existsSync(closed));
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal}: its signal is aborted, it may clean up, and it ends by ${signal} whatever it returns`, async () => {
    site.command(`
      const asked = new Promise((resolve) => context.signal.addEventListener("abort", resolve));
      context.stdout.write("ready\\n");
      setInterval(() => {}, 1_000);
      await asked;
      await new Promise((resolve) => setTimeout(resolve, 300));
      context.stdout.write("cleaned up\\n");
      return 1;
    `);
    const { child, end, firstLine } = start(["test"], { cwd: site.project.folder });
    await firstLine();
    child.kill(signal);
    const { code, signal: by, stdout, stderr } = await end;
    assert.equal([code, by, stdout, stderr], [null, signal, "ready\ncleaned up\n", ""]);
  });

  test(`${signal} to one that hangs: it gets a moment, and a second signal does not wait for it`, async () => {
    site.command(`context.stdout.write("ready\\n"); await new Promise(() => setInterval(() => {}, 1_000));`);
    for (const times of [1, 2]) {
      const { child, end, firstLine } = start(["test"], { cwd: site.project.folder });
      await firstLine();
      child.kill(signal);
      if (times === 2) {
        // Node makes one of two that come at once.
        await new Promise((resolve) => setTimeout(resolve, 100));
        child.kill(signal);
      }
      assert.is((await end).signal, signal);
    }
  });
}

test("a signal while it is imported ends it, too", async () => {
  site.command("", `console.log("ready"); await new Promise(() => setInterval(() => {}, 1_000));`);
  const { child, end, firstLine } = start(["test"], { cwd: site.project.folder });
  await firstLine();
  child.kill("SIGTERM");
  assert.is((await end).signal, "SIGTERM");
});

test("what fails because it was asked to end is no failure of its own", async () => {
  site.command(`
    context.stdout.write("ready\\n");
    await new Promise((_, reject) => { setInterval(() => {}, 1_000); context.signal.onabort = () => reject(new Error("x")); });
  `);
  const { child, end, firstLine } = start(["test"], { cwd: site.project.folder });
  await firstLine();
  child.kill("SIGTERM");
  const { signal, stderr } = await end;
  assert.equal([signal, stderr], ["SIGTERM", ""]);
});

test("one that prints for ever ends when nobody reads it any more, and that is no failure", async () => {
  site.command(`while (!context.signal.aborted) {
    context.stdout.write("line\\n");
    await new Promise(setImmediate);
  }`);
  const script = '"$0" "$1" test; echo "code $?" >&2';
  const child = spawn("sh", ["-c", script, process.execPath, builtCommand], {
    cwd: site.project.folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  await once(child.stdout, "data");
  child.stdout.destroy();
  await once(child, "close");
  assert.is(stderr, "code 0\n");
});

test.run();
