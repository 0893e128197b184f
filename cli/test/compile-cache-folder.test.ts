import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { temporaryFolder } from "../../test/servers/process/temporary-folder.ts";
import { compileCacheFolder } from "../src/compile-cache-folder.ts";

const test = suite("where Node keeps what it compiled");
const asRoot = suite("where Node keeps what it compiled, as root", { user: "root" });
const folder = temporaryFolder("caches");
let made = 0;

/** A new folder of caches. */
function newCaches(): string {
  const caches = join(folder.path, String(made++));
  mkdirSync(caches, { mode: 0o755 });
  return caches;
}

const folderIn = (caches: string) => compileCacheFolder({ XDG_CACHE_HOME: caches });

test("a folder in the user's own folder of caches, that nobody else can look into", () => {
  const caches = newCaches();
  const made = folderIn(caches) ?? "none";
  assert.is(made, join(caches, "mlflow-auth", "compiled"));
  for (const path of [join(caches, "mlflow-auth"), made]) assert.is(lstatSync(path).mode & 0o777, 0o700);
  assert.is(folderIn(caches), made);
});

test("the folder of caches may be a link to another disk", () => {
  const caches = newCaches();
  const link = join(folder.path, "link");
  symlinkSync(caches, link);
  assert.is(folderIn(link), join(link, "mlflow-auth", "compiled"));
});

test("where there is no folder of caches, none is made", () => {
  const missing = join(folder.path, "missing");
  assert.is(folderIn(missing), undefined);
  assert.not.ok(readdirSync(folder.path).includes("missing"));
});

test("nothing is kept where others may write, whichever of the folders it is", () => {
  const caches = newCaches();
  folderIn(caches);
  for (const open of [caches, join(caches, "mlflow-auth"), join(caches, "mlflow-auth", "compiled")]) {
    chmodSync(open, 0o777);
    assert.is(folderIn(caches), undefined);
    chmodSync(open, 0o755);
  }
  assert.ok(folderIn(caches));
});

test("a link or a file in its place is left alone", () => {
  const caches = newCaches();
  const elsewhere = join(folder.path, "elsewhere");
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, join(caches, "mlflow-auth"));
  assert.is(folderIn(caches), undefined);
  writeFileSync(join(folder.path, "file"), "");
  assert.is(folderIn(join(folder.path, "file")), undefined);
});

asRoot("what belongs to another user is not used, whichever of the folders it is", () => {
  const caches = newCaches();
  folderIn(caches);
  for (const foreign of [caches, join(caches, "mlflow-auth"), join(caches, "mlflow-auth", "compiled")]) {
    chownSync(foreign, 65534, 65534);
    assert.is(folderIn(caches), undefined);
    chownSync(foreign, 0, 0);
  }
  assert.ok(folderIn(caches));
});

test("the command keeps there what it loaded, with HOME and with XDG_CACHE_HOME alike, unless Node is told not to", () => {
  const caches = newCaches();
  const home = join(folder.path, "home");
  mkdirSync(home);
  symlinkSync(caches, join(home, ".cache"));
  const start = (env: Record<string, string>) => {
    const { status, stderr } = spawnSync(process.execPath, [builtCommand, "--version"], { env, encoding: "utf8" });
    assert.is(status, 0, stderr);
    assert.is(stderr, "");
  };
  const kept = () => readdirSync(caches, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  // On macOS the usual folder has another name.
  if (process.platform === "linux") {
    start({ HOME: home, XDG_CACHE_HOME: "relative", NODE_DISABLE_COMPILE_CACHE: "1" });
    assert.equal(kept(), []);
    start({ HOME: home, XDG_CACHE_HOME: "relative" });
    assert.ok(kept().length > 0);
  }
  rmSync(join(home, ".cache", "mlflow-auth"), { recursive: true, force: true });
  start({ HOME: join(folder.path, "none"), XDG_CACHE_HOME: caches });
  assert.ok(kept().length > 0);
});

test.run();
asRoot.run();
