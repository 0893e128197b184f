import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing } from "../servers/tools.ts";
import { basic, bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("secrets of every form and place in Vault", {
  missing: await missing("mlflow", "vault", "nginx", "curl"),
});
let stage: Stage;

test.before(async () => {
  stage = await startStage();
});
test.after(() => stage.stop());

interface Case {
  /** Its path in Vault, with the mount. */
  path: string;
  fields(secret: string): Record<string, string>;
  /** What nginx lets through. */
  accepted(secret: string): string;
  header?: string;
  /** Options of the plugin, in YAML's flow style. */
  options: string;
}

const cases: Record<string, Case> = {
  "a token in KV version 2": {
    path: "secret/mlflow/two",
    fields: (token) => ({ token }),
    accepted: bearer,
    options: "secret: { path: mlflow/two }",
  },
  "a token in KV version 1": {
    path: "kv1/mlflow/one",
    fields: (token) => ({ token }),
    accepted: bearer,
    options: "secret: { mount: kv1, path: mlflow/one }",
  },
  "a token below a nested mount": {
    path: "team/kv/mlflow/nested",
    fields: (token) => ({ token }),
    accepted: bearer,
    options: "secret: { mount: team/kv, path: mlflow/nested }",
  },
  "a username and a password": {
    path: "secret/mlflow/user",
    fields: (password) => ({ username: "ci", password }),
    accepted: (password) => basic("ci", password),
    options: "secret: { path: mlflow/user }, credential: { mode: basic }",
  },
  "a username and a password in one field": {
    path: "kv1/mlflow/pair",
    fields: (password) => ({ credential: `ci:${password}` }),
    accepted: (password) => basic("ci", password),
    options: "secret: { mount: kv1, path: mlflow/pair }, credential: { mode: basic }",
  },
  "a token as JSON in one field": {
    path: "secret/mlflow/json",
    fields: (token) => ({ value: JSON.stringify({ token }) }),
    accepted: bearer,
    options: "secret: { path: mlflow/json }",
  },
  "a token for a header of its own": {
    path: "secret/mlflow/header",
    fields: (token) => ({ token }),
    accepted: (token) => token,
    header: "X-Api-Key",
    options: "secret: { path: mlflow/header }, credential: { header: X-Api-Key }",
  },
};

/** Prints the status of a request to MLflow, and what the program sees of the login to Vault. */
const PROGRAM = `curl --silent --output answer --write-out '%{http_code}' "$MLFLOW_TRACKING_URI/api/2.0/mlflow/experiments/search?max_results=1"
printf ' %s' "\${LOGIN_SECRET:-none}"
`;

const logins = {
  "a token in the environment": async () => ({ auth: "", env: { VAULT_TOKEN: await stage.vault.token() } }),
  "AppRole in the environment": async () => {
    const { roleId, secretId } = await stage.vault.appRole();
    return { auth: "", env: { VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId } };
  },
  "AppRole in the file": async () => {
    const { roleId, secretId } = await stage.vault.appRole();
    const auth = "auth: { method: approle, roleId: '${ROLE}', secretId: { env: LOGIN_SECRET } },";
    return { auth, env: { ROLE: roleId, LOGIN_SECRET: secretId } };
  },
};

async function ask(what: Case, login: keyof typeof logins) {
  const { vault, watch } = stage;
  const secret = watch.secret();
  await vault.put(what.path, what.fields(secret));
  const front = await stage.openFront(what.accepted(secret), what.header === undefined ? {} : { header: what.header });
  const { auth, env } = await logins[login]();
  const project = stage.createProject({
    config: `
version: 1
trackingUri: ${front.uri}
plugins:
  vault: { address: ${vault.address}, ${auth} ${what.options} }
`,
    env,
  });
  project.write("ask.sh", PROGRAM);
  const { code, stdout, stderr } = await project.run(["mlflow-auth", "exec", "--", "sh", "ask.sh"]);
  assert.is(code, 0, stderr);
  return stdout;
}

for (const [name, what] of Object.entries(cases)) {
  test(`${name} opens the front`, async () => {
    assert.is(await ask(what, "a token in the environment"), "200 none");
  });
}

for (const login of ["AppRole in the environment", "AppRole in the file"] as const) {
  test(`${login} logs in, and the program does not get the secret id that the file names`, async () => {
    assert.is(await ask(cases["a token in KV version 2"] as Case, login), "200 none");
  });
}

test("a token in a file logs in", async () => {
  const { vault, watch } = stage;
  const secret = watch.secret();
  await vault.put("secret/mlflow/file", { token: secret });
  const front = await stage.openFront(bearer(secret));
  const project = stage.createProject({
    config: `
version: 1
trackingUri: ${front.uri}
plugins:
  vault:
    address: ${vault.address}
    auth: { method: token, token: { file: secrets/vault-token } }
    secret: { path: mlflow/file }
`,
  });
  project.write("secrets/vault-token", `${await vault.token()}\n`);
  project.write("ask.sh", PROGRAM);
  const { stdout, stderr } = await project.run(["mlflow-auth", "exec", "--", "sh", "ask.sh"]);
  assert.is(stdout, "200 none", stderr);
});

test.run();
