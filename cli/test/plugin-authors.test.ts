import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Run, run, runUntil, start } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("what the author of a plugin sees of what it threw, and nobody else");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

/** Made up at run time, so that its showing anywhere is a leak. */
const CANARY = `canary-${process.pid}-${Date.now()}`;
const MODULE = "node_modules/mlflow-auth-plugin-test/index.js";
const FAULT = `Object.assign(new StoreError("no " + ${JSON.stringify(CANARY)}), { cause: new RangeError(${JSON.stringify(CANARY)}) })`;

/** The plugin becomes this: a provider with that `getAuth`, and what stands before it. */
function plugin(getAuth: string, { top = "", made = "" } = {}): void {
  site.project.write(
    MODULE,
    `class StoreError extends Error {}
${top}
export function createRequestAuthProvider() {
  ${made}
  return { getAuth() { ${getAuth} }, invalidate() {} };
}
`,
  );
}

const ASKS = 'fetch(process.env.MLFLOW_TRACKING_URI + "/api").then(async (a) => console.log("ANSWER", await a.text()))';
const ways: Readonly<Record<string, (env: Record<string, string>) => Promise<Run>>> = {
  headers: (env) => run(["headers", site.upstream.uri, "--json"], { cwd: site.project.folder, env }),
  doctor: (env) => run(["doctor", "--json"], { cwd: site.project.folder, env }),
  exec: (env) => runUntil(["exec", "--", process.execPath, "-e", ASKS], { cwd: site.project.folder, env }),
};

const places: Readonly<Record<string, () => void>> = {
  "as it is asked": () => plugin(`throw ${FAULT};`),
  "in a promise": () => plugin(`return Promise.reject(${FAULT});`),
  "as it is made": () => plugin("", { made: `throw ${FAULT};` }),
  "as it is imported": () => plugin("", { top: `throw ${FAULT};` }),
};

for (const [where, install] of Object.entries(places)) {
  for (const [way, ask] of Object.entries(ways)) {
    test(`${way}, and a plugin that throws ${where}: the class at debug, the words with the variable alone`, async () => {
      install();
      const usual = await ask({});
      assert.not.match(usual.stdout + usual.stderr, CANARY);
      assert.match(usual.stdout + usual.stderr, "StoreError");

      const debug = await ask({ MLFLOW_AUTH_LOG: "debug" });
      assert.not.match(debug.stdout + debug.stderr, CANARY);
      assert.match(
        debug.stderr,
        /mlflow-auth: debug: (the module of the )?plugin (the plugin )?test threw StoreError, caused by RangeError, at \S+index\.js:\d+:\d+/,
      );

      const words = await ask({ MLFLOW_AUTH_PLUGIN_DEBUG: "1" });
      assert.not.match(words.stdout, CANARY, "neither in JSON nor in an answer");
      assert.match(words.stderr, `threw StoreError: no ${CANARY}, caused by RangeError: ${CANARY}, at `);
      assert.is(words.code, usual.code);
    });
  }
}

test("another value of the variable is refused, and silent is silent", async () => {
  plugin(`throw ${FAULT};`);
  const odd = await ways["headers"]?.({ MLFLOW_AUTH_PLUGIN_DEBUG: "yes" });
  assert.is(odd?.code, 2);
  assert.match(`${odd?.stdout}${odd?.stderr}`, "MLFLOW_AUTH_PLUGIN_DEBUG must be one of 0, 1");
  const silent = await ways["headers"]?.({ MLFLOW_AUTH_PLUGIN_DEBUG: "1", MLFLOW_AUTH_LOG: "silent" });
  assert.not.match(silent?.stderr ?? "", CANARY);
});

const GIVES = 'return { headers: { Authorization: "Bearer sesame" } };';

for (const [what, deed] of [
  ["throws in a timer", `setTimeout(() => { throw ${FAULT}; }, 1)`],
  ["forgets a promise", `Promise.reject(${FAULT})`],
  ["ends the process", "process.exit(0)"],
] as const) {
  test(`headers, tags and doctor bear a plugin that ${what}, without its words`, async () => {
    plugin(`return new Promise((resolve) => setTimeout(resolve, 50)).then(() => { ${GIVES} });`, { made: `${deed};` });
    const { code, stdout, stderr } = await run(["headers", site.upstream.uri, "--json"], { cwd: site.project.folder });
    assert.is(code, 0, stderr);
    assert.equal(JSON.parse(stdout).headers, { Authorization: "[secret]" });
    assert.match(stderr, /warning: something (failed with StoreError|called process\.exit\(0\))/);
    assert.not.match(stderr, CANARY);
    const diagnosis = await run(["doctor", "--json"], { cwd: site.project.folder });
    assert.ok(JSON.parse(diagnosis.stdout));
    assert.not.match(diagnosis.stderr, CANARY);
  });
}

