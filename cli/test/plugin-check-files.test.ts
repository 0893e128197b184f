/** Which files npm would publish of a package, and what `plugins --check` says of them. */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type SoundPackage, soundPackage } from "../../core/test/package-check/sound-package.js";
import { run } from "./command.js";
import { type Finding, reportOf } from "./package-report.js";

const test = suite("the files of a plugin's package, checked", { timeout: 120 });

let sound: SoundPackage;
test.beforeEach(() => {
  sound = soundPackage();
});

const check = () => run(["plugins", "--check"], { cwd: sound.folder });
const report = (...args: string[]) => reportOf(sound, ...args);

test("files that package.json names and npm would leave out are errors", async () => {
  sound.write("dist/other.js", "export const more = 1;");
  sound.write("index.js", 'export { more as createRequestAuthProvider } from "./dist/inner.js";');
  sound.write("dist/inner.js", "export const more = () => ({});");
  sound.write("environment.json", []);
  sound.change("package.json", (json) => {
    Object.assign(json["mlflow-auth-plugin"] as object, { environment: "./environment.json" });
    const exports = { ".": { types: "./index.d.ts", default: "./index.js" }, "./parts/*": "./dist/*.js" };
    Object.assign(json, { exports, files: ["index.js", "config.schema.json", "dist/other.js"] });
  });
  const { code, shown, data } = await report();
  assert.is(code, 1);
  assert.equal(shown, [
    "error missing-file environment.json",
    "error missing-file index.d.ts",
    "error missing-file dist/inner.js",
  ]);
  assert.equal(
    data.findings.map(({ what }: Finding) => what),
    [
      "package.json names environment.json, which would not be published",
      "package.json names index.d.ts, which is not there",
      "the package imports its dist/inner.js, which would not be published",
    ],
  );
});

test("credentials among the files are errors, by their names and by what they hold", async () => {
  const key = `-----BEGIN ${"PRIVATE"} KEY-----\n${randomBytes(48).toString("base64")}\n`;
  const names = [".env", ".env.production", "certs/server.pem", "deploy/id_ed25519", "service-account-1.json"];
  for (const name of names) sound.write(name, "x");
  sound.write("lib/signing.js", `export const key = ${JSON.stringify(key)};`);
  sound.write("settings.txt", `//registry.example.com/:_authToken=${randomBytes(12).toString("hex")}`);
  // None of these is one.
  sound.write(".env.example", "ACME_TOKEN=");
  sound.write("lib/pem.js", `export const begin = "-----BEGIN ${"PRIVATE"} KEY-----";`);
  sound.write("deploy/id_ed25519.pub", "x");
  const { code, shown, data } = await report();
  assert.is(code, 1);
  const expected = [...names, "lib/signing.js", "settings.txt"].map((name) => `error secret-file ${name}`);
  assert.equal(shown.sort(), expected.sort());
  assert.not.match(JSON.stringify(data), "BEGIN");
});

test("tests and settings of the project among the files are one warning", async () => {
  for (const name of ["test/a.js", "src/b.test.ts", "tsconfig.json", "mlflow-auth.yaml"]) sound.write(name, "{}");
  const { code, shown, data } = await report();
  assert.equal([code, shown], [0, ["warning needless-file package.json"]]);
  assert.match(data.findings[0].what, /would be published: .*, .*, .*, 1 more$/);
});

test("a package of a monorepo is judged by itself, also below an npm that was told of another", async () => {
  const workspace = "node_modules/mlflow-auth-plugin-sound";
  sound.write("../../package.json", { name: "top", version: "1.0.0", private: true, workspaces: [workspace] });
  sound.write("../../.env", "x");
  const env = { npm_config_workspace: "another", npm_config_json: "false" };
  const { code, stdout } = await run(["plugins", "--check"], { cwd: sound.folder, env });
  assert.is(code, 0, stdout);
  assert.match(stdout, /\nNothing was found: it can be published\.\n$/);
});

test("an npm in the package's own folder is not run, wherever PATH leads", async () => {
  sound.write("npm", "#!/bin/sh\n: > ran\n");
  chmodSync(join(sound.folder, "npm"), 0o755);
  const env = { PATH: `.::${process.env["PATH"]}` };
  const { stdout } = await run(["plugins", "--check", "--json", "--no-import"], { cwd: sound.folder, env });
  assert.is(existsSync(join(sound.folder, "ran")), false);
  assert.is(JSON.parse(stdout).fine, true);
});

test("names of files are read as deep as any program reads them, and a package.json of any depth is judged", async () => {
  sound.change(
    "package.json",
    (json) => void Object.assign(json, { exports: { ".": { node: { import: "./no.js" } } } }),
  );
  assert.equal((await report("--no-import")).shown, ["error missing-file no.js"]);
  const text = readFileSync(join(sound.folder, "package.json"), "utf8");
  const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
  sound.write("package.json", text.replace(/"exports":.*?\}{3}/s, `"exports":${deep}`));
  assert.is((await report("--no-import")).code, 0);
});

test("without npm, or where it can't pack, the files are what is not looked into", async () => {
  const bare = await run(["plugins", "--check"], { cwd: sound.folder, env: { PATH: "/nowhere" } });
  assert.is(bare.code, 0, bare.stderr);
  assert.match(bare.stdout, "not looked into: which files would be published (npm can't be run here)");
  sound.change("package.json", (json) => void delete json["version"]);
  const { stdout } = await check();
  assert.match(stdout, /warning {2}publishing .*\n {4}it has no version/);
  assert.match(stdout, /not looked into: which files would be published \(`npm pack` says: .*must have/);
});

test.run();
