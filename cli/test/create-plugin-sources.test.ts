/** The sources of new plugins, compiled, run and compared: with the workspace's own packages in place of installed ones. */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { valuesSchema } from "@mlflow-auth/core/internal/config";
import { packageContract, providerContract, secretSource, testContext } from "@mlflow-auth/core/testing";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { run } from "@mlflow-auth/test/servers/installation/run";
import { suite } from "@mlflow-auth/test/suite";
import { compile } from "json-schema-to-typescript";
import * as assert from "uvu/assert";
import { kinds, kindsOf } from "../src/create-plugin/kinds.js";
import { optionsModule } from "../src/plugin-package/option-types.js";
import { startFakeAcme } from "../templates/typescript/base/test/fake-acme.ts";
import { choices, emptyFolder, filesOf, writePackage } from "./new-plugin.js";

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

for (const chosen of choices) {
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

  test(`${label}: the types of its options are those that plugins --types would write`, async () => {
    const files = filesOf(chosen);
    const json = JSON.parse(files.get("config.schema.json") as string);
    const written = await optionsModule(
      "my-store",
      { json, file: "config.schema.json" },
      valuesSchema,
      compile as never,
    );
    assert.is(files.get("src/generated/options.ts"), written);
  });

  test(`${label}: src/index.ts has at most 20 lines, and no file speaks of another plugin`, () => {
    for (const language of ["typescript", "javascript"] as const) {
      const files = filesOf(chosen, language);
      const index = files.get(language === "typescript" ? "src/index.ts" : "index.js") as string;
      if (language === "typescript" || chosen[0] !== "signs")
        assert.ok(index.trimEnd().split("\n").length <= 20, index);
      for (const [path, text] of files) assert.not.match(path + text, /acme/i, path);
      const { "entry-points": entryPoints } = JSON.parse(files.get("package.json") as string);
      const groups = kindsOf(chosen).map((kind) => kinds[kind].group);
      assert.equal(Object.keys(entryPoints).sort(), groups.sort());
    }
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
});

test("from a registry a plugin in JavaScript is two files, with nothing to build", () => {
  const files = filesOf(["auth"], "javascript");
  assert.equal([...files.keys()].sort(), ["index.js", "package.json"]);
  const { devDependencies, resolutions, scripts } = JSON.parse(files.get("package.json") as string);
  assert.equal(devDependencies, { "@mlflow-auth/core": "^0.1.0", "mlflow-auth": "^0.1.0" });
  assert.equal([resolutions, scripts.build, scripts.try], [undefined, undefined, undefined]);
});

test("in JavaScript it is right by its types as well, and takes the same options", async () => {
  for (const chosen of choices) {
    const parent = join(here.folder, chosen.join("-"));
    mkdirSync(parent);
    const folder = writePackage(parent, chosen, "javascript");
    const env = install(folder);
    const strict =
      "--noEmit --allowJs --checkJs --strict --target es2024 --module nodenext --types node --skipLibCheck";
    await run("tsc", [...strict.split(" "), "index.js"], { cwd: folder, env });
  }
  const { "mlflow-auth-plugin": declared } = JSON.parse(
    filesOf(["headers"], "javascript").get("package.json") as string,
  );
  const schema = JSON.parse(filesOf(["headers"]).get("config.schema.json") as string);
  const withoutExamples = (properties: object) =>
    JSON.parse(JSON.stringify(properties, (key, value) => (key === "examples" ? undefined : value)));
  assert.equal(declared.configSchema["my-store"].properties, withoutExamples(schema.properties));
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

test("what it is built with is what this workspace is built with, and its licence is this one", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const files = filesOf(["auth"]);
  const manifest = JSON.parse(files.get("package.json") as string);
  for (const name of ["@types/node", "json-schema-to-typescript", "typescript"]) {
    assert.is(manifest.devDependencies[name], `^${devDependencies[name]}`, name);
  }
  assert.equal(manifest.engines, JSON.parse(readFileSync(join(root, "core/package.json"), "utf8")).engines);
  assert.is(files.get("LICENSE"), readFileSync(join(root, "LICENSE"), "utf8"));
});

test.run();
