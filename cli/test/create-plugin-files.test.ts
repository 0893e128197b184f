/** What the files of new plugins say, of every kind, before any is written. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { valuesSchema } from "@mlflow-auth/core/internal/config";
import { run } from "@mlflow-auth/test/servers/installation/run";
import { suite } from "@mlflow-auth/test/suite";
import { compile } from "json-schema-to-typescript";
import * as assert from "uvu/assert";
import { kinds, kindsOf } from "../src/create-plugin/kinds.js";
import { makeTarball } from "../src/create-plugin/tarball.js";
import { optionsModule } from "../src/plugin-package/option-types.js";
import { choices, emptyFolder, filesOf } from "./new-plugin.js";

const test = suite("the files of new plugins");
const root = fileURLToPath(new URL("../..", import.meta.url));

for (const chosen of choices) {
  const label = chosen.join(", ");

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

test("from a registry a plugin in JavaScript is two files, with nothing to build", () => {
  const files = filesOf(["auth"], "javascript");
  assert.equal([...files.keys()].sort(), ["index.js", "package.json"]);
  const { devDependencies, resolutions, scripts } = JSON.parse(files.get("package.json") as string);
  assert.equal(devDependencies, { "@mlflow-auth/core": "^0.1.0 || ^7.8.9", "mlflow-auth": "^0.1.0 || ^7.8.9" });
  assert.equal([resolutions, scripts.build, scripts.try], [undefined, undefined, undefined]);
});

test("in JavaScript it takes the same options", () => {
  const { "mlflow-auth-plugin": declared } = JSON.parse(
    filesOf(["headers"], "javascript").get("package.json") as string,
  );
  const schema = JSON.parse(filesOf(["headers"]).get("config.schema.json") as string);
  const withoutExamples = (properties: object) =>
    JSON.parse(JSON.stringify(properties, (key, value) => (key === "examples" ? undefined : value)));
  assert.equal(declared.configSchema["my-store"].properties, withoutExamples(schema.properties));
});

test("it is for the core that the command is of, and built with the packages of that version", () => {
  const { devDependencies, peerDependencies } = JSON.parse(filesOf(["auth"]).get("package.json") as string);
  assert.equal(peerDependencies, { "@mlflow-auth/core": "^0.1.0 || ^7.8.9" });
  for (const name of ["@mlflow-auth/core", "@mlflow-auth/mlflow-stub", "mlflow-auth"])
    assert.is(devDependencies[name], "^0.1.0 || ^7.8.9");
});

test("the name is that of the package in a scope, too", () => {
  const manifest = JSON.parse(filesOf(["auth"], "typescript", "@team/store").get("package.json") as string);
  assert.is(manifest.name, "@team/store");
  assert.match(
    filesOf(["auth"], "typescript", "@team/store").get("README.md") as string,
    "npm install mlflow-auth @mlflow-auth/core @team/store",
  );
});

test("a packed package is read by tar, with the right bytes and programs that run", async () => {
  const { folder, remove } = emptyFolder();
  const files = [
    { path: "a/b.txt", bytes: Buffer.from("é".repeat(300)), runs: false },
    { path: "bin/run.sh", bytes: Buffer.from("#!/bin/sh\necho ran\n"), runs: true },
    { path: "empty", bytes: Buffer.from(""), runs: false },
    { path: `${"é".repeat(40)}/${"b".repeat(60)}/${"c".repeat(90)}`, bytes: Buffer.from("deep"), runs: false },
  ];
  writeFileSync(join(folder, "it.tgz"), makeTarball(files));
  await run("tar", ["xzf", "it.tgz"], { cwd: folder });
  for (const { path, bytes } of files) assert.equal(readFileSync(join(folder, "package", path)), bytes, path);
  assert.is(await run(join(folder, "package/bin/run.sh"), []), "ran\n");
  assert.equal(makeTarball(files), makeTarball(files), "the same files are the same bytes");
  for (const path of ["a".repeat(101), `${"é".repeat(80)}/a`, `${"a".repeat(150)}/${"b".repeat(101)}`])
    assert.throws(() => makeTarball([{ path, bytes: Buffer.from(""), runs: false }]), /too long/);
  remove();
});

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
