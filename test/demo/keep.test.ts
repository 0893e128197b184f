/** What the demo leaves running with --keep, and what it tells to try. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { revealedBy } from "@mlflow-auth/core/testing";
import { requestVault } from "@mlflow-auth/test/servers/vault";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing } from "../servers/tools.ts";
import { projectFolder, type RunningDemo, startDemo } from "./run-demo.ts";

const test = suite("the demo with --keep", { missing: await missing("curl") });

for (const args of [
  ["--mode", "bearer"],
  ["--mode", "basic"],
  ["--provider", "aws"],
  ["--provider", "azure"],
  ["--provider", "hokusai"],
]) {
  test(`the commands that it prints work with ${args.join(" ")}, no secret is printed, and Ctrl-C removes everything`, async () => {
    const demo = startDemo(["--keep", ...args]);
    try {
      await tryOut(demo, await demo.printed("Ctrl-C ends it"));
    } finally {
      demo.child.kill("SIGINT");
    }
  });
}

async function tryOut(demo: RunningDemo, printed: string): Promise<void> {
  const folder = projectFolder(printed);
  const settings = readSettings(join(folder, "env.sh"));
  assert.is(statSync(join(folder, "env.sh")).mode & 0o777, 0o600);

  const [refused, ...others] = await tryCommands(printed);
  assert.match(refused?.output ?? "", "HTTP/1.1 401 Unauthorized");
  for (const { command, code, output } of others) assert.is(code, 0, `${command}\n${output}`);
  const outputs = others.map(({ output }) => output).join("\n");
  for (const part of [
    /"name": ?"demo"/,
    "rate-0.5: loss",
    "batch-64: accuracy",
    /(Authorization|X-API-Key): \[secret\]/,
  ]) {
    assert.match(outputs, part);
  }

  const own = Object.keys(settings).filter((name) => /(SECRET|SECRET_ID|SECRET_ACCESS_KEY|API_KEY)$/.test(name));
  assert.is(own.length, 1);
  const fields = settings["VAULT_ADDR"] === undefined ? [] : await secretFields(settings);
  const secrets = [...own.map((name) => settings[name] as string), ...fields];
  demo.child.kill("SIGINT");
  const { code, stdout, stderr } = await demo.ended;
  assert.is(code, 0, stderr);
  for (const secret of secrets) assert.is(revealedBy(stdout + stderr + outputs, secret), undefined);
  assert.not(existsSync(folder));
  for (const name of ["MLFLOW_TRACKING_URI", ...(settings["VAULT_ADDR"] ? ["VAULT_ADDR"] : [])])
    assert.ok(await isGone(settings[name] as string), name);
}

interface Trial {
  readonly command: string;
  readonly code: number;
  readonly output: string;
}

/** Types the commands after `. ./env.sh` into one shell each, but for the proxy, which would not end. */
async function tryCommands(printed: string): Promise<Trial[]> {
  const [, invitation = ""] = printed.split("Everything keeps running");
  const commands = Array.from(invitation.matchAll(/^ {3}\$ (.+)$/gm), ([, command = ""]) => command);
  const [enter = "", source = "", ...trials] = commands;
  const results: Trial[] = [];
  for (const command of trials.filter((text) => !text.startsWith("mlflow-auth proxy"))) {
    results.push(await shell(command, `${enter} && ${source} && ${command}`));
  }
  return results;
}

function shell(command: string, script: string): Promise<Trial> {
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-c", script], (error, stdout, stderr) => {
      resolve({ command, code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
  });
}

function readSettings(file: string): Record<string, string> {
  return Object.fromEntries(
    Array.from(readFileSync(file, "utf8").matchAll(/^export (\w+)='(.*)'$/gm), ([, name, value]) => [name, value]),
  );
}

/** What Vault gives to the role. */
async function secretFields(settings: Record<string, string>): Promise<string[]> {
  const { VAULT_ADDR = "", VAULT_ROLE_ID, VAULT_SECRET_ID } = settings;
  const ids = { role_id: VAULT_ROLE_ID, secret_id: VAULT_SECRET_ID };
  // biome-ignore lint/suspicious/noExplicitAny: Vault's answers
  const login: any = await requestVault(VAULT_ADDR, "POST", "auth/approle/login", ids, "");
  const token = login.auth.client_token;
  // biome-ignore lint/suspicious/noExplicitAny: Vault's answers
  const secret: any = await requestVault(VAULT_ADDR, "GET", "secret/data/mlflow/auth", undefined, token);
  const { username: _, ...fields } = secret.data.data;
  return Object.values(fields);
}

function isGone(url: string): Promise<boolean> {
  return fetch(url).then(
    () => false,
    () => true,
  );
}

test.run();
