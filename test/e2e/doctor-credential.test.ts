/** `mlflow-auth doctor` where the chain breaks before MLflow: at the file, a plugin, or the secret backend. */
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { freePort } from "../servers/process/free-port.ts";
import { missing } from "../servers/tools.ts";
import { ask, assertBroken, assertFine, type Broken, linkOf } from "./fixture/doctor.ts";
import type { Project } from "./fixture/project.ts";
import { basic, bearer, type Stage, startStage } from "./fixture/stage.ts";
import { type StockedVault, startStockedVault } from "./fixture/stocked-vault.ts";

const test = suite("doctor, up to the secret", { missing: await missing("mlflow", "vault", "nginx") });
let stage: Stage;
let project: Project;
/** What a whole set-up has. Each test takes something away, and gives it back as the remedy says. */
let whole: Record<string, string>;
let secret: string;

const FILE = `
version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault:
    secret: { path: mlflow/auth }
`;

test.before(async () => {
  stage = await startStage();
  secret = stage.watch.secret();
  await stage.vault.put("secret/mlflow/auth", { token: secret });
  const front = await stage.openFront(bearer(secret));
  whole = { MLFLOW_TRACKING_URI: front.uri, VAULT_ADDR: stage.vault.address, VAULT_TOKEN: await stage.vault.token() };
  project = stage.createProject({ config: FILE });
});
test.beforeEach(() => {
  project.write("mlflow-auth.yaml", FILE);
});
test.after(() => stage.stop());

/** A set-up that lacks something is diagnosed. Once the remedy is followed, nothing is wrong any more. */
async function fixes(broken: Broken, wrong: Record<string, string>, apply: () => unknown): Promise<void> {
  const told = await ask(project, { ...whole, ...wrong });
  assertBroken(told, broken);
  const more = (await apply()) as Record<string, string> | undefined;
  assertFine(await ask(project, { ...whole, ...wrong, ...more }));
}

const vaultOptions = (options: string, from = FILE) => from.replace("secret: { path: mlflow/auth }", options);
const put = (config: string) => project.write("mlflow-auth.yaml", config);

test("a whole set-up is well, and the file in use is named", async () => {
  const told = await ask(project, whole);
  assertFine(told);
  assert.is(told.file, join(project.folder, "mlflow-auth.yaml"));
  const { stdout } = await project.run(["mlflow-auth", "doctor"], { env: whole });
  assert.match(stdout, /^mlflow-auth\.yaml\n {2}ok {4}file /);
  assert.match(stdout, /\nAll is well\.\n$/);
});

test("no file", async () => {
  rmSync(join(project.folder, "mlflow-auth.yaml"));
  const broken = { link: "file", told: /there is no mlflow-auth\.yaml in /, remedy: /--config/, code: 3 };
  await fixes(broken, {}, () => put(FILE));
});

test("a file with a misspelt field", async () => {
  put(FILE.replace("trackingUri", "trackingUrl"));
  const broken = { link: "file", told: /UNKNOWN_FIELD/, remedy: /did you mean `trackingUri`/, code: 3 };
  await fixes(broken, {}, () => put(FILE));
});

test("a variable that is not set", async () => {
  const broken = { link: "file", told: /yaml:3:.*VARIABLE_MISSING/, remedy: /MLFLOW_TRACKING_URI/, code: 3 };
  await fixes(broken, { MLFLOW_TRACKING_URI: "" }, () => whole);
});

test("a plugin that is not installed", async () => {
  const installed = join(project.folder, "node_modules/@mlflow-auth/plugin-vault");
  renameSync(installed, `${installed}-away`);
  const remedy = /npm install @mlflow-auth\/plugin-vault/;
  await fixes({ link: "plugins", told: /PLUGIN_NOT_INSTALLED/, remedy, code: 3 }, {}, () =>
    renameSync(`${installed}-away`, installed),
  );
});

