import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { start } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("what a plugin leaves in the background ends neither exec nor proxy");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

/** Made up at run time, so that its showing anywhere is a leak. */
const CANARY = `canary-${process.pid}-${Date.now()}`;
/** An error whose message quotes a credential, over several lines, one of which looks like a frame. */
const FAULT = `new TypeError("no " + options.word + "\\n    at " + options.word + " (/" + options.word + ".js:1:1)\\n    at x (/etc/passwd" + options.word + ":1:1)")`;

const DONE = "process.exit(3)";

/** What a plugin does, and what is logged about it: a kind, and whether its own file is named. */
const deeds: Readonly<Record<string, { code: string; logged: RegExp; placed?: false }>> = {
  "throws in a timer": { code: `setTimeout(() => { throw ${FAULT} }, 1)`, logged: /failed with TypeError/ },
  "throws in a timer, again and again": {
    code: `setInterval(() => { throw ${FAULT} }, 1)`,
    logged: /failed with TypeError/,
  },
  "throws in a tick": { code: `process.nextTick(() => { throw ${FAULT} })`, logged: /failed with TypeError/ },
  "forgets a promise": { code: `Promise.reject(${FAULT})`, logged: /failed with TypeError/ },
  "forgets an async function": { code: `(async () => { throw ${FAULT} })()`, logged: /failed with TypeError/ },
  "rejects with a text": { code: "Promise.reject(options.word)", logged: /failed with string/, placed: false },
  "rejects with nothing": { code: "Promise.reject()", logged: /failed with undefined/, placed: false },
  "throws what can't be read": {
    code: `setTimeout(() => { throw new Proxy({}, { get() { throw ${FAULT} }, getPrototypeOf() { throw ${FAULT} } }) }, 1)`,
    logged: /failed with an error that can't be read/,
    placed: false,
  },
  "throws an error whose stack is a trap": {
    code: `const error = ${FAULT}; Object.defineProperty(error, "stack", { get() { throw error } }); setTimeout(() => { throw error }, 1)`,
    logged: /failed with TypeError/,
    placed: false,
  },
  "lets an emitter fail unheard": {
    code: `const emitter = new EventEmitter(); setTimeout(() => emitter.emit("error", ${FAULT}), 1)`,
    logged: /failed with TypeError/,
  },
  "opens a connection that fails unheard": {
    code: `connect({ port: 1, host: "127.0.0.1" })`,
    logged: /failed with Error \(ECONNREFUSED\)/,
    placed: false,
  },
  "ends the process on every exception": {
    code: `process.on("uncaughtException", () => ${DONE}); setTimeout(() => { throw ${FAULT} }, 1)`,
    logged: /failed with TypeError/,
  },
  "prints every exception": {
    code: `process.on("uncaughtException", (error) => console.error(error)); setTimeout(() => { throw ${FAULT} }, 1)`,
    logged: /failed with TypeError/,
  },
  "ends the process on every forgotten promise": {
    code: `process.on("unhandledRejection", () => ${DONE}); Promise.reject(${FAULT})`,
    logged: /failed with TypeError/,
  },
  "makes an exception of every forgotten promise": {
    code: `process.on("unhandledRejection", (reason) => { throw reason }); Promise.reject(${FAULT})`,
    logged: /failed with TypeError/,
  },
  "ends the process in a timer, by the function's own name": {
    code: "setTimeout(() => exit(3), 1)",
    logged: /called process\.exit\(3\)/,
  },
  "ends the process in a timer": { code: `setTimeout(() => ${DONE}, 1)`, logged: /called process\.exit\(3\)/ },
  "ends the process below process.exit": {
    code: "setTimeout(() => process.reallyExit(3), 1)",
    logged: /called process\.reallyExit\(3\)/,
  },
  "aborts the process": { code: "setTimeout(() => process.abort(), 1)", logged: /called process\.abort\(\)/ },
  "kills the process": {
    code: `setTimeout(() => process.kill(process.pid, "SIGKILL"), 1)`,
    logged: /called process\.kill\(\d+\)/,
  },
  "takes the callback for errors away, and throws": {
    code: `process.setUncaughtExceptionCaptureCallback(null); Promise.reject(${FAULT})`,
    logged: /called process\.setUncaughtExceptionCaptureCallback\(\)/,
  },
  "throws in an async hook": {
    code: `createHook({ init() { throw ${FAULT} } }).enable(); setTimeout(() => {}, 1)`,
    logged: /failed with TypeError/,
  },
  "throws where it watches errors": {
    code: `process.on("uncaughtExceptionMonitor", () => { throw new RangeError(options.word) }); setTimeout(() => { throw ${FAULT} }, 1)`,
    logged: /failed with RangeError/,
  },
  "ends the process below process.exit as it ends": {
    code: `process.on("exit", () => { process.reallyExit(3); process.abort() }); Promise.reject(${FAULT})`,
    logged: /failed with TypeError/,
  },
  "fails when it is told to stop": {
    code: `process.on("SIGTERM", () => { throw ${FAULT} }); Promise.reject(${FAULT})`,
    logged: /failed with TypeError/,
  },
  "ends the process when it is told to stop": {
    code: `process.on("SIGTERM", () => ${DONE}); Promise.reject(${FAULT})`,
    logged: /failed with TypeError/,
  },
  "fails as the process ends": {
    code: `process.on("exit", () => { throw ${FAULT} }); Promise.reject(${FAULT})`,
    logged: /failed with TypeError/,
  },
  "gives another exit code as the process ends": {
    code: `process.on("exit", () => { process.exitCode = 3; ${DONE} }); Promise.reject(${FAULT})`,
    logged: /failed with TypeError/,
  },
};