test("in the background, too, the words come with the variable alone", async () => {
  plugin(`return new Promise((resolve) => setTimeout(resolve, 50)).then(() => { ${GIVES} });`, {
    made: `setTimeout(() => { throw ${FAULT}; }, 1);`,
  });
  const env = { MLFLOW_AUTH_PLUGIN_DEBUG: "1" };
  const { stderr } = await run(["headers", site.upstream.uri], { cwd: site.project.folder, env });
  assert.match(
    stderr,
    `something failed with StoreError: no ${CANARY}, caused by RangeError: ${CANARY} where nobody waits`,
  );
});

const CHATTY = `console.log("chat"); console.info("chat"); console.debug("chat"); console.dir("chat"); console.table(["chat"]);
console.group("chat"); console.count("chat"); console.time("chat"); console.timeEnd("chat"); console.dirxml("chat");
const builtin = process.getBuiltinModule; new (builtin("node:console").Console)(process.stdout).log("chat");
process.stdout.write("chat"); process.stdout.write(Buffer.from("chat\\n"), () => {}); process.stdout.write("chat\\n", "utf8");
builtin("node:stream").Readable.from(["chat"]).pipe(process.stdout); process.stdout.end("chat");
builtin("node:util").debuglog("chat")("chat");`;
const BESIDE = { top: CHATTY };

for (const [args, wanted] of [
  [["headers", "URI", "--json"], /^\{/],
  [["tags", "--json"], /^\{/],
  [["doctor", "--json"], /^\{/],
  [["exec", "--", process.execPath, "-p", "6 * 7"], /^42\n$/],
] as const) {
  test(`what a plugin writes on stdout, by the console or not, goes to stderr: ${args[0]}`, async () => {
    plugin(`${CHATTY} ${GIVES}`, BESIDE);
    site.project.write("tags.json", '{"team":"ml"}');
    const given = args.map((arg) => arg.replace("URI", site.upstream.uri));
    const { code, stdout, stderr } = await run(given, { cwd: site.project.folder });
    // The server of the test is none for doctor.
    assert.is(code, args[0] === "doctor" ? 1 : 0, stderr);
    assert.not.match(stdout, "chat");
    assert.match(stdout, wanted);
    if (given.includes("--json")) JSON.parse(stdout);
    assert.match(stderr, "chat");
  });
}

test("of the proxy nothing but its address is on stdout, whatever a plugin writes", async () => {
  plugin(`${CHATTY} ${GIVES}`, BESIDE);
  const { child, end, firstLine } = start(["proxy", "--port", "0"], { cwd: site.project.folder });
  const url = await firstLine();
  assert.is((await fetch(`${url}/api`)).status, 200);
  child.kill();
  const { stdout, stderr } = await end;
  assert.is(stdout, `${url}\n`);
  assert.match(stderr, "chat");
});

test("plugins names what is wrong with a schema and with the name of a group", async () => {
  const { project } = site;
  project.write(
    "node_modules/mlflow-auth-plugin-test/config.schema.json",
    '{ "properties": { "a": { "type": "text" } } }',
  );
  const schema = await run(["plugins"], { cwd: project.folder });
  assert.match(
    schema.stdout,
    "is not a JSON Schema (draft-07) (#/properties/a/type must be equal to one of the allowed values)",
  );
  const manifest = "node_modules/mlflow-auth-plugin-test/package.json";
  const { "entry-points": _, ...rest } = JSON.parse(readFileSync(join(project.folder, manifest), "utf8"));
  const groups = { "mlflow.request_auth_providr": { test: "./index.js:createRequestAuthProvider" } };
  project.write(manifest, JSON.stringify({ ...rest, "entry-points": groups }));
  const words = "did you mean `mlflow.request_auth_provider`?";
  assert.match((await run(["plugins"], { cwd: project.folder })).stdout, words);
  const json = JSON.parse((await run(["plugins", "--json"], { cwd: project.folder })).stdout);
  assert.match(json.packages[0].fault.message, words);
  for (const command of ["validate", "doctor"]) {
    const { code, stdout, stderr } = await run([command], { cwd: project.folder });
    assert.match(stdout + stderr, words, command);
    assert.is(code, 3, command);
  }
});

test.run();
