/** Projects with a plugin that are root's, and another user who attacks them. */
import { spawnSync } from "node:child_process";
import { chmodSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as assert from "uvu/assert";
import { pluginFiles, temporaryFolder, write } from "../../core/test/discovery/plugin-packages.ts";

export const attacker = 65534;
const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { x: {} } };

const provider = (first = "") =>
  `({ invalidate() {}, async getAuth() { ${first} return { headers: { authorization: "x" } }; } })`;
export const code = (whose: string) => `(globalThis.whoRan ??= []).push("${whose}");`;
/** An entry that imports a module of its own, one of a dependency, and an optional one that is not installed. */
const entry = `import "./lib/inner.js"; import "#mapped"; import "helper";
try { await import("not-installed"); } catch {}
${code("plugin")}
export const create_auth = () => ${provider()};`;
/** One that imports it all with the first request. */
export const lazyEntry = `export const create_auth = () => ${provider(`await import("helper"); await import("unnamed");`)};`;

export interface Scene {
  /** Nobody may write it. */
  readonly base: string;
  /** Holds the file and the package.json. */
  readonly project: string;
  readonly plugin: string;
}

/** A project of root's, at any depth below a folder that only root may write. */
export function scene(at = "project"): Scene {
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
export function startAs(uid: number, gid: number, folder: string, configFile = ""): string {
  const file = fileURLToPath(new URL("start-as-user.ts", import.meta.url));
  const hooks = new URL("../../scripts/typescript.mjs", import.meta.url).href;
  const args = ["--import", hooks, file, String(uid), String(gid), folder, ...(configFile ? [configFile] : [])];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return stdout.trim() || stderr;
}

/** Runs a command as the attacker. It has to work: what the system forbids is no arrangement to test. */
export function attack(command: string, cwd: string): void {
  const { status, stderr } = spawnSync("sh", ["-ec", command], { cwd, uid: attacker, gid: attacker, encoding: "utf8" });
  assert.is(status, 0, `the attack itself failed: ${stderr}`);
}

export const chown = (owner: string, folder: string) => spawnSync("chown", ["-hR", owner, folder]);
export const chmod = (mode: string, folder: string) => spawnSync("chmod", ["-R", mode, folder]);

/** What is told where all code of the plugin ran, and nobody else's. */
export const all = "ran: deep, helper, inner, mapped, plugin";
