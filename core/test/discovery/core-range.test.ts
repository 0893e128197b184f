/** A package that is made for another core is used, and its user is told so: once, and at no cost where the versions agree. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import fc from "fast-check";
import Range from "semver/classes/range.js";
import * as assert from "uvu/assert";
import { coreMismatch } from "../../src/discovery/core-range.js";
import { coreVersion } from "../../src/generated/core-version.js";
import { loadConfig } from "../../src/load-config.js";
import { openAuthorizer } from "../../src/open-authorizer.js";
import { groupOf, install, project, write } from "./plugin-packages.ts";

const test = suite("the core that a plugin is made for", { timeout: 60 });
const command = (name: string) => `npm install ${name}`;
const of = (coreRange: string | undefined) => coreMismatch({ name: "acme-auth", version: "1.2.3", coreRange }, command);

const file = { version: 1, trackingUri: "https://mlflow.example.com" };
const madeFor = (core: string) => ({ peerDependencies: { "@mlflow-auth/core": core } });
const [, minor = ""] = coreVersion.split(".");
const other = `^0.${Number(minor) + 1}.0`;

test("the version that runs is that of the package", () => {
  const manifest = fileURLToPath(new URL("../../package.json", import.meta.url));
  assert.is(coreVersion, JSON.parse(readFileSync(manifest, "utf8")).version);
});

test("where they disagree, one sentence names the package, both versions, and the commands that update", async () => {
  assert.is(
    await of(other),
    `the package acme-auth 1.2.3 is made for @mlflow-auth/core ${other}, and ${coreVersion} runs: update the older one, by \`npm install acme-auth@latest\` or \`npm install @mlflow-auth/core@latest\``,
  );
});

for (const range of [
  `^${coreVersion}`,
  coreVersion,
  "*",
  "",
  `>=${coreVersion} <9`,
  `^9.0.0 || ^${coreVersion}`,
  "0.x",
]) {
  test(`${JSON.stringify(range)} agrees`, async () => assert.is(await of(range), undefined));
}

for (const range of ["^9.0.0", "9.0.0", "~9.1", ">9", "<0.0.1", "0.0.1 - 0.0.2"]) {
  test(`${JSON.stringify(range)} disagrees`, async () => assert.match((await of(range)) ?? "", ` ${range}, and `));
}

for (const range of [undefined, "workspace:^", "latest", "file:../core", "npm:other@1", "no range"]) {
  test(`${JSON.stringify(range)} says nothing of versions`, async () => assert.is(await of(range), undefined));
}

test("a range that nobody could read is not printed", async () => {
  const long = `^9.0.0${" || ^9.0.0".repeat(50)}`;
  assert.match((await of(long)) ?? "", "@mlflow-auth/core of other versions, and");
});

test("the quick look says of no range that it agrees where npm's own library says that it does not", async () => {
  const number = fc.integer({ min: 0, max: 3 });
  const version = fc.tuple(number, number, number).map((parts) => parts.join("."));
  const range = fc.tuple(fc.constantFrom("^", "", "~", ">=", "*"), version);
  await fc.assert(
    fc.asyncProperty(range, async ([sign, base]) => {
      const text = sign === "*" ? sign : sign + base;
      const agrees = new Range(text, { includePrerelease: true }).test(coreVersion);
      assert.is((await of(text)) === undefined, agrees, text);
    }),
    { numRuns: 300 },
  );
});

test("the file is valid, with one warning for a package of two instances, and a start tells it once", async () => {
  const folder = project({ name: "plugin-x", headers: "x", manifest: madeFor(other), module: SOUND });
  const plugins = { x: {}, again: { plugin: "x" } };
  const config = await loadConfig({ config: { ...file, headers: ["x"], plugins } as never, cwd: folder, env: {} });
  assert.equal(
    config.warnings.map(({ code }) => code),
    ["PLUGIN_VERSION"],
  );
  const told: string[] = [];
  const quiet = () => undefined;
  const logger = { debug: quiet, info: quiet, warn: (_: object, message: string) => told.push(message), error: quiet };
  const authorizer = await openAuthorizer(config, { env: {}, logger: logger as never });
  await authorizer.close();
  assert.is(told.filter((message) => message.includes(`made for @mlflow-auth/core ${other}`)).length, 1);
});

const SOUND = "export const create_headers = () => ({ requestHeaders: () => ({}) });";

test("apiVersion alone refuses: a package that agrees by its range and has another one is not used", async () => {
  const manifest = { ...madeFor(`^${coreVersion}`), "mlflow-auth-plugin": { apiVersion: 2 } };
  const folder = project({ name: "plugin-x", headers: "x", manifest });
  const loaded = loadConfig({ config: { ...file, plugins: { x: {} } } as never, cwd: folder, env: {} });
  assert.match(await loaded.then(String, ({ problems }) => problems[0].code), "PLUGIN_MANIFEST");
});

/** Prints the modules of the library of versions that loading the file of a folder takes. */
const PROGRAM = `
import { registerHooks } from "node:module";
let count = 0;
registerHooks({ load(url, context, next) { if (url.includes("/semver/")) count++; return next(url, context); } });
const { loadConfig } = await import(${JSON.stringify(new URL("../../dist/load-config.js", import.meta.url).href)});
const config = { version: 1, trackingUri: "https://mlflow.example.com", headers: [], plugins: { x: {} } };
const { warnings } = await loadConfig({ config, cwd: process.argv[1], env: {} });
console.log(count, warnings.length);
`;

function loadedModules(manifest: object): string {
  const folder = project();
  write(folder, { "package.json": { name: "project", dependencies: { "plugin-x": "1.2.3" } } });
  const points = { [groupOf.headers]: { x: "./index.js:create_headers" } };
  install(folder, { name: "plugin-x", manifest: { "entry-points": points, ...manifest } });
  const given = ["--input-type=module", "-e", PROGRAM, folder];
  return execFileSync(process.execPath, given, { encoding: "utf8" }).trim();
}

test("nothing is loaded for a package that says nothing, or that has the usual range and agrees", () => {
  assert.is(loadedModules({}), "0 0");
  assert.is(loadedModules(madeFor(`^${coreVersion}`)), "0 0");
  assert.match(loadedModules(madeFor(other)), /^[1-9]\d* 1$/);
});

test.run();
