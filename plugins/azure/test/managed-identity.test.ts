/** The identity of a virtual machine. The SDK looks for where one is had once in a process: others are tried by test/ends. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ManagedIdentityCredential } from "@azure/identity";
import { testContext } from "@mlflow-auth/core/testing";
import { setVariables, withVariables } from "@mlflow-auth/test/process-variables";
import { type FakeAzure, type Fault, startFakeAzure } from "@mlflow-auth/test/servers/azure-fake";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { faultOf } from "../src/faults.ts";
import { type GivenOptions, startProvider } from "./start-provider.ts";

const test = suite("logging in with the identity of a machine", { timeout: 60 });
const VARIABLE = "AZURE_POD_IDENTITY_AUTHORITY_HOST";

let azure: FakeAzure;
let restore: () => void;
test.before(async () => {
  azure = await startFakeAzure();
  azure.vault.put("mlflow-auth", "t");
  // The SDK reads it there, in place of the address that every machine has and no test can answer at.
  restore = setVariables({ [VARIABLE]: azure.metadata });
});
test.after(async () => {
  restore();
  await azure.stop();
});

async function start(given: GivenOptions = {}, env: Record<string, string> = {}) {
  // A corporate proxy for plain http, too, which the identity must not go through.
  const way = { HTTP_PROXY: azure.way.HTTPS_PROXY, [VARIABLE]: azure.metadata, ...env };
  return await startProvider(azure, { auth: { method: "managed-identity" }, ...given }, { env: way });
}

const table: [what: string, fault: Fault, code: string, said: RegExp, transient?: boolean][] = [
  [
    "none assigned",
    { status: 400, body: { error: "invalid_request", error_description: "Identity not found" } },
    "LOGIN_FAILED",
    /no such managed identity/,
  ],
  [
    "one that is being set up",
    { status: 410, body: { error: "gone" } },
    "SECRET_UNREACHABLE",
    /endpoint fails \(status 410\)/,
    true,
  ],
  ["throttling", { status: 429, body: { error: "x" } }, "SECRET_UNREACHABLE", /throttled/, true],
  ["a failure", { status: 500, body: { error: "x" } }, "SECRET_UNREACHABLE", /status 500/, true],
  ["garbage", { status: 200, body: "<html>" }, "SECRET_UNREACHABLE", /does not answer as a login does/],
];
for (const [what, fault, code, said, transient = false] of table) {
  test(`${what} is ${code}`, async () => {
    azure.identity.faults.splice(0, Infinity, ...Array(6).fill(fault));
    const started = await start();
    const told = await started.fault();
    azure.identity.faults.length = 0;
    await started.close();
    assert.equal([told.code, told.transient], [code, transient], told.message);
    assert.match(told.message, said);
    assert.ok(told.remedy);
  });
}

test("an address that only the process has, and not the file's environment, is not asked", async () => {
  const started = await startProvider(azure, { auth: { method: "managed-identity" } });
  assert.match((await started.fault()).message, "about to send to 127.0.0.1");
  await started.close();
});

test("by the identity of the machine, past the corporate proxy", async () => {
  const asked = azure.identity.asked.length;
  const started = await start();
  assert.is(await started.headers(), "Authorization: Bearer t");
  assert.is(azure.identity.asked.length, asked + 1);
  assert.equal(
    azure.proxy.targets.filter((target) => target.startsWith("127.")),
    [],
  );
  await started.close();
});

test("by an identity that a user assigned, named by its client id; an unknown one is told as such", async () => {
  const started = await start({ auth: { method: "managed-identity", clientId: azure.identity.clientId } });
  assert.is(await started.headers(), "Authorization: Bearer t");
  await started.close();
  const other = await start({ auth: { method: "managed-identity", clientId: "11111111-2222-3333-4444-555555555555" } });
  const { message, remedy = "" } = await other.fault();
  await other.close();
  assert.match(message, "no such managed identity");
  assert.match(remedy, "auth.clientId");
});

test("a program's own login with the identity of the machine goes on as it would without the plugin", async () => {
  const started = await start();
  await started.headers();
  await started.close();
  const own = new ManagedIdentityCredential({ clientId: azure.identity.clientId });
  const token = await own.getToken("https://vault.azure.net/.default");
  assert.is(azure.tokens.claimsOf(token.token)?.client, azure.identity.clientId);
});

test("by default, an identity that may be had in a moment is an outage, and none is nothing to log in with", async () => {
  // By an id that no token is kept for.
  const env = { AZURE_CLIENT_ID: "22222222-2222-3333-4444-555555555555" };
  await withVariables({ PATH: "/nowhere" }, async () => {
    azure.identity.faults.push(...Array(6).fill({ status: 429, body: { error: "x" } }));
    const throttled = await start({ auth: { method: "default" } }, env);
    const { code, transient, message } = await throttled.fault();
    azure.identity.faults.length = 0;
    await throttled.close();
    assert.equal([code, transient], ["SECRET_UNREACHABLE", true], message);
    const without = await start({ auth: { method: "default" } }, env);
    assert.is((await without.fault()).code, "SECRET_SOURCE");
    await without.close();
  });
});

test("by default, where there is nothing else", async () => {
  const started = await start({ auth: { method: "default" } });
  assert.is(await started.headers(), "Authorization: Bearer t");
  await started.close();
});

test("where nothing answers in time there is none", async () => {
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  closeAfterwards(() => silent.close().closeAllConnections());
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const context = testContext({ http: "network" });
  closeAfterwards(context.close);
  const asked = context.http.with({ allowInsecure: true, direct: true });
  const silence = asked.send({ url: `http://127.0.0.1:${port}`, timeout: 50, tries: "once" });
  const { code, transient } = faultOf(undefined, await silence.catch((thrown) => thrown), "managed-identity", context);
  assert.equal([code, transient], ["SECRET_SOURCE", false]);
});

test("nobody there is told as such", async () => {
  await azure.stopMetadata();
  const started = await start({
    auth: { method: "managed-identity", clientId: "11111111-2222-3333-4444-555555555555" },
  });
  const { code, message } = await started.fault();
  await started.close();
  assert.equal(
    [code, message],
    ["SECRET_SOURCE", "there is no managed identity here: nothing answers where one is had"],
  );
});

test.run();
