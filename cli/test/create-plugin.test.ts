import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { refusalOf, writeFolder } from "../src/create-plugin/write-folder.js";
import { run } from "./command.js";
import { emptyFolder } from "./new-plugin.js";

const test = suite("mlflow-auth create-plugin");
const root = fileURLToPath(new URL("../..", import.meta.url));

let here: ReturnType<typeof emptyFolder>;
test.beforeEach(() => {
  here = emptyFolder();
});
test.afterEach(() => here.remove());

const create = (args: string[], env: Record<string, string> = {}) =>
  run(["create-plugin", ...args], { cwd: here.folder, env });
const manifestOf = (folder: string) => JSON.parse(readFileSync(join(here.folder, folder, "package.json"), "utf8"));

test("makes the package in a folder of its own, and ends with the next three commands", async () => {
  const { code, stdout, stderr } = await create(["acme"]);
  assert.is(code, 0, stderr);
  const folder = "mlflow-auth-plugin-acme";
  assert.equal(readdirSync(here.folder), [folder]);
  assert.is(
    stdout,
    `written  ${folder}: the plugin acme, which gives credentials\n\nTry this next:\n  cd ${folder} && npm install\n  npm test\n  npm run try\n`,
  );
  const { name, "entry-points": entryPoints, keywords } = manifestOf(folder);
  assert.is(name, folder);
  assert.ok(keywords.includes("mlflow-auth-plugin"));
  const entry = { acme: "./dist/index.js:createRequestAuthProvider" };
  assert.equal(entryPoints, { "mlflow.request_auth_provider": entry });
});

test("from a clone it brings the clone's packages, whole and by a name that changes with them, and says so", async () => {
  const { stderr } = await create(["acme"]);
  assert.match(stderr, /the packages of mlflow-auth in its vendor\/ are those of \S+ as they are now\n/);
  const folder = join(here.folder, "mlflow-auth-plugin-acme");
  const { devDependencies, peerDependencies, resolutions } = manifestOf("mlflow-auth-plugin-acme");
  const specs = Object.entries<string>(devDependencies).filter(([name]) => name.includes("mlflow-auth"));
  assert.equal(
    specs.map(([name]) => name),
    ["@mlflow-auth/core", "@mlflow-auth/mlflow-stub", "@mlflow-auth/schema", "mlflow-auth"],
  );
  for (const [, spec] of specs) {
    assert.match(spec, /^file:\.\/vendor\/[a-z-]+-\d+\.\d+\.\d+-[0-9a-f]{8}\.tgz$/);
    assert.ok(existsSync(join(folder, spec.slice("file:".length))));
  }
  assert.match(peerDependencies["@mlflow-auth/core"], /^\^\d/);
  assert.equal(resolutions, { "@mlflow-auth/schema": devDependencies["@mlflow-auth/schema"] });
  const overrides = readFileSync(join(folder, "pnpm-workspace.yaml"), "utf8");
  assert.is(overrides, `overrides:\n  "@mlflow-auth/schema": "${devDependencies["@mlflow-auth/schema"]}"\n`);
});

test("several kinds have a module each, and the entry points of all", async () => {
  const { code, stdout, stderr } = await create(["@team/store", "--headers", "--tags", "--signs", "--json"], {
    npm_config_user_agent: "pnpm/12.1.0 npm/? node/v24.1.0 linux x64",
  });
  assert.is(code, 0, stderr);
  const made = JSON.parse(stdout);
  assert.is(made.clone, root.replace(/\/$/, ""));
  const folder = "mlflow-auth-plugin-store";
  assert.is(made.folder, join(here.folder, folder));
  assert.equal([made.package, made.plugin, made.language], ["@team/store", "store", "typescript"]);
  assert.equal(made.kinds, ["headers", "tags", "signs"]);
  assert.equal(made.next, [`cd ${folder} && pnpm install`, "pnpm test", "pnpm run try"]);
  for (const file of made.files) assert.ok(existsSync(join(made.folder, file)), file);
  for (const file of ["index", "auth", "headers", "tags"]) assert.ok(made.files.includes(`src/${file}.ts`), file);
  assert.equal(Object.keys(manifestOf(folder)["entry-points"]).sort(), [
    "mlflow.request_auth_provider",
    "mlflow.request_header_provider",
    "mlflow.run_context_provider",
  ]);
});

