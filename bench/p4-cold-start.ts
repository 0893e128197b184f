/** P4: how long `mlflow-auth validate` and `exec` take to start, and what an installed plugin that is not enabled adds. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { percentile, type Result } from "./measure.ts";

const ROUNDS = 40;
/** Plugins that are installed and not enabled, in the second comparison. */
const MORE = 20;

export async function p4(): Promise<Result[]> {
  const base = mkdtempSync(join(tmpdir(), "mlflow-auth-bench-"));
  try {
    const one = createProject(join(base, "one"), 0);
    const alone = createProject(join(base, "alone"), 0, copyPlugins(["vault"]));
    const every = createProject(join(base, "every"), 0, copyPlugins(readdirSync(dirname(vault))));
    const many = createProject(join(base, "many"), MORE);
    mkdirSync(join(base, "caches"));
    env["XDG_CACHE_HOME"] = join(base, "caches");
    const samples = inTurns({
      first: () => start(one, [builtCommand, "validate"], { NODE_DISABLE_COMPILE_CACHE: "1" }),
      node: () => start(one, ["-e", "0"]),
      validate: () => start(one, [builtCommand, "validate"]),
      many: () => start(many, [builtCommand, "validate"]),
      exec: () => start(one, [builtCommand, "exec", "--", "true"]),
    });
    writeFileSync(join(base, "report.cjs"), REPORT);
    const pairs = inTurns({ alone: () => processorTime(base, alone), every: () => processorTime(base, every) });
    const median = (all: readonly number[]) => percentile(all, 0.5);
    const [node, validate, withMore] = [median(samples.node), median(samples.validate), median(samples.many)];
    const first = median(samples.first);
    const exec = median(samples.exec);
    const each = (withMore - validate) / MORE;
    // Of neighbours in time: what else the machine does meanwhile, it does to both.
    const others = median(pairs.every.map((milliseconds, round) => milliseconds - (pairs.alone[round] ?? 0)));
    return [
      {
        id: "P4",
        what: "cold start of `mlflow-auth validate` with Vault against `node -e 0`, median",
        target: "at most 3.5 times",
        measured: `${validate.toFixed(1)} ms against ${node.toFixed(1)} ms`,
        ratio: validate / node,
        met: validate <= 3.5 * node,
      },
      {
        id: "P4",
        what: "the same where nothing that Node compiled is kept from one start to the next",
        target: "none",
        measured: `${first.toFixed(1)} ms against ${node.toFixed(1)} ms`,
        ratio: first / node,
        met: true,
      },
      {
        id: "P4",
        what: "what all other plugins of this repository, installed and not enabled, add to it in processor time, median of pairs",
        target: "at most 1 ms",
        measured: `${others.toFixed(2)} ms`,
        ratio: others / node,
        met: others <= 1,
      },
      {
        id: "P4",
        what: `what each of ${MORE} more plugins, installed and not enabled, adds to it; their code throws if it is read`,
        target: "at most 5 ms",
        measured: `${each.toFixed(2)} ms`,
        ratio: each / node,
        met: each <= 5,
      },
      {
        id: "P4",
        what: "`mlflow-auth exec -- true` with Vault against `node -e 0`, median: the proxy starts and ends, and nothing is asked",
        target: "within 100 ms",
        measured: `${exec.toFixed(1)} ms against ${node.toFixed(1)} ms`,
        ratio: exec / node,
        met: exec - node <= 100,
      },
    ];
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

const vault = dirname(fileURLToPath(import.meta.resolve("@mlflow-auth/plugin-vault/package.json")));

/** Puts plugins of ours into a folder of packages. @returns their names */
type Install = (scope: string) => readonly string[];

const linkVault: Install = (scope) => {
  symlinkSync(vault, join(scope, "plugin-vault"));
  return ["vault"];
};

/** As npm does it, without what they depend on: nobody imports them. */
function copyPlugins(names: readonly string[]): Install {
  const filter = (source: string) => !["node_modules", "src", "test"].includes(basename(source));
  return (scope) => {
    for (const name of names) {
      cpSync(join(dirname(vault), name), join(scope, `plugin-${name}`), { recursive: true, filter });
    }
    return names;
  };
}

/** A project with Vault's plugin enabled, and more that are not. @param more how many made-up ones */
function createProject(folder: string, more: number, install: Install = linkVault): string {
  const scope = join(folder, "node_modules", "@mlflow-auth");
  mkdirSync(scope, { recursive: true });
  const own = install(scope);
  const names = Array.from({ length: more }, (_, index) => `mlflow-auth-plugin-${index}`);
  for (const [index, name] of names.entries())
    installPlugin(join(folder, "node_modules", name), name, `plugin-${index}`);
  const packages = [...own.map((name) => `@mlflow-auth/plugin-${name}`), ...names];
  const dependencies = Object.fromEntries(packages.map((name) => [name, "1.0.0"]));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "benchmark", dependencies }));
  writeFileSync(
    join(folder, "mlflow-auth.yaml"),
    `version: 1
trackingUri: https://mlflow.example.com
plugins:
  vault:
    address: https://vault.example.com
    auth: { method: token, token: { env: VAULT_TOKEN } }
    secret: { path: mlflow/auth }
`,
  );
  return folder;
}

function installPlugin(folder: string, name: string, plugin: string): void {
  mkdirSync(folder);
  const manifest = {
    name,
    version: "1.0.0",
    type: "module",
    "entry-points": { "mlflow.request_auth_provider": { [plugin]: "./index.js:create" } },
    "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./config.schema.json" },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "config.schema.json"), '{ "type": "object" }');
  writeFileSync(join(folder, "index.js"), 'throw new Error("this plugin is not enabled");');
}

const { PATH = "", HOME = "" } = process.env;
/** Nobody asks Vault for anything, so the token need not be one. */
const env: Record<string, string> = { PATH, HOME, VAULT_TOKEN: "none" };

/** Milliseconds from the start of a Node to its end. */
function start(cwd: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): number {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, env: { ...env, ...more }, encoding: "utf8" });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return milliseconds;
}

/** A module that says at the end what the process used, in microseconds. */
const REPORT = `process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  require("node:fs").writeSync(2, "used " + (user + system));
});`;

/** Milliseconds of processor time of one `validate`, which does not depend on who else waits for a processor. */
function processorTime(base: string, cwd: string): number {
  const args = ["--require", join(base, "report.cjs"), builtCommand, "validate"];
  const { stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" });
  const [, used] = /used (\d+)$/.exec(stderr) ?? [];
  if (used === undefined) throw new Error(`validate said ${stderr}`);
  return Number(used) / 1000;
}

function inTurns<K extends string>(ways: Record<K, () => number>): Record<K, number[]> {
  const names = Object.keys(ways) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (const name of names) ways[name]();
  for (let round = 0; round < ROUNDS; round++) for (const name of names) samples[name].push(ways[name]());
  return samples;
}
