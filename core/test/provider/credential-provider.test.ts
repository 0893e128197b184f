/** What core makes of one function that fetches a credential. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import {
  type Auth,
  type CredentialProviderOptions,
  type CredentialProviderSettings,
  credentialProvider,
  type FetchedCredential,
  isSecret,
  type MlflowAuthError,
  type ProviderRequest,
  type RequestAuthProvider,
  Secret,
} from "../../src/plugin.js";
import { type AuthSetup, canary, providerContract, testContext, testRequest } from "../../src/testing.js";

const test = suite("a provider that is one function");

type Fetch = (request: ProviderRequest) => unknown;

async function make(fetch: Fetch, options: CredentialProviderOptions = {}, settings: CredentialProviderSettings = {}) {
  const context = testContext();
  const factory = credentialProvider(
    async (_options: CredentialProviderOptions, _context, request) => (await fetch(request)) as FetchedCredential,
    settings,
  );
  const provider = await factory(options, context);
  const auth = async (request = testRequest()) => (await provider.getAuth(request)) as Auth;
  return { provider, context, auth, headers: async () => textsOf(await auth()) };
}

function textsOf({ headers }: Auth): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, isSecret(value) ? value.reveal() : `bare ${value}`]),
  );
}

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

async function failureOf(auth: () => Promise<Auth>): Promise<MlflowAuthError> {
  try {
    await auth();
  } catch (thrown) {
    return thrown as MlflowAuthError;
  }
  throw new Error("it was taken");
}

const shapes: [what: string, fetched: object, options: CredentialProviderOptions, sent: Record<string, string>][] = [
  ["a token", { token: "t" }, {}, { Authorization: "Bearer t" }],
  ["a Secret, trimmed", { token: new Secret(" t\n") }, {}, { Authorization: "Bearer t" }],
  ["a token in a header of its own", { token: "t" }, { credential: { header: "X-Key" } }, { "X-Key": "t" }],
  ["a user", { username: "u", password: new Secret("p:q") }, {}, { Authorization: basic("u:p:q") }],
  ["a pair in a token", { token: "u:p" }, { credential: { mode: "basic" } }, { Authorization: basic("u:p") }],
  ["headers, none of them bare", { headers: { A: "1", B: new Secret("2") } }, {}, { A: "1", B: "2" }],
];
for (const [what, fetched, options, sent] of shapes) {
  test(`${what} is sent in its form`, async () => {
    const { headers } = await make(() => fetched, options);
    assert.equal(await headers(), sent);
  });
}

test("of a token and a user that are held together, the mode says which is sent, and one warning tells so", async () => {
  const both = { token: "t", username: "u", password: "p", name: "the secret team/mlflow" };
  for (const [mode, sent, said] of [
    ["bearer", "Bearer t", "the token is sent"],
    ["basic", basic("u:p"), "the user and the password are sent"],
  ] as const) {
    const { auth, context, headers } = await make(() => both, { credential: { mode }, cache: { ttl: 1_000 } });
    assert.equal(await headers(), { Authorization: sent });
    await context.clock.advance(2_000);
    await auth();
    const [warning, ...others] = context.logs.map(({ message }) => message);
    assert.match(warning ?? "", said);
    assert.equal(others, []);
  }
});

const now = testContext().clock.wallTime();
const mistakes: [what: string, fetched: unknown, said: RegExp][] = [
  ["nothing", undefined, /is not an object/],
  ["a bare text", "token", /is not an object/],
  ["an object without a credential", {}, /neither a token, nor a username and a password, nor headers/],
  ["headers that are a text", { headers: "Bearer t" }, /headers that are not an object/],
  ["an end in seconds, as a JWT has it", { token: "t", expiresAt: now / 1000 + 60 }, /in seconds/],
  ["an end that is a text", { token: "t", expiresAt: "2030-01-01" }, /neither a Date nor a number/],
  ["an end that is no date", { token: "t", expiresAt: new Date("soon") }, /neither a Date nor a number/],
  ["a lease that is no number", { token: "t", lease: "60" }, /lease that is not a number/],
  ["two ends", { token: "t", expiresAt: now + 1000, lease: 1000 }, /both expiresAt and lease/],
];
for (const [what, fetched, said] of mistakes) {
  test(`${what} is the author's mistake, and told as one`, async () => {
    const { auth } = await make(() => fetched);
    const error = await failureOf(auth);
    assert.is(error.code, "PLUGIN_RESULT");
    assert.match(error.message, said);
    assert.is(error.plugin, "test");
  });
}

test("a token that can't be sent is told by its name", async () => {
  const { auth } = await make(() => ({ token: " ", name: "the secret team/mlflow" }));
  const error = await failureOf(auth);
  assert.is(error.code, "SECRET_FORMAT");
  assert.match(error.message, /^the secret team\/mlflow has an empty token/);
});

for (const [what, end] of [
  ["expiresAt", { expiresAt: now + 60_000 }],
  ["a Date", { expiresAt: new Date(now + 60_000) }],
  ["a lease", { lease: 60_000 }],
] as const) {
  test(`a credential is not used beyond its own end, however long the cache would keep it: ${what}`, async () => {
    let fetches = 0;
    const { auth, context } = await make(() => ({ token: `t${++fetches}`, ...end }), {
      cache: { ttl: 3_600_000, maxStale: 3_600_000 },
    });
    const first = await auth();
    assert.is(await auth(), first, "the same object while it is good");
    await context.clock.advance(60_001);
    fetches = 1;
    if ("expiresAt" in end) return void assert.is.not(await auth().catch(() => undefined), first);
    assert.equal(textsOf(await auth()), { Authorization: "Bearer t2" });
  });
}

test("the ttl is kept between a second and a day", async () => {
  let fetches = 0;
  const { auth, context } = await make(() => ({ token: `t${++fetches}` }), { cache: { ttl: 0 } });
  await auth();
  await auth();
  assert.is(fetches, 1, "0 does not ask the backend with every request");
  await context.clock.advance(1_001);
  await auth();
  assert.is(fetches, 2);
});

/** One credential per audience, as a gateway in front of two servers asks for. */
async function twoAudiences() {
  const fetched: string[] = [];
  const key = ({ url }: ProviderRequest) => url.searchParams.get("audience") ?? "";
  const made = await make(
    (request) => {
      fetched.push(key(request));
      return { token: `${key(request)}${fetched.length}`, id: key(request) };
    },
    {},
    { key },
  );
  const [a, b] = [testRequest("x?audience=a"), testRequest("x?audience=b")];
  return { ...made, fetched, a, b };
}

