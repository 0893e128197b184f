/** A user's project with a Vault and a server, in which one flow plays. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { canary } from "@mlflow-auth/core/testing";
import { createProject, type Project } from "../e2e/fixture/project.ts";
import { createWatch, type Watch } from "../e2e/fixture/watch.ts";
import { startFakeVault } from "../servers/vault-fake.ts";
import type { Flow } from "./flows.ts";

export interface Scene {
  readonly project: Project;
  readonly env: Readonly<Record<string, string>>;
  /** The listed server. */
  readonly uri: string;
  readonly watch: Watch;
  stop(): Promise<void>;
}

export async function startScene(make: (secret: string) => Flow): Promise<Scene> {
  const watch = createWatch();
  const secret = watch.secret();
  const flow = make(secret);
  for (const value of Object.values(flow.fields ?? {}))
    if (typeof value === "string" && value.includes(secret)) watch.add("a field", value);
  const vault = await startFakeVault({ rootToken: watch.add("the Vault token", canary()) });
  await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await vault.request("POST", "sys/auth/approle", { type: "approle" });
  await vault.request("POST", "secret/data/mlflow/auth", { data: flow.fields ?? { token: secret } });
  Object.assign(vault.faults, flow.faults);
  const server = await listen(flow.server);
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { VAULT_ADDR: vault.address, VAULT_TOKEN: vault.rootToken, MLFLOW_TRACKING_URI: uri, ...flow.env };
  const project = createProject({ config: flow.file ?? fileOf(uri, flow.options), env, watch });
  return {
    project,
    env,
    uri,
    watch,
    async stop() {
      project.remove();
      server.closeAllConnections();
      server.close();
      await vault.stop();
    },
  };
}

function fileOf(uri: string, options = ""): string {
  const secret = options.includes("secret:") ? [] : ["secret: { path: mlflow/auth }"];
  const members = [...secret, ...(options === "" ? [] : [options])].join(", ");
  return `version: 1\ntrackingUri: ${uri}\nplugins:\n  vault: { ${members} }\n`;
}

async function listen(behaviour: Flow["server"]): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume();
    if (behaviour === "hangs up") return void request.socket.destroy();
    const status = typeof behaviour === "number" ? behaviour : 200;
    const type = behaviour === "login page" ? "text/html" : "application/json";
    response.writeHead(status, { "Content-Type": type }).end(JSON.stringify(request.headers));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
