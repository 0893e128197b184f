/**
 * Another user, with a process of their own, puts code where a plugin's code is looked for; then root starts. Their code must not run.
 * Each attack is made in an arrangement that lets it be made: it fails where the system itself forbids it.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lchownSync, mkdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { pluginFiles, temporaryFolder, write } from "../../core/test/discovery/plugin-packages.ts";
import { start } from "./start.ts";

const test = suite("the surroundings of a plugin", { user: "root" });
const attacker = 65534;
const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { x: {} } };

const provider = `({ invalidate() {}, async getAuth() { ${"LAZY"} return { headers: { authorization: "x" } }; } })`;
const code = (whose: string) => `(globalThis.whoRan ??= []).push("${whose}");`;
/** An entry that imports a module of its own, one of a dependency, and an optional one that is not installed. */
const entry = `import "./lib/inner.js"; import "#mapped"; import "helper";
try { await import("not-installed"); } catch {}
${code("plugin")}
export const create_auth = () => ${provider.replace("LAZY", "")};`;
/** One that imports it all with the first request. */
const lazyEntry = `export const create_auth = () => ${provider.replace("LAZY", `await import("helper"); await import("unnamed");`)};`;

interface Scene {
  /** Nobody may write it. */
  readonly base: string;
  /** Holds the file and the package.json. */
  readonly project: string;
  readonly plugin: string;
}

/** A project of root's, at any depth below a folder that only root may write. */
function scene(at = "project"): Scene {
  const base = temporaryFolder();
  chmodSync(base, 0o755);
  // The runner's own temporary folder is nobody else's to pass through.
  for (let above = dirname(base); above !== dirname(above); above = dirname(above)) {
    const { mode } = statSync(above);
    if ((mode & 0o011) !== 0o011) chmodSync(above, mode | 0o011);
  }
  const project = join(base, at);
  const dependencies = { "@team/plugin-x": "1" };
  write(project, { "package.json": { dependencies }, "mlflow-auth.json": config, ".git/HEAD": "" });
  const plugin = join(project, "node_modules/@team/plugin-x");
  const manifest = { dependencies: { helper: "1" }, imports: { "#mapped": "./mapped/index.js" } };
  write(plugin, {
    ...pluginFiles({ name: "@team/plugin-x", auth: "x", module: entry, manifest }),
    "lib/inner.js": code("inner"),
    "mapped/index.js": code("mapped"),
  });
  const helper = {
    name: "helper",
    version: "1.0.0",
    type: "module",
    exports: "./lib/main.js",
    dependencies: { deep: "1" },
  };
  write(join(project, "node_modules/helper"), {
    "package.json": helper,
    "lib/main.js": `import "deep"; ${code("helper")}`,
  });
  write(join(project, "node_modules/deep"), {
    "package.json": { name: "deep", version: "1.0.0" },
    "index.js": code("deep"),
  });
  return { base, project, plugin };
}

/** Starts as another user, in a process of its own. */
function startAs(uid: number, gid: number, folder: string, configFile = ""): string {
  const file = fileURLToPath(new URL("start-as-user.ts", import.meta.url));
  const hooks = new URL("../../scripts/typescript.mjs", import.meta.url).href;
  const args = ["--import", hooks, file, String(uid), String(gid), folder, ...(configFile ? [configFile] : [])];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return stdout.trim() || stderr;
}

/** Runs a command as the attacker. It has to work: what the system forbids is no arrangement to test. */
function attack(command: string, cwd: string): void {
  const { status, stderr } = spawnSync("sh", ["-ec", command], { cwd, uid: attacker, gid: attacker, encoding: "utf8" });
  assert.is(status, 0, `the attack itself failed: ${stderr}`);
}

const evil = `'globalThis.whoRan.push("attacker")'`;
const evilModule = (file: string) => `mkdir -p $(dirname ${file}); echo ${evil} > ${file}`;

interface Arrangement {
  /** Where the project lies below the base. Default `project`. */
  readonly at?: string;
  /** What root left open. */
  open(scene: Scene): void;
  /** A command of the attacker's, in the project's folder; none: that it was left open is enough. */
  readonly attack?: string;
  /** A part of the message; undefined: the plugin is used, and only the attacker's code does not run. */
  readonly names: string | undefined;
}

const opened =
  (path: string, mode = 0o777) =>
  ({ project }: Scene) =>
    chmodSync(join(project, path), mode);
const given =
  (path: string) =>
  ({ project }: Scene) =>
    lchownSync(join(project, path), attacker, attacker);

