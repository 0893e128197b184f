/** Who gets a token, and who gets none: vaults that ask for somebody else's, and the logins of each cloud. */
import { canary } from "@mlflow-auth/core/testing";
import { type FakeAzure, type FakeAzureOptions, refusal, startFakeAzure } from "@mlflow-auth/test/servers/azure-fake";
import { rejected } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { clientSecret, type GivenOptions, startProvider } from "./start-provider.ts";

const test = suite("who is sent a token of Azure's", { timeout: 60 });

async function withAzure(act: (azure: FakeAzure) => Promise<void>, options?: FakeAzureOptions): Promise<void> {
  const azure = await startFakeAzure(options);
  azure.vault.put("mlflow-auth", "t");
  try {
    await act(azure);
  } finally {
    await azure.stop();
  }
}

async function answerOf(azure: FakeAzure, given: GivenOptions = {}): Promise<string> {
  const started = await startProvider(azure, given);
  try {
    return await started.headers().catch(({ code, message, remedy }) => `${code}: ${message}; ${remedy}`);
  } finally {
    await started.close();
  }
}

const T = "Authorization: Bearer t";
const login = "https://login.microsoftonline.com/TENANT";
const foreign: [what: string, challenge: string, said: RegExp][] = [
  [
    "another service's token",
    `Bearer authorization="${login}", resource="https://management.azure.com"`,
    /not for vaults in vault\.azure\.net/,
  ],
  ["a token for half of the world", `Bearer authorization="${login}", resource="https://net"`, /not for vaults/],
  ["a token for the domain above", `Bearer authorization="${login}", resource="https://azure.net"`, /not for vaults/],
  [
    "a token for the vault alone",
    `Bearer authorization="${login}", resource="https://team.vault.azure.net"`,
    /not for/,
  ],
  ["another path", `Bearer authorization="${login}", resource="https://vault.azure.net/other"`, /not for vaults/],
  ["another scheme", `Bearer authorization="${login}", resource="http://vault.azure.net"`, /not for vaults/],
  ["another port", `Bearer authorization="${login}", resource="https://vault.azure.net:444"`, /not for vaults/],
  ["somebody else's scope", `Bearer authorization="${login}", scope="https://graph.microsoft.com/.default"`, /not for/],
  ["two resources", `Bearer resource="https://vault.azure.net", resource="https://net"`, /not for vaults/],
  ["a resource behind another scheme", `Basic resource="https://net", authorization="${login}"`, /not for vaults/],
  ["no URL", `Bearer authorization="${login}", resource="vault"`, /not for vaults/],
  [
    "another login",
    'Bearer authorization="https://login.evil.example/TENANT", resource="https://vault.azure.net"',
    /names another login than login\.microsoftonline\.com, and was sent no token/,
  ],
  [
    "a login that only begins like the right one",
    'Bearer authorization="https://login.microsoftonline.com.evil.example/TENANT", resource="https://vault.azure.net"',
    /names another login/,
  ],
  [
    "a login on another port",
    'Bearer authorization="https://login.microsoftonline.com:444/TENANT", resource="https://vault.azure.net"',
    /names another login/,
  ],
  [
    "a login that is no URL",
    'Bearer authorization="TENANT", resource="https://vault.azure.net"',
    /names another login/,
  ],
  [
    "another cloud's login",
    'Bearer authorization="https://login.microsoftonline.us/TENANT", resource="https://vault.azure.net"',
    /one of Azure US Government.*set authorityHost \(AZURE_AUTHORITY_HOST\) to https:\/\/login\.microsoftonline\.us/,
  ],
];
for (const [what, challenge, said] of foreign) {
  test(`a vault that asks for ${what} gets none, and nobody logs in for it`, () =>
    withAzure(async (azure) => {
      azure.vault.challenge = challenge.replace("TENANT", azure.entra.tenant);
      const answer = await answerOf(azure);
      assert.match(answer, /^LOGIN_FAILED: /);
      assert.match(answer, said);
      assert.equal([azure.entra.logins, azure.vault.tokens], [[], []]);
    }));
}

test("a challenge without a word of what it wants ends the fetch", () =>
  withAzure(async (azure) => {
    azure.vault.challenge = "Bearer";
    assert.match(await answerOf(azure), /^LOGIN_FAILED: /);
    assert.equal(azure.vault.tokens, []);
  }));

test("a vault that accepts no token is asked with two logins at most, and told as such", () =>
  withAzure(async (azure) => {
    const { tokens } = azure;
    const started = await startProvider(azure);
    await started.headers();
    Object.assign(tokens, { claimsOf: () => undefined });
    await started.provider.invalidate("unauthorized", rejected);
    assert.match((await started.fault()).message, "does not accept the token that this login brought");
    await started.close();
    assert.is(azure.entra.logins.length, 2);
  }));

