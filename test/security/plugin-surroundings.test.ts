/**
 * Another user, with a process of their own, puts code where a plugin's code is looked for; then root starts. Their code must not run.
 * Each attack is made in an arrangement that lets it be made: it fails where the system itself forbids it.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lchownSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { write } from "../../core/test/discovery/plugin-packages.ts";
import { start } from "./start.ts";
import { all, attack, attacker, chown, code, lazyEntry, type Scene, scene, startAs } from "./surroundings.ts";

const test = suite("the surroundings of a plugin", { user: "root" });

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

test.run();
