import { createServer } from "node:http";
import { once } from "node:events";
import { createProject } from "/work/main/test/e2e/fixture/project.ts";
import { createWatch } from "/work/main/test/e2e/fixture/watch.ts";
import { startFakeVault } from "/work/main/test/servers/vault-fake.ts";
import { canary, revealedBy } from "@mlflow-auth/core/testing";
import { spawnSync, spawn } from "node:child_process";
const secret = canary();
const vault = await startFakeVault();
await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
await vault.request("POST", "secret/data/mlflow/auth", { data: { token: secret } });
const up = createServer((q, r) => { q.resume(); r.end("{}"); }).listen(0, "127.0.0.1"); await once(up, "listening");
const uri = `http://127.0.0.1:${(up.address() as any).port}`;
const project = createProject({ config: `version: 1\ntrackingUri: ${uri}\nplugins:\n  vault: { secret: { path: mlflow/auth } }\n`, watch: createWatch() });
project.write("p.mjs", `const r = await fetch(process.env.MLFLOW_TRACKING_URI + "/api/2.0/mlflow/x", {method:"POST", body:"{}"}); await r.text();`);
const env = { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.rootToken, MLFLOW_TRACKING_URI: uri };
for (const section of (process.argv[2] ?? "*").split(",")) {
for (const cmd of [["mlflow-auth","validate"],["mlflow-auth","headers",uri,"--json"],["mlflow-auth","exec","--","node","p.mjs"],["node","--import","@mlflow-auth/core/register","p.mjs"]]) {
  const child = spawn(cmd[0]!, cmd.slice(1), { cwd: project.folder, env: { PATH: `${project.folder}/node_modules/.bin:${process.env.PATH}`, HOME: `${project.folder}/home`, ...env, NODE_DEBUG: section, DEBUG: "*", MLFLOW_AUTH_LOG: "debug" } });
  let out = ""; child.stdout.on("data", d => out += d); child.stderr.on("data", d => out += d);
  const [code] = await once(child, "close");
  const spaced = (c: string) => Buffer.from(c).toString("hex").replace(/../g, "$& ").trim().slice(0, 60);
  console.log("  buffers:", out.match(/<Buffer/g)?.length, out.includes(spaced(secret)), out.includes(spaced(vault.rootToken)), new Set(out.match(/^[A-Z_0-9]+ \d+:/gm)?.map(x=>x.split(" ")[0])));
  const hits = [["secret", secret], ["token", vault.rootToken]].map(([n, c]) => `${n}:${revealedBy(out, c!)}`);
  console.log(section, cmd.join(" ").slice(0,40), code, out.length, hits.join(" "));
  if (process.argv[3]) for (const line of out.split("\n")) if (revealedBy(line, secret) || revealedBy(line, vault.rootToken)) console.log("   ", line.replaceAll(secret, "<SECRET>").replaceAll(vault.rootToken, "<TOKEN>").slice(0, 300));
}}
project.remove(); up.close(); up.closeAllConnections(); await vault.stop();