test("a plugin that lacks a dependency", async () => {
  const folder = "node_modules/mlflow-auth-plugin-acme";
  const entries = { "mlflow.request_header_provider": { acme: "./index.js:create" } };
  const manifest = { name: "mlflow-auth-plugin-acme", version: "1.0.0", type: "module", "entry-points": entries };
  project.write(`${folder}/package.json`, JSON.stringify({ ...manifest, "mlflow-auth-plugin": { apiVersion: 1 } }));
  project.write(`${folder}/index.js`, "import 'acme-sdk';\nexport const create = () => {};\n");
  const outer = JSON.parse((await project.run(["cat", "package.json"])).stdout);
  project.write(
    "package.json",
    JSON.stringify({ ...outer, dependencies: { ...outer.dependencies, [manifest.name]: "*" } }),
  );
  put(`${FILE}  acme: {}\n`);
  const broken = {
    link: "plugins",
    told: /can't be imported .*ERR_MODULE_NOT_FOUND/,
    remedy: /install .* again/,
    code: 3,
  };
  await fixes(broken, {}, () => {
    const provider = "{ inContext: () => true, requestHeaders: () => ({ 'X-Acme': 'a' }) }";
    project.write(`${folder}/index.js`, `export const create = () => (${provider});\n`);
  });
});

test("a Vault that is not where the file says, then sealed, then back", async () => {
  const port = await freePort();
  const rootToken = stage.watch.add("another root token", `root-${crypto.randomUUID()}`);
  const address = `http://127.0.0.1:${port}`;
  const stopped = { link: "backend", told: /Vault does not answer: .*ECONNREFUSED/, remedy: /VAULT_ADDR/, code: 4 };
  assertBroken(await ask(project, { ...whole, VAULT_ADDR: address }), stopped);

  const stock = async (vault: StockedVault) => {
    await vault.put("secret/mlflow/auth", { token: secret });
    return { ...whole, VAULT_ADDR: address, VAULT_TOKEN: await vault.token() };
  };
  const sealing = await startStockedVault(stage.watch, { port, rootToken });
  const env = await stock(sealing);
  await sealing.request("PUT", "sys/seal");
  const sealed = { link: "backend", told: /Vault at \S+ is sealed/, remedy: /vault operator unseal/, code: 4 };
  const told = await ask(project, env);
  assertBroken(told, sealed);
  assert.is(linkOf(told, "connection").state, "fine", "MLflow's side is examined all the same");
  assert.is(linkOf(told, "request").state, "skipped");
  await sealing.stop();

  const back = await startStockedVault(stage.watch, { port, rootToken });
  assertFine(await ask(project, await stock(back)));
  await back.stop();
});

test("something else than Vault at its address", async () => {
  const broken = {
    link: "backend",
    told: /does not answer as Vault does/,
    remedy: /check address \(VAULT_ADDR\)/,
    code: 4,
  };
  await fixes(broken, { VAULT_ADDR: stage.mlflow.uri }, () => whole);
});

