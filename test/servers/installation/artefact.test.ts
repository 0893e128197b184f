import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setVariables } from "@mlflow-auth/test/process-variables";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type TemporaryFolder, temporaryFolder } from "../process/temporary-folder.ts";
import { type Artefact, artefactPath, install } from "./artefact.ts";

const test = suite("artefacts in the cache");

let folder: TemporaryFolder;
let versionFile: string;
let builds: number;
let restore: () => void;

test.beforeEach(() => {
  folder = temporaryFolder("cache");
  restore = setVariables({ MLFLOW_AUTH_CACHE: join(folder.path, "cache") });
  versionFile = join(folder.path, "version");
  writeFileSync(versionFile, "1");
  builds = 0;
});
test.afterEach(() => {
  restore();
  folder.remove();
});

function artefact(build: (target: string) => Promise<void> = async () => {}): Artefact {
  return {
    name: "thing",
    versionFiles: [versionFile],
    versions: ["here"],
    async build(target) {
      builds++;
      writeFileSync(join(target, "made"), target);
      await build(target);
    },
  };
}

test("is built once, at a path that stays valid", async () => {
  const path = await install(artefact());
  assert.is(await install(artefact()), path);
  assert.is(builds, 1);
  const builtAt = readFileSync(join(path, "made"), "utf8");
  assert.ok(existsSync(builtAt));
});

test("is built once by several at a time", async () => {
  await Promise.all([install(artefact()), install(artefact()), install(artefact())]);
  assert.is(builds, 1);
});

test("is built anew for another version", async () => {
  const first = await install(artefact());
  writeFileSync(versionFile, "2");
  assert.is.not(await install(artefact()), first);
  assert.is(builds, 2);
  assert.ok(existsSync(first));
});

test("is not there while it is being built, nor after a failure", async () => {
  const failing = artefact(async () => {
    assert.not(existsSync(artefactPath(failing)));
    throw new Error("no compiler");
  });
  const error = await install(failing).catch((reason: Error) => reason);
  assert.is((error as Error).message, "no compiler");
  assert.equal(readdirSync(join(folder.path, "cache")), []);
  await install(artefact());
  assert.is(builds, 2);
});

test("leaves nothing of a build that was killed", async () => {
  const path = await install(artefact());
  const { rmSync, mkdirSync } = process.getBuiltinModule("node:fs");
  rmSync(path);
  mkdirSync(`${path}.killed`);
  await install(artefact());
  assert.not(existsSync(`${path}.killed`));
  assert.is(readdirSync(join(folder.path, "cache")).length, 2);
});

test.run();