test("a token of another tenant is told as such", () =>
  withAzure(async (azure) => {
    const { claimsOf } = azure.tokens;
    Object.assign(azure.tokens, { claimsOf: (token: string) => ({ ...claimsOf(token), tenant: "other" }) });
    assert.match(await answerOf(azure), /^LOGIN_FAILED: the vault belongs to another tenant/);
  }));

test("a vault that wants a fresh token by its claims gets one", () =>
  withAzure(async (azure) => {
    const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1"}}}').toString("base64");
    const header = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${claims}"`;
    azure.vault.faults.push({ ...refusal(401, "Unauthorized", ""), headers: { "WWW-Authenticate": header } });
    assert.is(await answerOf(azure), T);
    assert.is(azure.entra.logins.length, 2);
    azure.vault.faults.push(
      ...Array(9).fill({ ...refusal(401, "Unauthorized", ""), headers: { "WWW-Authenticate": header } }),
    );
    assert.match(await answerOf(azure), /^LOGIN_FAILED: /);
    assert.ok(azure.vault.faults.length > 4, "and is not given one after another");
  }));

test("no redirect is followed with a token", () =>
  withAzure(async (azure) => {
    azure.vault.faults.push({ status: 307, body: "", headers: { Location: `${azure.vault.url}/secrets/other/` } });
    assert.match(await answerOf(azure), /redirects \(status 307\)/);
    assert.is(azure.vault.tokens.length, 1);
  }));

const clouds: [name: string, options: FakeAzureOptions, given?: GivenOptions][] = [
  ["Azure", { logins: ["login.windows.net", "login.microsoftonline.com"] }],
  [
    "Azure China",
    { vault: "team.vault.azure.cn", logins: ["login.chinacloudapi.cn", "login.partner.microsoftonline.cn"] },
  ],
  ["Azure US Government", { vault: "team.vault.usgovcloudapi.net", logins: ["login.microsoftonline.us"] }],
  [
    "a private cloud",
    { vault: "team.vault.cloud.example", logins: ["login.cloud.example"] },
    { authorityHost: "https://login.cloud.example/" },
  ],
];
for (const [name, options, given] of clouds) {
  test(`a vault of ${name} is logged in for where that cloud does, and nowhere else`, () =>
    withAzure(async (azure) => {
      assert.is(await answerOf(azure, given), T);
      const hosts = [options.vault ?? "team.vault.azure.net", ...(options.logins ?? [])].map((host) => `${host}:443`);
      assert.equal(
        azure.proxy.targets.filter((target) => !hosts.includes(target)),
        [],
      );
    }, options));
}

for (const authorityHost of [undefined, "https://login.cloud.example"]) {
  test(`a tenant that is not there is told as such by ${authorityHost ?? "Microsoft's login"}`, () =>
    withAzure(
      async (azure) => {
        const tenantId = "11111111-2222-3333-4444-555555555555";
        azure.vault.challenge = azure.vault.challenge.replace(azure.entra.tenant, tenantId);
        const auth = { ...clientSecret(azure), tenantId };
        const answer = await answerOf(azure, { auth, ...(authorityHost && { authorityHost }) });
        assert.match(answer, /^LOGIN_FAILED: Microsoft Entra ID has no such tenant; .*AZURE_TENANT_ID/);
        assert.equal(azure.entra.logins, []);
      },
      authorityHost ? { vault: "team.vault.cloud.example", logins: ["login.cloud.example"] } : {},
    ));
}

test("a login that names another host for its tokens is not followed there", () =>
  withAzure(
    async (azure) => {
      azure.entra.tokenEndpoint = `https://login.evil.example/${azure.entra.tenant}/oauth2/v2.0/token`;
      assert.match(
        await answerOf(azure, { authorityHost: "https://login.cloud.example" }),
        /^LOGIN_FAILED: the Azure SDK was about to send to login\.evil\.example, .*authorityHost/,
      );
      assert.equal(
        azure.proxy.targets.filter((target) => target.includes("evil")),
        [],
      );
    },
    { vault: "team.vault.cloud.example", logins: ["login.cloud.example"] },
  ));

test("what is sent to the login is in the tunnel alone", () =>
  withAzure(async (azure) => {
    azure.entra.secret = canary();
    await answerOf(azure);
    assert.match(azure.proxy.targets.join(), "login.microsoftonline.com:443");
    assert.not.match(azure.proxy.heard.join("\n"), azure.entra.secret);
  }));

test.run();