test("https to a Vault that speaks plain http", async () => {
  const told = /ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)/;
  const wrong = { VAULT_ADDR: stage.vault.address.replace("http:", "https:") };
  await fixes({ link: "backend", told, remedy: /write http:\/\//, code: 4 }, wrong, () => whole);
});

test("a token that was revoked", async () => {
  const token = await stage.vault.token();
  await stage.vault.request("POST", "auth/token/revoke", { token });
  const broken = {
    link: "login",
    told: /does not accept the token in the variable VAULT_TOKEN/,
    remedy: /put a new one into the variable VAULT_TOKEN/,
    code: 4,
  };
  await fixes(broken, { VAULT_TOKEN: token }, async () => ({ VAULT_TOKEN: await stage.vault.token() }));
});

test("nothing to log in with", async () => {
  const broken = { link: "login", told: /nothing to log in to Vault with/, remedy: /set VAULT_TOKEN, or/, code: 4 };
  await fixes(broken, { VAULT_TOKEN: "" }, () => whole);
});

test("a token file that is not there", async () => {
  put(vaultOptions("auth: { method: token, token: { file: vault-token } }\n    secret: { path: mlflow/auth }"));
  const broken = {
    link: "login",
    told: /vault-token can't be read \(ENOENT\)/,
    remedy: /exists and may be read/,
    code: 4,
  };
  await fixes(broken, {}, () => void project.write("vault-token", whole["VAULT_TOKEN"] as string));
});

test("an AppRole whose secret id is no good", async () => {
  const { roleId, secretId } = await stage.vault.appRole();
  const broken = {
    link: "login",
    told: /refused the role id or the secret id/,
    remedy: /vault write -f auth/,
    code: 4,
  };
  const wrong = { VAULT_TOKEN: "", VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: stage.watch.secret() };
  await fixes(broken, wrong, () => ({ VAULT_SECRET_ID: secretId }));
});

test("an AppRole with a wrong role id", async () => {
  const { roleId, secretId } = await stage.vault.appRole();
  const broken = {
    link: "login",
    told: /refused the role id or the secret id/,
    remedy: /compare auth\.roleId \(VAULT_ROLE_ID\)/,
    code: 4,
  };
  const wrong = { VAULT_TOKEN: "", VAULT_ROLE_ID: crypto.randomUUID(), VAULT_SECRET_ID: secretId };
  await fixes(broken, wrong, () => ({ VAULT_ROLE_ID: roleId }));
});

test("a secret that the token may not read", async () => {
  await stage.vault.put("secret/other/auth", { token: secret });
  put(vaultOptions("secret: { path: other/auth }"));
  const remedy = /path "secret\/data\/other\/auth" { capabilities = \["read"\] }/;
  await fixes({ link: "secret", told: /denied reading secret\/other\/auth/, remedy, code: 4 }, {}, async () => {
    const policy = 'path "secret/data/other/auth" { capabilities = ["read"] }';
    await stage.vault.request("PUT", "sys/policies/acl/other", { policy });
    const { auth } = await stage.vault.request("POST", "auth/token/create", { policies: ["other"] });
    return { VAULT_TOKEN: stage.watch.add("another token", auth.client_token) };
  });
});

test("a secret that does not exist", async () => {
  put(vaultOptions("secret: { path: mlflow/none }"));
  const remedy = /vault kv put -mount=secret mlflow\/none token=-/;
  await fixes({ link: "secret", told: /no secret secret\/mlflow\/none/, remedy, code: 4 }, {}, () =>
    stage.vault.put("secret/mlflow/none", { token: secret }),
  );
});

test("a mount that does not exist", async () => {
  put(vaultOptions("secret: { mount: secrets, path: mlflow/auth }"));
  const broken = { link: "secret", told: /secrets\/mlflow\/auth/, remedy: /check secret\.mount/, code: 4 };
  await fixes(broken, {}, () => void put(FILE));
});

test("a secret with fields that mean nothing", async () => {
  await stage.vault.put("secret/mlflow/odd", { api_key: secret, owner: "ml" });
  put(vaultOptions("secret: { path: mlflow/odd }"));
  const broken = {
    link: "secret",
    told: /has the fields api_key, owner, and no token/,
    remedy: /secret\.field/,
    code: 4,
  };
  await fixes(broken, {}, () => void put(vaultOptions("secret: { path: mlflow/odd, field: api_key }")));
});

test("a user and a password where a token is to be sent", async () => {
  const front = await stage.openFront(basic("ml", secret));
  await stage.vault.put("secret/mlflow/user", { username: "ml", password: secret });
  put(vaultOptions("secret: { path: mlflow/user }"));
  const broken = {
    link: "secret",
    told: /a user and a password, which mode bearer/,
    remedy: /set mode to basic/,
    code: 4,
  };
  await fixes(
    broken,
    { MLFLOW_TRACKING_URI: front.uri },
    () => void put(vaultOptions("secret: { path: mlflow/user }\n    credential: { mode: basic }")),
  );
});

test("of two plugins the first fails: which answered is told, and why the first did not", async () => {
  put(
    `${FILE.replace("plugins:", "auth: [empty, vault]\nplugins:")}  empty: { plugin: vault, secret: { path: mlflow/nothing } }\n`,
  );
  const told = await ask(project, whole);
  assertFine(told);
  assert.match(linkOf(told, "secret").found, /^from vault,/);
  assert.match(linkOf(told, "secret").warnings[0] as string, /no secret secret\/mlflow\/nothing; asking vault instead/);
  assert.match(told.verdict, /one warning/);
});

test("both of two plugins fail: both reasons and both remedies", async () => {
  const both = FILE.replace("plugins:", "auth: [empty, vault]\nplugins:");
  put(
    `${vaultOptions("secret: { path: other/none }", both)}  empty: { plugin: vault, secret: { path: mlflow/nothing } }\n`,
  );
  const told = /empty: .*mlflow\/nothing.*vault: Vault denied reading/;
  assertBroken(await ask(project, whole), {
    link: "secret",
    told,
    remedy: /empty: check .*vault: check /,
    code: 4,
  });
});

test.run();
