/** What the examples need around them: secret stores with a token in them, and an MLflow behind a front that asks for that token. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Stub, startStub } from "@mlflow-auth/mlflow-stub";
import { createProject, type Project, type ProjectOptions } from "../e2e/fixture/project.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import { startFakeAzure } from "../servers/azure-fake.ts";
import { startFakeDescope } from "../servers/descope-fake.ts";
import { type FakeHokusai, startFakeHokusai } from "../servers/hokusai-fake.ts";
import { startFront } from "../servers/node-front.ts";
import { temporaryFolder } from "../servers/process/temporary-folder.ts";
import { environmentOf, makeKeys, startFakeSecretsManager } from "../servers/secrets-manager-fake.ts";
import { type FakeVault, startFakeVault } from "../servers/vault-fake.ts";

export interface SmallStage {
  readonly uri: string;
  readonly vault: FakeVault;
  /** In front of the same server. */
  readonly hokusai: FakeHokusai;
  /** A project with all packages, and the environment that the examples ask for. */
  createProject(config: string, options?: Pick<ProjectOptions, "python" | "npm" | "env">): Project;
  /** The names of the runs that were logged, the oldest first. */
  runs(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startSmallStage(): Promise<SmallStage> {
  const watch = createWatch();
  const token = watch.secret();
  const keys = makeKeys(watch.secret());
  const [vault, aws, azure, descope, stub] = await Promise.all([
    startFakeVault(),
    startFakeSecretsManager(keys),
    startFakeAzure(),
    startFakeDescope({ id: "P2abc" }),
    startStub(),
  ]);
  aws.secret = token;
  azure.vault.put("mlflow-auth", token);
  azure.entra.secret = watch.secret();
  const front = await startFront({ upstream: stub.uri, accepted: [`Bearer ${token}`] });
  const hokusai = await startFakeHokusai({ upstream: stub.uri, key: watch.secret() });
  await vault.request("POST", "sys/mounts/secret", { type: "kv", options: { version: "2" } });
  await vault.request("POST", "secret/data/mlflow/auth", { data: { token } });
  await vault.request("POST", "sys/auth/approle", { type: "approle" });
  await vault.request("PUT", "sys/policies/acl/mlflow", {
    policy: 'path "secret/data/mlflow/auth" { capabilities = ["read"] }',
  });
  await vault.request("POST", "auth/approle/role/training", { token_policies: ["mlflow"] });
  const { role_id } = (await vault.request("GET", "auth/approle/role/training/role-id")).data;
  const { secret_id } = (await vault.request("POST", "auth/approle/role/training/secret-id")).data;
  const folder = temporaryFolder("stage");
  const authorities = join(folder.path, "ca.pem");
  writeFileSync(authorities, azure.ca);
  const env = {
    MLFLOW_TRACKING_URI: front.uri,
    VAULT_ADDR: vault.address,
    VAULT_ROLE_ID: role_id,
    VAULT_SECRET_ID: watch.add("the secret id", secret_id),
    AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.endpoint,
    ...environmentOf(keys),
    // To Azure's addresses, which are reached by their real names.
    ...azure.way,
    NODE_EXTRA_CA_CERTS: authorities,
    ...azure.login,
    HOKUSAI_API_KEY: hokusai.keys.admin,
    DESCOPE_BASE_URL: descope.url,
    DESCOPE_ACCESS_KEY: watch.add("the access key", descope.accessKey),
  };
  const projects: Project[] = [];
  return {
    uri: front.uri,
    vault,
    hokusai,
    createProject(config, options = {}) {
      const project = createProject({ config, watch, ...options, env: { ...env, ...options.env } });
      projects.push(project);
      return project;
    },
    runs: () => runNames(stub),
    async stop() {
      for (const project of projects) project.remove();
      folder.remove();
      await Promise.all([front, vault, aws, azure, descope, hokusai].map((server) => server.stop()));
      await stub.close();
    },
  };
}

async function runNames({ uri }: Stub): Promise<string[]> {
  const ask = async (path: string, body: object) => {
    const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    // biome-ignore lint/suspicious/noExplicitAny: MLflow's answers
    return (await (await fetch(`${uri}/api/2.0/mlflow/${path}`, init)).json()) as any;
  };
  const { experiments } = await ask("experiments/search", { max_results: 100 });
  const experiment_ids = experiments.map(({ experiment_id }: { experiment_id: string }) => experiment_id);
  const { runs = [] } = await ask("runs/search", { experiment_ids, order_by: ["attributes.start_time ASC"] });
  return runs.map(({ info }: { info: { run_name: string } }) => info.run_name);
}