const helperModule = "node_modules/helper/lib/main.js";
const arrangements: Record<string, Arrangement> = {
  "node_modules that all may write": {
    open: opened("node_modules"),
    attack: `mv node_modules/helper node_modules/old; mkdir node_modules/helper; echo '{"name":"helper","type":"module","exports":"./lib/main.js"}' > node_modules/helper/package.json; ${evilModule(helperModule)}`,
    names: "project/node_modules may be written",
  },
  "node_modules of another": { open: given("node_modules"), names: "project/node_modules belongs" },
  "node_modules that all may write, with the sticky bit": {
    open: opened("node_modules", 0o1777),
    attack: `${evilModule("node_modules/not-installed/index.js")}`,
    names: "project/node_modules may be written",
  },
  "node_modules that a group may write": {
    open: ({ project }) => {
      chownSync(join(project, "node_modules"), 0, attacker);
      chmodSync(join(project, "node_modules"), 0o775);
    },
    attack: evilModule("node_modules/not-installed/index.js"),
    names: "project/node_modules may be written",
  },
  "a scope's folder that all may write": {
    open: opened("node_modules/@team"),
    attack:
      "mv node_modules/@team/plugin-x node_modules/@team/old; cp -r node_modules/@team/old node_modules/@team/plugin-x",
    names: "project/node_modules/@team",
  },
  "a scope's folder of another": { open: given("node_modules/@team"), names: "node_modules/@team belongs" },
  "a project's folder that all may write": {
    open: opened("."),
    attack: "mv node_modules old; mv old node_modules",
    names: "project",
  },
  "a project's folder of another": { open: given("."), names: "project belongs" },
  "a package.json of another": { open: given("package.json"), names: "project/package.json belongs" },
  "a package.json that all may write": {
    open: opened("package.json", 0o666),
    attack: `echo '{"dependencies":{"@team/plugin-x":"2"}}' > package.json`,
    names: "project/package.json may be written",
  },
  "a module that the entry imports, and all may write": {
    open: opened("node_modules/@team/plugin-x/lib/inner.js", 0o666),
    attack: `echo ${evil} > node_modules/@team/plugin-x/lib/inner.js`,
    names: "plugin-x/lib/inner.js may be written",
  },
  "a module that the entry imports, of another": {
    open: given("node_modules/@team/plugin-x/lib/inner.js"),
    names: "plugin-x/lib/inner.js belongs",
  },
  "a folder of modules that all may write": {
    open: opened("node_modules/@team/plugin-x/lib"),
    attack: `mv node_modules/@team/plugin-x/lib/inner.js old 2>/dev/null || rm node_modules/@team/plugin-x/lib/inner.js; ${evilModule("node_modules/@team/plugin-x/lib/inner.js")}`,
    names: "plugin-x/lib may be written",
  },
  "a module by `imports` of package.json, that all may write": {
    open: opened("node_modules/@team/plugin-x/mapped/index.js", 0o666),
    attack: `echo ${evil} > node_modules/@team/plugin-x/mapped/index.js`,
    names: "mapped/index.js may be written",
  },
  "a folder in the package that is a link to one of another": {
    open: ({ base, plugin }) => {
      write(join(base, "elsewhere"), { "inner.js": "" });
      chownSync(join(base, "elsewhere/inner.js"), attacker, attacker);
      symlinkSync(join(base, "elsewhere"), join(plugin, "more"));
    },
    attack: `echo ${evil} > ../elsewhere/inner.js`,
    names: "elsewhere/inner.js belongs",
  },
  "a module in the package that is a link into a folder that all may write": {
    open: ({ base, plugin }) => {
      write(join(base, "elsewhere"), { "inner.js": code("inner") });
      chmodSync(join(base, "elsewhere"), 0o777);
      rmSync(join(plugin, "lib/inner.js"));
      symlinkSync(join(base, "elsewhere/inner.js"), join(plugin, "lib/inner.js"));
    },
    attack: "mv ../elsewhere/inner.js ../elsewhere/old; mv ../elsewhere/old ../elsewhere/inner.js",
    names: "elsewhere may be written",
  },
  "a package's folder that is a link of another": {
    open: ({ base, plugin }) => {
      spawnSync("mv", [plugin, join(base, "kept")]);
      symlinkSync(join(base, "kept"), plugin);
      lchownSync(plugin, attacker, attacker);
    },
    names: "plugin-x belongs",
  },
  "a link into a store with a folder on the way that all may write": {
    open: ({ base, project, plugin }) => {
      const store = join(base, "store/node_modules/.pnpm/x/node_modules/@team");
      mkdirSync(store, { recursive: true });
      spawnSync("mv", [plugin, store]);
      symlinkSync(join(store, "plugin-x"), plugin);
      spawnSync("cp", [
        "-r",
        join(project, "node_modules/helper"),
        join(project, "node_modules/deep"),
        join(store, ".."),
      ]);
      chmodSync(join(base, "store/node_modules/.pnpm"), 0o777);
    },
    attack:
      "mv ../store/node_modules/.pnpm/x ../store/node_modules/.pnpm/old; mv ../store/node_modules/.pnpm/old ../store/node_modules/.pnpm/x",
    names: "store/node_modules/.pnpm may be written",
  },
  "a dependency's folder that all may write": {
    open: opened("node_modules/helper/lib"),
    attack: `rm ${helperModule}; ${evilModule(helperModule)}`,
    names: "node_modules/helper/lib may be written",
  },
  "a dependency's module that all may write": {
    open: opened(helperModule, 0o666),
    attack: `echo ${evil} > ${helperModule}`,
    names: "helper/lib/main.js may be written",
  },
  "a dependency's dependency of another": {
    open: given("node_modules/deep/index.js"),
    attack: `echo ${evil} > node_modules/deep/index.js`,
    names: "deep/index.js belongs",
  },
  "a package that nobody names, and all may write": {
    open: ({ project }) => {
      mkdirSync(join(project, "node_modules/not-installed"));
      chmodSync(join(project, "node_modules/not-installed"), 0o777);
    },
    attack: evilModule("node_modules/not-installed/index.js"),
    // What the plugin can do without it does without.
    names: undefined,
  },
  "a package's own node_modules that all may write": {
    open: ({ plugin }) => {
      mkdirSync(join(plugin, "node_modules"));
      chmodSync(join(plugin, "node_modules"), 0o777);
    },
    attack: evilModule("node_modules/@team/plugin-x/node_modules/not-installed/index.js"),
    names: "plugin-x/node_modules may be written",
  },
  "a folder above that all may write, without the sticky bit": {
    at: "shared/project",
    open: ({ project }) => chmodSync(dirname(project), 0o777),
    attack: "mv ../project ../old; mv ../old ../project",
    names: "shared may be written",
  },
  "a folder two above that a group may write": {
    at: "shared/mine/project",
    open: ({ base }) => {
      chownSync(join(base, "shared"), 0, attacker);
      chmodSync(join(base, "shared"), 0o2775);
    },
    attack: "mv ../../mine ../../old; mv ../../old ../../mine",
    names: "shared may be written",
  },
  "node_modules that another made in a folder above, where all may make something": {
    at: "shared/project",
    open: ({ project }) => chmodSync(dirname(project), 0o1777),
    attack: `${evilModule("../node_modules/not-installed/index.js")}; echo '{"exports":"./index.js"}' > ../node_modules/not-installed/package.json`,
    names: "shared/node_modules belongs",
  },
};

