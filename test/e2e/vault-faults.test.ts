import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Front } from "../servers/front.ts";
import { missing } from "../servers/tools.ts";
import type { Finished } from "./fixture/child.ts";
import { addProgram, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";
import { type StockedVault, startStockedVault } from "./fixture/stocked-vault.ts";

const test = suite("a Vault that gives no secret", { missing: await missing("mlflow", "vault", "nginx", "curl") });
let stage: Stage;
/** Vaults that may still be running. */
const vaults: StockedVault[] = [];

/** Seconds within which a program must get its error. MLflow's Python client alone takes two to start. */
const PATIENCE = 20;

test.before(async () => {
  stage = await startStage();
});
test.afterEach(async () => {
  for (const vault of vaults.splice(0)) await vault.stop();
});
test.after(() => stage.stop());

interface Fault {
  /** What the user must be able to read. */
  code: string;
  message: string;
  remedy: string;
  /** Brings Vault into that state. Gives the variables for the login. */
  prepare(vault: StockedVault): Promise<Record<string, string>>;
  /** The path of the secret. Default: `mlflow/auth`. */
  path?: string;
}

const faults: Record<string, Fault> = {
  "is stopped": {
    code: "SECRET_UNREACHABLE",
    message: "Vault does not answer",
    remedy: "check address (VAULT_ADDR)",
    async prepare(vault) {
      const env = { VAULT_TOKEN: await vault.token() };
      await vault.stop();
      return env;
    },
  },
  "is sealed": {
    code: "SECRET_UNREACHABLE",
    message: "is sealed",
    remedy: "vault operator unseal",
    async prepare(vault) {
      const env = { VAULT_TOKEN: await vault.token() };
      await vault.request("PUT", "sys/seal");
      return env;
    },
  },
  "denies the secret": {
    code: "SECRET_DENIED",
    message: "Vault denied reading secret/other/auth (status 403)",
    remedy: 'path "secret/data/other/auth" { capabilities = ["read"] }',
    path: "other/auth",
    async prepare(vault) {
      await vault.put("secret/other/auth", { token: stage.watch.secret() });
      return { VAULT_TOKEN: await vault.token() };
    },
  },
  "has no such secret": {
    code: "SECRET_NOT_FOUND",
    message: "no secret secret/mlflow/none",
    remedy: "vault kv put -mount=secret mlflow/none",
    path: "mlflow/none",
    prepare: async (vault) => ({ VAULT_TOKEN: await vault.token() }),
  },
  "does not know the token": {
    code: "LOGIN_FAILED",
    message: "does not accept the token",
    remedy: "vault login",
    prepare: async () => ({ VAULT_TOKEN: stage.watch.secret() }),
  },
  "refuses the secret id": {
    code: "LOGIN_FAILED",
    message: "Vault refused the role id or the secret id",
    remedy: "vault write -f auth/approle/role/ROLE/secret-id",
    async prepare(vault) {
      const { roleId } = await vault.appRole();
      return { VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: stage.watch.secret() };
    },
  },
};

interface Setting {
  project: Project;
  front: Front;
}

for (const [name, { code, message, remedy, prepare, path = "mlflow/auth" }] of Object.entries(faults)) {
  async function prepared(): Promise<Setting> {
    const vault = await startStockedVault(stage.watch);
    vaults.push(vault);
    const secret = stage.watch.secret();
    await vault.put("secret/mlflow/auth", { token: secret });
    const front = await stage.openFront(bearer(secret));
    const project = stage.createProject({
      config: `
version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault: { address: ${vault.address}, secret: { path: ${path} } }
`,
      env: { MLFLOW_TRACKING_URI: front.uri, ...(await prepare(vault)) },
    });
    return { project, front };
  }

  function assertTold(text: string): void {
    for (const part of [code, message, remedy]) assert.ok(text.includes(part), `${part} is not in:\n${text}`);
  }

  async function assertNothingSent({ front }: Setting, { seconds }: Pick<Finished, "seconds">): Promise<void> {
    assert.equal(await front.requests(), []);
    assert.ok(seconds < PATIENCE, `it took ${seconds} s`);
  }

  test(`${name}: exec says so, the Python program fails at once, and nothing is sent`, async () => {
    const setting = await prepared();
    addProgram(setting.project, "one-run.py");
    const run = await setting.project.run(["mlflow-auth", "exec", "--", "python", "one-run.py", "x"]);
    assert.is(run.code, 1, run.stderr);
    const [said, thrown] = run.stderr.split("Traceback") as [string, string?];
    assertTold(said);
    assertTold(thrown ?? "");
    await assertNothingSent(setting, run);
  });

  test(`${name}: register says so in the error of fetch, and nothing is sent`, async () => {
    const setting = await prepared();
    setting.project.write(
      "program.mjs",
      `try {
  await fetch(process.env.MLFLOW_TRACKING_URI + "/api/2.0/mlflow/experiments/search");
} catch ({ cause }) {
  console.log(cause.code, cause.message, cause.remedy);
}
`,
    );
    const run = await setting.project.run(["node", "--import", "@mlflow-auth/core/register", "program.mjs"]);
    assert.is(run.code, 0, run.stderr);
    assertTold(run.stdout);
    await assertNothingSent(setting, run);
  });

  test(`${name}: proxy tells curl and the log, and nothing is sent`, async () => {
    const setting = await prepared();
    const { url, stop } = await startSidecar(setting.project);
    const run = await setting.project.run(["curl", "--silent", "--include", `${url}/api/2.0/mlflow/runs/get`]);
    assert.match(run.stdout, /^HTTP\/1\.1 (424|503) /);
    const { message: told } = JSON.parse(run.stdout.split("\r\n\r\n").at(-1) as string) as { message: string };
    assertTold(told);
    assertTold((await stop()).stderr);
    await assertNothingSent(setting, run);
  });

  test(`${name}: headers says so and ends with 4`, async () => {
    const setting = await prepared();
    const run = await setting.project.run(["mlflow-auth", "headers", setting.front.uri]);
    assert.equal([run.code, run.stdout], [4, ""]);
    assertTold(run.stderr);
    await assertNothingSent(setting, run);
  });
}

test.run();
