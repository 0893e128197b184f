/** The sources of new plugins, compiled, run and compared: with the workspace's own packages in place of installed ones. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { packageContract, providerContract, secretSource, testContext } from "@mlflow-auth/core/testing";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { run } from "@mlflow-auth/test/servers/installation/run";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Kind, kindNames, kinds } from "../src/create-plugin/kinds.js";
import { startFakeAcme } from "../templates/typescript/base/test/fake-acme.ts";
import { emptyFolder, fullChoices, writePackage } from "./new-plugin.js";

const test = suite("the sources of new plugins", { timeout: 240 });
const root = fileURLToPath(new URL("../..", import.meta.url));

let here: ReturnType<typeof emptyFolder>;
test.beforeEach(() => {
  here = emptyFolder();
});
test.afterEach(() => here.remove());

/** Where a package finds what its package.json wants. */
const installed = {
  "@mlflow-auth/core": "core",
  "@mlflow-auth/mlflow-stub": "stub",
  "@types/node": "node_modules/@types/node",
  typescript: "node_modules/typescript",
};

function install(folder: string): NodeJS.ProcessEnv {
  const bin = join(folder, "node_modules/.bin");
  for (const [name, place] of Object.entries(installed)) link(join(root, place), join(folder, "node_modules", name));
  link(join(root, "node_modules/typescript/bin/tsc"), join(bin, "tsc"));
  link(builtCommand, join(bin, "mlflow-auth"));
  // As npm has it while it runs a script, and with no settings of whoever runs the tests.
  const { PATH = "", HOME } = process.env;
  return { HOME, PATH: [bin, dirname(process.execPath), PATH].join(delimiter) };
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

const script = (folder: string, name: string): string =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).scripts[name];

for (const chosen of fullChoices) {
  const label = chosen.join(", ");

  test(`${label}: compiles, and passes its tests, those of the contract included`, async () => {
    const folder = writePackage(here.folder, chosen);
    const env = install(folder);
    const output = await run("sh", ["-c", script(folder, "test")], { cwd: folder, env });
    const [, passed] = /^# pass (\d+)|^ℹ pass (\d+)/m.exec(output)?.filter(Boolean) ?? [];
    // Those of the package, one of each kind's own, and of the contract three at least.
    assert.ok(Number(passed) >= 5 + 4 * chosen.length, output);
    assert.match(output, /^(# |ℹ )fail 0$/m);
  });
}

test("try shows that it works, with the package as a plugin of its own project", async () => {
  const folder = writePackage(here.folder, ["auth", "headers", "tags"]);
  const env = install(folder);
  await run("tsc", [], { cwd: folder, env });
  const output = await run("sh", ["-c", script(folder, "try")], { cwd: folder, env });
  assert.match(output, "my-store (mlflow-auth-plugin-my-store 0.1.0)");
  assert.match(output, "All is well.");
  assert.match(output, /\$ mlflow-auth headers [\s\S]*Authorization: \[secret\] {3}from my-store/);
  assert.match(output, "X-MyStore-Token: [secret]   from my-store");
  assert.match(output, /\$ mlflow-auth tags[\s\S]*my-store\.team[^\n]*forecasting/);
  assert.match(
    output,
    /\(without mlflow-auth\)\nMLflow answers 401: this request lacks what a plugin for auth gives\n/,
  );
  assert.match(output, /\$ mlflow-auth exec [^\n]*\n(?:.*\n)*?MLflow answers 200: the run is there\n/);
  assert.match(output, /\nRefused without the plugin, and let in with it\.\n$/);
});

/** What in a plugin's source makes MLflow let requests in, and a slip in its place. */
const slips: Readonly<Record<Kind, readonly [right: string, wrong: string]>> = {
  auth: ["return { token,", 'return { token: "another",'],
  headers: ['"X-MyStore-Token":', '"X-MyStore-Tokens":'],
  tags: ['"my-store.team":', '"my-store.teams":'],
  signs: ["request.method, request.path", "request.path"],
};

for (const kind of kindNames) {
  test(`try shows that a plugin for ${kind} is let in, and ends in 1 where it does not give what is asked for`, async () => {
    const folder = writePackage(here.folder, [kind]);
    const env = install(folder);
    const tryIt = () => run("sh", ["-c", script(folder, "try")], { cwd: folder, env });
    assert.match(await tryIt(), /MLflow answers 401: [\s\S]*MLflow answers 200: [\s\S]*let in with it\.\n$/);
    const source = join(folder, "src/index.ts");
    const [right, wrong] = slips[kind];
    const text = readFileSync(source, "utf8");
    assert.ok(text.includes(right));
    writeFileSync(source, text.replace(right, wrong));
    const failed = await tryIt().then(
      () => "it is let in",
      (thrown: Error) => thrown.message,
    );
    assert.match(failed, "It does not work yet.");
  });
}

test("in JavaScript it is right by its types as well", async () => {
  for (const chosen of fullChoices) {
    const parent = join(here.folder, chosen.join("-"));
    mkdirSync(parent);
    const folder = writePackage(parent, chosen, "javascript");
    const env = install(folder);
    const strict =
      "--noEmit --allowJs --checkJs --strict --target es2024 --module nodenext --types node --skipLibCheck";
    await run("tsc", [...strict.split(" "), "index.js"], { cwd: folder, env });
  }
});

/** A provider of such a package, and the backend in its place. */
async function provided(module: { [factory: string]: (options: object, context: object) => never }, factory: string) {
  const backend = await startFakeAcme();
  const context = testContext({ http: "network" });
  const options = {
    address: backend.address,
    apiKey: secretSource(backend.apiKey),
    requestTimeout: 10_000,
    cache: { ttl: 300_000, maxStale: 0 },
  };
  const provider = module[factory]?.(options, context) as never;
  const stop = async () => {
    await context.close();
    await backend.stop();
  };
  return { provider, context, canaries: [backend.apiKey, backend.token()], backend, stop };
}

for (const kind of ["auth", "headers", "tags", "signs"] as const) {
  test(`in JavaScript, ${kind} keeps the contract, and so does its package`, async () => {
    const folder = writePackage(here.folder, [kind], "javascript");
    install(folder);
    const module = await import(pathToFileURL(join(folder, "index.js")).href);
    const make = () => provided(module, kinds[kind].factory);
    const makers = { [kind === "signs" ? "auth" : kind]: make };
    for (const { name, run: check } of [...providerContract(makers), ...packageContract(folder)]) {
      await check().catch((thrown: Error) => assert.unreachable(`${name}: ${thrown.message}`));
    }
  });
}

test.run();
