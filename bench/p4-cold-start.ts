/** P4: how long `mlflow-auth validate` and `exec` take to start, and what an installed plugin that is not enabled adds. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
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
    const many = createProject(join(base, "many"), MORE);
    const samples = inTurns({
      node: () => start(one, ["-e", "0"]),
      validate: () => start(one, [builtCommand, "validate"]),
      many: () => start(many, [builtCommand, "validate"]),
      exec: () => start(one, [builtCommand, "exec", "--", "true"]),
    });
    const median = (all: readonly number[]) => percentile(all, 0.5);
    const [node, validate, withMore] = [median(samples.node), median(samples.validate), median(samples.many)];
    const exec = median(samples.exec);
    const each = (withMore - validate) / MORE;
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

/** A project with Vault's plugin enabled, and more that are not. */
function createProject(folder: string, more: number): string {
  const scope = join(folder, "node_modules", "@mlflow-auth");
  mkdirSync(scope, { recursive: true });
  const vault = dirname(fileURLToPath(import.meta.resolve("@mlflow-auth/plugin-vault/package.json")));
  symlinkSync(vault, join(scope, "plugin-vault"));
  const names = Array.from({ length: more }, (_, index) => `mlflow-auth-plugin-${index}`);
  for (const [index, name] of names.entries())
    installPlugin(join(folder, "node_modules", name), name, `plugin-${index}`);
  const dependencies = Object.fromEntries(["@mlflow-auth/plugin-vault", ...names].map((name) => [name, "1.0.0"]));
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
const env = { PATH, HOME, VAULT_TOKEN: "none" };

/** Milliseconds from the start of a Node to its end. */
function start(cwd: string, args: readonly string[]): number {
  const started = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: "utf8" });
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  return milliseconds;
}

function inTurns<K extends string>(ways: Record<K, () => number>): Record<K, number[]> {
  const names = Object.keys(ways) as K[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (const name of names) ways[name]();
  for (let round = 0; round < ROUNDS; round++) for (const name of names) samples[name].push(ways[name]());
  return samples;
}