test("requests with one key share a credential, and those with another get theirs", async () => {
  const { auth, fetched, a, b } = await twoAudiences();
  const both = await Promise.all([auth(a), auth(b), auth(a), auth(b)]);
  assert.equal(fetched, ["a", "b"]);
  assert.equal(
    both.map((given) => textsOf(given)["Authorization"]),
    ["Bearer a1", "Bearer b2", "Bearer a1", "Bearer b2"],
  );
  assert.equal(
    both.map(({ id }) => id),
    ["a", "b", "a", "b"],
  );
});

for (const kind of ["unauthorized", "suspected"] as const) {
  test(`a credential that is rejected (${kind}) drops no other of the instance`, async () => {
    const { provider, auth, fetched, a, b } = await twoAudiences();
    const [first] = [await auth(a), await auth(b)];
    await provider.invalidate(kind, { request: a, auth: first });
    await auth(b);
    assert.equal(fetched, ["a", "b"]);
    await auth(a);
    assert.equal(fetched, ["a", "b", "a"]);
  });
}

test("in an outage a secret that is only suspected still serves, and one that a 401 refused does not", async () => {
  for (const [kind, served] of [
    ["suspected", true],
    ["unauthorized", false],
  ] as const) {
    let up = true;
    const { provider, context, auth } = await make(
      () => {
        if (up) return { token: "t" };
        throw context.error("SECRET_UNREACHABLE", "it is down", { transient: true });
      },
      { cache: { ttl: 60_000, maxStale: 3_600_000 } },
    );
    const first = await auth();
    up = false;
    await provider.invalidate(kind, { request: testRequest(), auth: first });
    assert.is(await auth().catch(() => "nothing"), served ? first : "nothing", kind);
  }
});

test("close is the plugin's own, and no provider has one that its plugin lacks", async () => {
  let closed = 0;
  const { provider } = await make(() => ({ token: "t" }), {}, { close: () => void closed++ });
  await provider.close?.();
  assert.is(closed, 1);
  assert.is((await make(() => ({ token: "t" }))).provider.close, undefined);
});

function contractSetup(): AuthSetup {
  const context = testContext();
  const canaries = [canary(), canary()];
  const state = { fetches: 0, status: 200, secret: canaries[0] as string };
  const create = credentialProvider(() => {
    state.fetches++;
    const { status } = state;
    if (status !== 200) throw context.refuse({ status, origin: "https://store.example.com" });
    return { token: state.secret };
  });
  const backend = {
    fetches: () => state.fetches,
    rotate() {
      state.secret = canaries[1] as string;
    },
    break() {
      state.status = 503;
    },
    deny() {
      state.status = 403;
    },
    fix() {
      state.status = 200;
    },
  };
  return { provider: create({}, context) as RequestAuthProvider, context, canaries, backend };
}
for (const { name, run } of providerContract({ auth: contractSetup })) test(name, run);

test.run();