test("with --js the next commands need no build, and are those of the package manager that started it", async () => {
  const { stdout } = await create(["acme", "--js"], { npm_config_user_agent: "yarn/4.18.1 npm/? node/v24.1.0" });
  assert.match(stdout, /install\n {2}yarn run check\n {2}yarn pack\n$/);
  assert.match(stdout, "cd mlflow-auth-plugin-acme && yarn install");
});

test("a plugin of a name that another package has is made with a warning", async () => {
  const { code, stderr } = await create(["@mlflow-auth/vault", "--js"]);
  assert.is(code, 0, stderr);
  assert.match(
    stderr,
    "mlflow-auth: @mlflow-auth/plugin-vault has a plugin vault, too: a file that finds both must say `package:`",
  );
  assert.not.match((await create(["@mlflow-auth/plugin-aws", "--js"])).stderr, "has a plugin");
});

test("a folder that is there is refused, whatever it is, and stays as it was; an empty one is taken", async () => {
  const folder = join(here.folder, "mlflow-auth-plugin-acme");
  mkdirSync(folder);
  assert.is((await create(["acme", "--js"])).code, 0);
  writeFileSync(join(folder, "index.js"), "mine");
  const { code, stdout, stderr } = await create(["acme"]);
  assert.equal([code, stdout], [2, ""]);
  assert.match(
    stderr,
    /^USAGE: mlflow-auth-plugin-acme is there already, and create-plugin overwrites nothing\n {2}Try this: /,
  );
  assert.is(readFileSync(join(folder, "index.js"), "utf8"), "mine");
  writeFileSync(join(here.folder, "mlflow-auth-plugin-file"), "mine");
  symlinkSync(join(here.folder, "nowhere"), join(here.folder, "mlflow-auth-plugin-link"));
  for (const name of ["file", "link"]) assert.match((await create([name])).stderr, "is there already", name);
  assert.not(existsSync(join(here.folder, "nowhere")));
});

test("without a name and with nobody to ask it says what to write, and as JSON if that is wanted", async () => {
  for (const args of [[], ["--yes"]]) {
    const { code, stderr } = await create(args);
    assert.is(code, 2);
    assert.is(
      stderr,
      "USAGE: the plugin has no name yet\n  Try this: name what the plugin is for: mlflow-auth create-plugin acme\n",
    );
  }
  const { code, stdout } = await create(["Acme", "--json"]);
  assert.is(code, 2);
  assert.is(JSON.parse(stdout).error.code, "USAGE");
  assert.equal(readdirSync(here.folder), []);
});

test("what fails in the middle leaves nothing", () => {
  const folder = join(here.folder, "new");
  const files = new Map([
    ["a", "1"],
    ["a/b", "2"],
  ]);
  assert.throws(() => writeFolder(folder, files), /new can't be written \((EEXIST|ENOTDIR)\)/);
  assert.equal(readdirSync(here.folder), []);
});

test("what is made meanwhile is not overwritten", () => {
  const folder = join(here.folder, "new");
  mkdirSync(folder);
  writeFileSync(join(folder, "mine"), "");
  assert.throws(() => writeFolder(folder, new Map([["a", "1"]])), /is there already/);
  assert.equal(readdirSync(here.folder), ["new"]);
  assert.equal(readdirSync(folder), ["mine"]);
});

test("nobody else may write the files, whatever the umask: mlflow-auth would not use the package", () => {
  const before = process.umask(0o002);
  try {
    writeFolder(join(here.folder, "new"), new Map([["src/a", "1"]]));
  } finally {
    process.umask(before);
  }
  for (const path of ["new", "new/src", "new/src/a"]) {
    assert.is(statSync(join(here.folder, path)).mode & 0o022, 0, path);
  }
});

test("a folder in which nobody may write is named with the reason", { user: "other" }, () => {
  chmodSync(here.folder, 0o555);
  try {
    const folder = join(here.folder, "new");
    assert.is(refusalOf(folder), undefined);
    assert.throws(() => writeFolder(folder, new Map([["a", "1"]])), /can't be written \(EACCES\)/);
  } finally {
    chmodSync(here.folder, 0o755);
  }
});

test.run();
