/** Every way to log in that can be tried in one process, against a login that checks what it is shown. */
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { secretSource } from "@mlflow-auth/core/testing";
import { withVariables } from "@mlflow-auth/test/process-variables";
import { clientCertificate, type FakeAzure, startFakeAzure, workloadToken } from "@mlflow-auth/test/servers/azure-fake";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { rejected } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { clientSecret, type GivenOptions, startProvider } from "./start-provider.ts";

const test = suite("logging in for a vault", { timeout: 60 });

let azure: FakeAzure;
const { path: folder, remove } = temporaryFolder("azure-logins");
/** No command but those in that folder can be found. */
const aside = { PATH: folder };
test.before(async () => {
  azure = await startFakeAzure();
  azure.vault.put("mlflow-auth", "t");
});
test.after(async () => {
  remove();
  await azure.stop();
});

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

async function headers(given: GivenOptions, env: Record<string, string> = {}): Promise<string> {
  const started = await startProvider(azure, given, { env });
  try {
    return await started.headers();
  } finally {
    await started.close();
  }
}

async function faultOf(given: GivenOptions, env: Record<string, string> = {}) {
  const started = await startProvider(azure, given, { env });
  const fault = await started.fault();
  await started.close();
  return fault;
}

const T = "Authorization: Bearer t";
const ids = () => ({ tenantId: azure.entra.tenant, clientId: azure.entra.clientId });

test("by a secret, which is read again at the next login", async () => {
  const before = azure.entra.secret;
  const started = await startProvider(azure);
  assert.is(await started.headers(), T);
  azure.entra.secret = "another";
  azure.tokens.revoke();
  await started.provider.invalidate("unauthorized", rejected);
  assert.is(await started.headers(), T, "what the vault does not accept any more is had anew");
  assert.is(azure.entra.logins.length, 2);
  await started.close();
  azure.entra.secret = before;
});

test("by a secret that was replaced as soon as a token has ended, and not first by the old one", async () => {
  const { secret: before, lifetime, logins } = azure.entra;
  azure.entra.lifetime = 1;
  const started = await startProvider(azure);
  assert.is(await started.headers(), T);
  const made = logins.length;
  azure.entra.secret = "yet another";
  await started.provider.invalidate("unauthorized", rejected);
  assert.is(await started.headers(), T);
  assert.is(logins.length, made + 1);
  await started.close();
  Object.assign(azure.entra, { secret: before, lifetime });
});

test("a login is kept from one fetch to the next", async () => {
  const started = await startProvider(azure);
  await started.headers();
  const logins = azure.entra.logins.length;
  await started.provider.invalidate("unauthorized", rejected);
  await started.headers();
  assert.is(azure.entra.logins.length, logins);
  await started.close();
});

test("by a certificate, with and without a passphrase, which is read again when it is replaced", async () => {
  const { cert, pem } = await clientCertificate();
  azure.entra.certificate = cert;
  const certificateFile = write("client.pem", pem);
  const auth = { method: "client-certificate" as const, ...ids(), certificateFile };
  const started = await startProvider(azure, { auth });
  assert.is(await started.headers(), T);
  assert.is(azure.entra.logins.at(-1), "certificate");

  const locked = await clientCertificate("open sesame");
  azure.entra.certificate = locked.cert;
  const certificatePassword = secretSource("open sesame");
  const other = { ...auth, certificateFile: write("locked.pem", locked.pem), certificatePassword };
  assert.is(await headers({ auth: other }), T);

  write("client.pem", (await clientCertificate()).pem);
  azure.tokens.revoke();
  await started.provider.invalidate("unauthorized", rejected);
  const { code, message } = await started.fault();
  assert.equal([code, message], ["LOGIN_FAILED", "Microsoft Entra ID does not accept the certificate"]);
  await started.close();
});

