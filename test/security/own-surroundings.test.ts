import { spawnSync } from "node:child_process";
import { chmodSync, lchownSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { write } from "../../core/test/discovery/plugin-packages.ts";
import { start } from "./start.ts";
import { all, attacker, chmod, chown, scene, startAs } from "./surroundings.ts";

const test = suite("surroundings of a plugin that are one's own", { user: "root" });

test("outside of a repository, a project that others may write is not looked in, and the message says so", async () => {
  const { project } = scene();
  rmSync(join(project, ".git"), { recursive: true });
  chmodSync(project, 0o777);
  const outcome = await start(project);
  assert.match(
    outcome,
    /^PLUGIN_NOT_INSTALLED .*project may be written by others, so that nothing is taken from there$/,
  );
});

test("what is one's own is used: below /tmp, beside a node_modules of root's, with a link in the package", async () => {
  const { base, project, plugin } = scene("shared/project");
  chmodSync(join(base, "shared"), 0o1777);
  mkdirSync(join(base, "shared/node_modules"));
  symlinkSync("lib/inner.js", join(plugin, "linked.js"));
  // Nothing is imported from there.
  write(plugin, { ".git/config": "" });
  chown(`${attacker}`, join(plugin, ".git"));
  assert.is(await start(project), all);
});

test("a store of root's that many link to is used", async () => {
  const { base, project, plugin } = scene();
  const store = join(base, "store/x/node_modules/@team");
  mkdirSync(store, { recursive: true });
  spawnSync("mv", [plugin, store]);
  for (const name of ["helper", "deep"])
    spawnSync("mv", [join(project, "node_modules", name), join(base, "store/x/node_modules")]);
  symlinkSync(join(store, "plugin-x"), plugin);
  assert.is(await start(project), all);
});

test("root uses a project that was mounted from outside once it names its file, and nobody else's", async () => {
  const { project, plugin } = scene();
  chown("4321:4321", project);
  const file = join(project, "mlflow-auth.json");
  assert.match(await start(project), /^CONFIG_UNTRUSTED /);
  assert.is(await start("/", { configFile: file }), all);
  lchownSync(join(plugin, "lib/inner.js"), attacker, attacker);
  assert.match(await start("/", { configFile: file }), /^PLUGIN_UNTRUSTED .*inner.js belongs to another user/);
});

test("a user uses their own project, with a group of their own that may write it", () => {
  const { project } = scene();
  chown("4321:4321", project);
  chmod("g+w", project);
  assert.is(startAs(4321, 4321, project), all);
});

test("a container of any user, as OpenShift's: what root's group may write is used", () => {
  const { project } = scene();
  chmod("g=u", project);
  assert.is(startAs(1_000_650_000, 0, project), all);
  // What is made while it runs.
  chown("1000650000:0", join(project, "node_modules"));
  assert.is(startAs(1_000_650_000, 0, project), all);
});

test("a container of any user with an image of another: once the file is named", () => {
  const { project } = scene();
  chown("1001:0", project);
  chmod("g=u", project);
  const file = join(project, "mlflow-auth.json");
  assert.match(startAs(1_000_650_000, 0, project), /^CONFIG_UNTRUSTED /);
  assert.is(startAs(1_000_650_000, 0, "/", file), all);
  // Outside of such a container root's group is not one's own.
  assert.match(startAs(1_000_650_000, 1_000, "/", file), /^PLUGIN_UNTRUSTED .*may be written by others/);
});

test("what a squashing file server shows as nobody's is used once the file is named", async () => {
  const { project } = scene();
  chown("65534:65534", project);
  assert.is(await start("/", { configFile: join(project, "mlflow-auth.json") }), all);
});

test.run();
