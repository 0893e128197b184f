#!/usr/bin/env node
// The entry of `npm run demo`, `npm test` and other scripts. It needs only Node 20 and npm: it installs the workspace
// with pnpm, builds it, and runs the script under the Node that the workspace pins as a devDependency.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const node = join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
const stamp = join(root, "node_modules", ".mlflow-auth-installed");

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (result.error) {
    console.error(`${command}: ${result.error.message}`);
    process.exit(1);
  }
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** A digest of everything that an installation depends on: the lockfile, and every manifest of the workspace. */
function manifests() {
  const digest = createHash("sha256").update(process.platform).update(process.arch);
  const folders = ["", "core", "cli", "proxy", "schema", "stub", "test", "demo", "bench"];
  for (const plugin of readdirSync(join(root, "plugins"))) folders.push(join("plugins", plugin));
  const files = ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...folders.map((folder) => join(folder, "package.json"))];
  for (const file of files)
    if (existsSync(join(root, file))) digest.update(file).update(readFileSync(join(root, file)));
  return digest.digest("hex");
}

function install() {
  const wanted = manifests();
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.error("Installing the workspace (once per change of its manifests) …");
  // Some dependencies want Node 22 or newer, which the workspace itself brings. pnpm 12 runs under Node 20, and npx fetches
  // it, so that nothing has to be installed globally.
  const quiet = ["--reporter=append-only", "--loglevel=error"];
  run("npx", ["-y", "pnpm@12", "install", "--frozen-lockfile", ...quiet], {
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  writeFileSync(stamp, wanted);
}

function build() {
  run(node, [join(root, "node_modules", "typescript", "bin", "tsc"), "-b"]);
  run(node, [join(root, "scripts", "remove-orphans.ts")]);
  run(node, [join(root, "scripts", "bundle.ts")]);
}

/** Passes signals on and does not end at them: the script may have servers to stop, and ends once it has done so. */
function go(script, args) {
  const child = spawn(node, ["--import", "./scripts/typescript.mjs", script, ...args], { cwd: root, stdio: "inherit" });
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => child.kill(name));
  child.on("error", (error) => {
    console.error(`${node}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code) => process.exit(code ?? 1));
}

install();
build();
const [script, ...args] = process.argv.slice(2);
if (script === "--build-only") console.error("Built.");
else go(script, args);
