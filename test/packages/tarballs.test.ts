import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import * as assert from "uvu/assert";
import { type Manifest, type Published, packAll, unpack } from "./tarballs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const expected = [
  "@mlflow-auth/core",
  "@mlflow-auth/mlflow-stub",
  "@mlflow-auth/plugin-aws",
  "@mlflow-auth/plugin-azure",
  "@mlflow-auth/plugin-datadog",
  "@mlflow-auth/plugin-descope",
  "@mlflow-auth/plugin-hokusai",
  "@mlflow-auth/plugin-token",
  "@mlflow-auth/plugin-vault",
  "@mlflow-auth/schema",
  "mlflow-auth",
];

const test = suite("the packages as they are published");
let packages: { published: Published; files: Map<string, string>; manifest: Manifest }[];

test.before(async () => {
  packages = await Promise.all(
    (await packAll()).map(async (published) => {
      const files = await unpack(published);
      return { published, files, manifest: JSON.parse(files.get("package.json") ?? "") };
    }),
  );
});

test("these are published and no other", () => {
  assert.equal(packages.map(({ published }) => published.name).sort(), expected);
});

test("publint finds nothing to say about any", async () => {
  for (const { published } of packages) {
    const bytes = readFileSync(published.tarball);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const { messages, pkg } = await publint({ pack: { tarball }, level: "suggestion", strict: true });
    assert.equal(
      messages.map((message) => formatMessage(message, pkg as Record<string, unknown>)),
      [],
      published.name,
    );
  }
});

test("each says what it is, for whom and under which licence, in one version with the others", () => {
  const licence = readFileSync(join(root, "LICENSE"), "utf8");
  for (const { published, files, manifest } of packages) {
    const { name } = published;
    assert.ok(String(manifest["description"]).length > 20, name);
    assert.ok((manifest["keywords"] as string[]).includes("mlflow"), name);
    assert.is(manifest["license"], "Apache-2.0", name);
    assert.equal(manifest["engines"], { node: ">=22.19" }, name);
    assert.is(manifest.version, packages[0]?.manifest.version, name);
    assert.is(files.get("LICENSE"), licence, name);
    assert.match(files.get("README.md") ?? "", name === "mlflow-auth" ? /^# mlflow-auth\n/ : `# ${name}`, name);
  }
});

test("nothing superfluous is in them, and nothing that was built from a source of yesterday", () => {
  const usual = /^(package\.json|LICENSE|(sigv4\/)?(README\.md|(config|values)\.schema\.json|environment\.json))$/;
  for (const { published, files } of packages) {
    for (const path of files.keys()) {
      if (published.name === "mlflow-auth" && path.startsWith("templates/")) continue;
      const label = `${published.name}: ${path}`;
      assert.not.match(path, /test\/|\.test\.|tsbuildinfo|__pycache__|(^|\/)\.|\.ts$(?<!\.d\.ts)/, label);
      const [, module] = /^dist\/(.+?)(\.d\.ts|\.js|\.js\.map)$/.exec(path) ?? [];
      if (module === undefined)
        assert.match(path, published.name === "mlflow-auth" ? /^(bin|bundle|wheel)\/|^[^/]+$/ : usual, label);
      else
        assert.ok(existsSync(join(published.folder, "src", `${module}.ts`)), `${label} has no source: npm run build`);
    }
  }
});

test("a source map holds its sources; no file names a folder of this machine, or a workspace", () => {
  const folders = [root, `${homedir()}/`].filter((folder) => folder.length > 3);
  for (const { published, files, manifest } of packages) {
    for (const own of ["devDependencies", "scripts"]) assert.is(manifest[own], undefined, published.name);
    assert.not.match(JSON.stringify(manifest), "workspace:", published.name);
    for (const [path, text] of files) {
      const label = `${published.name}: ${path}`;
      for (const folder of folders) assert.not.ok(text.includes(folder), `${label} names ${folder}`);
      if (!path.endsWith(".map")) continue;
      const { sources, sourcesContent } = JSON.parse(text);
      assert.is(sourcesContent?.length, sources.length, label);
      assert.ok(
        sourcesContent.every((source: unknown) => typeof source === "string"),
        label,
      );
    }
  }
});

test("the command's bundle brings the licence of everything in it, and asks npm for the rest alone", () => {
  const { files, manifest } = packages.find(
    ({ published }) => published.name === "mlflow-auth",
  ) as (typeof packages)[number];
  assert.equal(Object.keys(manifest["dependencies"] as object), ["pino"]);
  const licences = files.get("bundle/THIRD-PARTY-LICENSES.txt") ?? "";
  for (const name of ["ajv", "commander", "cosmiconfig", "undici", "yaml"])
    assert.match(licences, new RegExp(`^${name} \\d`, "m"));
  for (const licence of licences.split(/^-{80}$/m).slice(1))
    assert.match(licence, /Copyright.*(Permission (to use|is hereby granted)|Redistribution and use)/is);
  assert.ok(files.has("wheel/mlflow_auth_bridge-1+exec-py3-none-any.whl"));
  assert.ok(files.has("wheel/mlflow_auth_bridge/provider.py"));
});

test.run();