test("a certificate file that is none, or is locked, is named", async () => {
  const locked = await clientCertificate("open sesame");
  for (const text of ["nothing", locked.pem]) {
    const certificateFile = write("broken.pem", text);
    const fault = await faultOf({ auth: { method: "client-certificate", ...ids(), certificateFile } });
    assert.is(fault.code, "SECRET_SOURCE", fault.message);
    assert.match(fault.message, "auth.certificateFile");
    assert.match(fault.remedy ?? "", "auth.certificatePassword");
  }
  const certificateFile = join(folder, "none.pem");
  const { code, message } = await faultOf({ auth: { method: "client-certificate", ...ids(), certificateFile } });
  assert.is(code, "SECRET_SOURCE");
  assert.match(message, "none.pem");
});

test("by the token of a workload, which is read again at the next login", async () => {
  const tokenFile = write("token", workloadToken(azure.entra));
  const auth = { method: "workload-identity" as const, ...ids(), tokenFile };
  const started = await startProvider(azure, { auth });
  assert.is(await started.headers(), T);
  assert.is(azure.entra.logins.at(-1), "federated");
  write("token", workloadToken(azure.entra));
  azure.tokens.revoke();
  await started.provider.invalidate("unauthorized", rejected);
  assert.is(await started.headers(), T);
  await started.close();

  write("token", workloadToken(azure.entra, { sub: "system:serviceaccount:ml:somebody" }));
  const { message, remedy = "" } = await faultOf({ auth });
  assert.match(message, "the application trusts no such token");
  assert.match(remedy, "AZURE_FEDERATED_TOKEN_FILE");
  rmSync(tokenFile);
  assert.is((await faultOf({ auth })).code, "SECRET_SOURCE");
});

test("by the Azure CLI, for the tenant that the vault names", async () => {
  const auth = { method: "azure-cli" as const };
  await withVariables(aside, async () => {
    const missing = await faultOf({ auth });
    assert.equal([missing.code, missing.message], ["SECRET_SOURCE", "there is no Azure CLI (az) on the PATH"]);

    const token = azure.tokens.mint({ audience: "https://vault.azure.net", tenant: azure.entra.tenant, client: "me" });
    const expires = Math.floor(Date.now() / 1000) + 3_600;
    const answer = JSON.stringify({ accessToken: token, expires_on: expires, tokenType: "Bearer" });
    const wanted = `account get-access-token --output json --resource https://vault.azure.net --tenant ${azure.entra.tenant}`;
    const az = (lines: string) => chmodSync(write("az", `#!/bin/sh\n${lines}\n`), 0o700);
    az(`[ "$*" = "${wanted}" ] && echo '${answer}' || exit 3`);
    assert.is(await headers({ auth }), T);

    az('echo "Please run az login to set up an account." >&2; exit 1');
    const out = await faultOf({ auth });
    assert.equal([out.code, out.message], ["LOGIN_FAILED", "the Azure CLI gave no token"]);
    assert.match(out.remedy ?? "", "az login");
  });
});

test("by default as the variables of the Azure SDKs say, those of the environment that the file was loaded with", async () => {
  const auth = { method: "default" as const };
  const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET } = azure.login;
  const base = { AZURE_TENANT_ID, AZURE_CLIENT_ID };
  const { cert, pem } = await clientCertificate("x");
  azure.entra.certificate = cert;
  const certificate = {
    AZURE_CLIENT_CERTIFICATE_PATH: write("default.pem", pem),
    AZURE_CLIENT_CERTIFICATE_PASSWORD: "x",
  };
  const federated = { AZURE_FEDERATED_TOKEN_FILE: write("default-token", workloadToken(azure.entra)) };
  const all = { ...base, AZURE_CLIENT_SECRET, ...certificate, ...federated };
  const cases: [env: Record<string, string>, by: string][] = [
    [{ ...base, AZURE_CLIENT_SECRET }, "secret"],
    [{ ...base, ...certificate }, "certificate"],
    [{ ...base, ...federated }, "federated"],
    [all, "secret"],
    [{ ...all, AZURE_TOKEN_CREDENTIALS: "prod" }, "secret"],
    [{ ...all, AZURE_TOKEN_CREDENTIALS: "WorkloadIdentityCredential" }, "federated"],
  ];
  const named = { method: "workload-identity" as const, ...ids(), tokenFile: federated.AZURE_FEDERATED_TOKEN_FILE };
  assert.is(await headers({ auth: named }, all), T);
  assert.is(azure.entra.logins.at(-1), "federated", "and not where the file names another");
  for (const given of [{ auth }, { auth: undefined as never }]) {
    for (const [env, by] of cases) {
      assert.is(await headers(given, env), T);
      assert.is(azure.entra.logins.at(-1), by);
    }
  }
});