const all = "ran: deep, helper, inner, mapped, plugin";

for (const [what, { at, open, attack: command, names }] of Object.entries(arrangements)) {
  test(`${what}: no code of others runs`, async () => {
    const made = scene(at);
    open(made);
    if (command !== undefined) attack(command, made.project);
    for (const ownProcess of [true, false]) {
      const outcome = await start(made.project, { ownProcess });
      if (names === undefined) {
        // Node does not run again what it has loaded.
        assert.ok(outcome.startsWith("ran: ") && !outcome.includes("attacker"), outcome);
        continue;
      }
      assert.ok(/^(deep|inner|mapped|, )*PLUGIN_UNTRUSTED /.test(outcome), `what became of it: ${outcome}`);
      assert.ok(outcome.includes(names), `${names} is not in: ${outcome}`);
      assert.match(outcome, /`--config FILE`, or MLFLOW_AUTH_CONFIG, trusts the owner of FILE/);
    }
  });
}

const chown = (owner: string, folder: string) => spawnSync("chown", ["-hR", owner, folder]);
const chmod = (mode: string, folder: string) => spawnSync("chmod", ["-R", mode, folder]);

const starts: Record<string, (folder: string) => string | Promise<string>> = {
  "under exec": (folder) => start(folder, { ownProcess: true }),
  // In a process of its own, for what is followed under exec is followed to the end of the process.
  "in the user's program": (folder) => startAs(0, 0, folder),
};
for (const [where, started] of Object.entries(starts)) {
  test(`${where}, a dependency's module that is imported with the first request does not run either`, async () => {
    const made = scene();
    write(made.plugin, { "index.js": lazyEntry });
    write(join(made.project, "node_modules/unnamed"), { "index.js": code("unnamed") });
    assert.is(await started(made.project), "ran: deep, helper, unnamed");
    const again = scene();
    write(again.plugin, { "index.js": lazyEntry });
    opened(helperModule, 0o666)(again);
    attack(`echo ${evil} > ${helperModule}`, again.project);
    assert.match(await started(again.project), /^PLUGIN_UNTRUSTED .*helper\/lib\/main.js may be written/);
  });
}

test("under exec, nor does one of a package that nobody names", async () => {
  const made = scene();
  write(made.plugin, { "index.js": lazyEntry });
  write(join(made.project, "node_modules/unnamed"), { "index.js": code("unnamed") });
  opened("node_modules/unnamed/index.js", 0o666)(made);
  const outcome = await start(made.project, { ownProcess: true });
  assert.match(outcome, /^(deep, helper)?PLUGIN_UNTRUSTED .*unnamed\/index.js may be written/);
});

test("the program's own modules are left alone", async () => {
  const { base, project } = scene();
  assert.is(await start(project, { ownProcess: true }), all);
  write(join(base, "program"), { "main.mjs": "export const ran = true;" });
  chown(`${attacker}`, join(base, "program"));
  assert.is((await import(join(base, "program/main.mjs"))).ran, true);
});

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
