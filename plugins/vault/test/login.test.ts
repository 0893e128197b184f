import { type HttpRequest, isSecret } from "@mlflow-auth/core/plugin";
import { type FakeClock, secretSource, type TestResponse, testContext } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { VaultClient } from "../src/client.js";
import type { VaultAnswer } from "../src/faults.js";
import { createLogin, loginMethod } from "../src/login.js";
import { completed, type GivenOptions, startProvider } from "./start-provider.ts";

const test = suite("what the vault plugin's login keeps");

/** A login at a Vault that numbers its tokens; `hold` keeps its answers back until it is called again. */
function started(auth: Record<string, unknown> = {}) {
  const context = testContext();
  const asked: string[] = [];
  let held: Promise<void> = Promise.resolve();
  let open = () => {};
  async function write(path: string): Promise<VaultAnswer> {
    const number = asked.push(path);
    await held;
    const token = { client_token: `token-${number}`, lease_duration: 600, renewable: true, ...auth };
    return { status: 200, body: { auth: token } };
  }
  const client = { write, read: write, close() {} } as VaultClient;
  const method = loginMethod({
    method: "approle",
    roleId: "r",
    secretId: secretSource("s"),
    mount: "approle",
    wrapped: false,
  });
  const login = createLogin(method, completed("https://vault.example.com"), client, context);
  return {
    login,
    asked,
    clock: context.clock as FakeClock,
    token: async () => (await login.token())?.reveal(),
    hold() {
      held = new Promise((resolve) => (open = resolve));
    },
    release: () => open(),
  };
}

test("many readers at once share one login", async () => {
  const { asked, token } = started();
  assert.equal(new Set(await Promise.all(Array.from({ length: 100 }, token))), new Set(["token-1"]));
  assert.equal(asked, ["auth/approle/login"]);
});

test("a late refusal of an old token does not cost the new one", async () => {
  const { login, asked, token } = started();
  const old = await login.token();
  login.forget(old);
  assert.is(await token(), "token-2");
  login.forget(old);
  assert.is(await token(), "token-2");
  assert.is(asked.length, 2);
});

test("a token that is refused while it is renewed does not come back", async () => {
  const { login, asked, clock, token, hold, release } = started();
  const old = await login.token();
  await clock.advance(500_000);
  hold();
  const renewIfDue = login.renewIfDue();
  login.forget(old);
  release();
  await renewIfDue;
  assert.is(await token(), "token-3");
  assert.equal(asked, ["auth/approle/login", "auth/token/renew-self", "auth/approle/login"]);
});

test("two fetches at once look after the token once", async () => {
  const { login, asked, clock } = started();
  await login.token();
  await clock.advance(500_000);
  await Promise.all([login.renewIfDue(), login.renewIfDue()]);
  assert.equal(asked, ["auth/approle/login", "auth/token/renew-self"]);
});

test("a token with few uses is replaced, for a renewal would take one", async () => {
  const { login, asked, clock } = started({ num_uses: 5 });
  await login.token();
  await clock.advance(500_000);
  await login.renewIfDue();
  assert.equal(asked, ["auth/approle/login", "auth/approle/login"]);
});

/** What a provider asks Vault first, with these options and this environment: the login, or the token that it reads with. */
async function firstOf(options: GivenOptions, env: Record<string, string>): Promise<string> {
  const sent: HttpRequest[] = [];
  const http = (request: HttpRequest): TestResponse => {
    sent.push(request);
    return { status: 503, text: "{}" };
  };
  await (await startProvider("https://vault.example.com", options, { http, env })).fault();
  const [first] = sent;
  if (first === undefined) return "nothing";
  const token = first.headers?.["X-Vault-Token"];
  return isSecret(token) ? token.reveal() : String(first.url).replace(/^.*\/v1\//, "");
}

const role = { VAULT_ROLE_ID: "role", VAULT_SECRET_ID: "id" };
const given = { method: "token" as const, token: secretSource("of the file", "the file") };

test("the file's login goes before the environment's, a token before AppRole, and what is empty counts for nothing", async () => {
  const HOME = "/nowhere";
  for (const [options, env, first] of [
    [{ auth: given }, { VAULT_TOKEN: "ambient", ...role }, "of the file"],
    [{}, { VAULT_TOKEN: "ambient", ...role }, "ambient"],
    [{}, { VAULT_TOKEN: " ", ...role }, "auth/approle/login"],
    [{}, { VAULT_TOKEN: "", HOME }, "nothing"],
    [{}, { ...role, VAULT_SECRET_ID: "", HOME }, "nothing"],
    [{ auth: { method: "token" } }, { ...role, HOME }, "nothing"],
  ] as [GivenOptions, Record<string, string>, string][]) {
    assert.is(await firstOf(options, env), first, JSON.stringify(env));
  }
});

test.run();