test("by default, variables that only the process has choose nothing", async () => {
  rmSync(join(folder, "az"), { force: true });
  const { code } = await withVariables({ ...aside, ...azure.login }, () => faultOf({ auth: { method: "default" } }));
  assert.is(code, "SECRET_SOURCE");
});

test("by default AZURE_TOKEN_CREDENTIALS narrows down what is asked", async () => {
  const auth = { method: "default" as const };
  const token = azure.tokens.mint({ audience: "https://vault.azure.net", tenant: azure.entra.tenant, client: "me" });
  const answer = JSON.stringify({ accessToken: token, expires_on: Math.floor(Date.now() / 1000) + 3_600 });
  chmodSync(write("az", `#!/bin/sh\necho '${answer}'\n`), 0o700);
  await withVariables(aside, async () => {
    for (const chosen of ["dev", " AzureCliCredential "]) {
      assert.is(await headers({ auth }, { AZURE_TOKEN_CREDENTIALS: chosen }), T);
      assert.is(await headers({ auth }, { ...azure.login, AZURE_TOKEN_CREDENTIALS: chosen }), T);
    }
    for (const chosen of ["prod", "EnvironmentCredential", "something"]) {
      assert.is((await faultOf({ auth }, { AZURE_TOKEN_CREDENTIALS: chosen })).code, "SECRET_SOURCE", chosen);
    }
  });
  rmSync(join(folder, "az"));
});

test("by default with nothing there it says what would do, and that no command is at hand", async () => {
  rmSync(join(folder, "az"), { force: true });
  const auth = { method: "default" as const };
  const { code, message, remedy = "" } = await withVariables(aside, () => faultOf({ auth }));
  assert.equal([code, message], ["SECRET_SOURCE", "the Azure SDK found nothing to log in with"]);
  assert.match(remedy, /AZURE_CLIENT_SECRET; .*managed identity; or az login/);
});

test("closed while it logs in, it ends soon, and asks the vault for nothing more", async () => {
  const started = await startProvider(azure);
  const [logins, asked] = [azure.entra.logins.length, azure.vault.asked.length];
  azure.entra.faults.push("hang");
  const fault = started.fault();
  while (azure.entra.faults.length > 0) await new Promise(setImmediate);
  await started.close();
  const { code, message } = await fault;
  assert.equal([code, message], ["SECRET_UNREACHABLE", "the plugin was closed before the secret was there"]);
  assert.equal([azure.entra.logins.length, azure.vault.asked.length], [logins, asked]);
});

test("a vault of another tenant is named, before anything is shown to its login", async () => {
  const logins = azure.entra.logins.length;
  const auth = { ...clientSecret(azure), tenantId: "11111111-2222-3333-4444-555555555555" };
  const { code, message, remedy = "" } = await faultOf({ auth });
  assert.is(code, "LOGIN_FAILED");
  assert.match(message, `the vault belongs to the tenant ${azure.entra.tenant}, and auth.tenantId names another`);
  assert.match(remedy, "AZURE_TENANT_ID");
  assert.is(azure.entra.logins.length, logins);
});

test.run();
