/** New plugins of every kind: made, installed, tested and packed with npm, and used in an empty project. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { installProject, managers } from "./managers.ts";
import { makePlugin, newPlugins, usePlugin } from "./new-plugin.ts";
import { registryMissing } from "./registry.ts";
import { type Published, packAll } from "./tarballs.ts";
import { use } from "./use.ts";

const npm = managers[0] as (typeof managers)[0];
const test = suite("new plugins with npm", { missing: await registryMissing(), timeout: 240 });

let project: string;
const made: Published[] = [];

for (const plugin of newPlugins) {
  test(`${plugin.plugin} installs, passes its tests and its check, and packs`, async () => {
    made.push(await makePlugin(plugin, npm));
  });
}

test("all of them are installed in one empty project", async () => {
  assert.is(made.length, newPlugins.length);
  const names = made.map(({ name }) => name);
  project = await installProject(npm, [...(await packAll()), ...made], names);
  for (const name of names) assert.ok(existsSync(join(project, "node_modules", name, "package.json")), name);
});

for (const plugin of newPlugins) {
  test(`${plugin.plugin} works there through exec and register`, () => usePlugin(plugin, project, npm));
}

test("an installed command makes plugins that take mlflow-auth from the registry, and the same files", async () => {
  const { code, stdout, stderr } = await use(
    { folder: project, execute: [] },
    "mlflow-auth",
    "create-plugin",
    "later",
    "--json",
  );
  assert.is(code, 0, stderr);
  assert.is(stderr, "");
  const { folder, files, clone } = JSON.parse(stdout);
  assert.is(clone, undefined);
  for (const file of [".gitignore", ".github/workflows/ci.yml", "LICENSE", "package.json", "src/index.ts"]) {
    assert.ok(files.includes(file) && existsSync(join(folder, file)), file);
  }
  assert.not.ok(files.some((file: string) => file.startsWith("vendor/") || file === "pnpm-workspace.yaml"));
  const { devDependencies, resolutions } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  assert.is(resolutions, undefined);
  for (const name of ["@mlflow-auth/core", "@mlflow-auth/mlflow-stub", "mlflow-auth"]) {
    assert.match(devDependencies[name], /^\^\d+\.\d+\.\d+/, name);
  }
});

test.run();