const places: Readonly<Record<string, (code: string) => string>> = {
  "as it is imported": (code) => `const options = { word: "CANARY" };\n${code};`,
  "for a request": (code) => `const behave = (options) => { ${code} };`,
};

/** The plugin of the project, with a deed more. */
function install(code: string, place: string): void {
  const added = (places[place] as (code: string) => string)(code).replaceAll("CANARY", CANARY);
  const atRequest = place === "for a request" ? `behave({ word: "${CANARY}" });` : "";
  site.project.write(
    "node_modules/mlflow-auth-plugin-test/index.js",
    `import { EventEmitter } from "node:events";
     import { createHook } from "node:async_hooks";
     import { connect } from "node:net";
     import { exit } from "node:process";
     ${added}
     export function createRequestAuthProvider() {
       return { async getAuth() { ${atRequest} return { headers: { Authorization: "Bearer sesame" } }; }, invalidate() {} };
     }`,
  );
}

/** In the program: asks, waits until exec has said something of it, asks again, and ends with 7. */
const client = `
  const ask = async () => (await fetch(process.env.MLFLOW_TRACKING_URI + "/x")).status;
  console.log(await ask());
  setTimeout(async () => { console.log(await ask()); process.exit(7) }, 300);
`;

interface Way {
  readonly args: readonly string[];
  readonly place: string;
  readonly code: number;
  use(running: ReturnType<typeof start>): Promise<void>;
}

const ways: Readonly<Record<string, Way>> = {
  exec: {
    args: ["exec", "--", process.execPath, "--input-type=module", "-e", client],
    place: "for a request",
    code: 7,
    async use() {},
  },
  proxy: {
    args: ["proxy", "--port", "0"],
    place: "as it is imported",
    code: 0,
    async use(running) {
      const url = await running.firstLine();
      for (let i = 0; i < 2; i++) assert.is((await fetch(`${url}/x`)).status, 200);
      // What is in the background may need its while.
      while (!running.output.stderr.includes("warning")) await new Promise((resolve) => setTimeout(resolve, 10));
      assert.is((await fetch(`${url}/x`)).status, 200);
      running.child.kill("SIGTERM");
    },
  },
};

for (const [way, { args, place, code: expected, use }] of Object.entries(ways)) {
  for (const [what, { code, logged, placed = true }] of Object.entries(deeds)) {
    test(`${way}: a plugin that ${what}, ${place}, is logged once, without its words`, async () => {
      install(code, place);
      const running = start(args, { cwd: site.project.folder });
      await use(running);
      const { code: ended, stdout, stderr } = await running.end;
      assert.is(ended, expected, stderr);
      if (way === "exec") assert.is(stdout, "200\n200\n");
      const told = stderr.split("\n").filter((line) => line.includes("where nobody waits for it"));
      // One that also has a listener may be told of for both.
      const twice = /process\.on\(|ExceptionCaptureCallback/.test(code);
      assert.ok(told.length === 1 || (told.length === 2 && twice), stderr);
      assert.is(new Set(told).size, told.length, stderr);
      assert.match(told[0] as string, logged);
      assert.is(/, at \S*mlflow-auth-plugin-test\/index\.js:\d+:\d+/.test(told[0] as string), placed, told[0]);
      assert.not(stderr.includes(CANARY), stderr);
    });
  }
}

test.run();
