/** New plugins of every kind: made, installed, tested and packed with npm, and used in an empty project. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { emptyFolder } from "../../cli/test/new-plugin.ts";
import { builtCommand } from "../built-command.ts";
import { installProject, managers } from "./managers.ts";
import { makePlugin, newPlugins, usePlugin } from "./new-plugin.ts";
import { registryMissing } from "./registry.ts";
import { type Published, packAll, unpack } from "./tarballs.ts";
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

test("what a clone packs for them is what is published, but for what only people read", async () => {
  const here = emptyFolder();
  const { stdout } = await use(
    { folder: here.folder, execute: [process.execPath] },
    builtCommand,
    "create-plugin",
    "acme",
    "--json",
  );
  const { folder, files } = JSON.parse(stdout);
  const vendor = (files as string[]).filter((file) => file.startsWith("vendor/"));
  for (const published of await packAll()) {
    const start = `vendor/${published.name.replace("@", "").replace("/", "-")}-`;
    const own = vendor.find((file) => file.startsWith(start) && /^\d/.test(file.slice(start.length)));
    if (own === undefined) continue;
    const packed = await unpack({ ...published, tarball: join(folder, own) });
    const wanted = [...(await unpack(published)).keys()].filter((file) => !/^(README\.md|LICENSE)$/.test(file));
    assert.equal([...packed.keys()].sort(), wanted.sort(), published.name);
    const { dependencies } = JSON.parse(packed.get("package.json") as string);
    assert.not.match(JSON.stringify(dependencies ?? {}), "workspace:");
    vendor.splice(vendor.indexOf(own), 1);
  }
  assert.equal(vendor, []);
  here.remove();
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
