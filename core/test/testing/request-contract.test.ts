import { createHmac } from "node:crypto";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Auth, type RequestAuthProvider, Secret, type SignableRequest } from "../../src/plugin.js";
import { type AuthSetup, canary, testContext } from "../../src/testing.js";
import { type Fault, findsEach } from "./contract-findings.js";
import { backendOf, broken } from "./contract-fixture.js";

const test = suite("the contract of providers that do more than give headers");

type Change = (key: (auth: Auth) => string) => Partial<RequestAuthProvider>;

/** Signs with HMAC, wants the API below `/inner`, and answers itself when the server is down. */
function setup(change: Change = () => ({})): AuthSetup {
  const context = testContext({ env: { SIGNER_KEY: "of the context" } });
  const canaries = [canary(), canary()];
  const store = { fetches: 0, version: 0, status: 200 };
  const keys = new WeakMap<Auth, Secret>();
  const keyOf = (auth: Auth) => (keys.get(auth) as Secret).reveal();
  const fetch = async () => {
    store.fetches++;
    if (store.status === 503) {
      throw context.error("SECRET_UNREACHABLE", "it is down", { transient: true, remedy: "wait" });
    }
    if (store.status === 403) throw context.error("SECRET_DENIED", "it may not", { remedy: "ask for it" });
    const value: Auth = Object.freeze({ id: `key ${store.version}`, headers: {} });
    keys.set(value, new Secret(canaries[store.version] as string));
    return { value };
  };
  const sound: RequestAuthProvider = {
    getAuth: () => context.secrets.get("key", fetch),
    invalidate: () => context.secrets.invalidate("key"),
    signRequest: async (request, auth) => ({ "X-Signature": await signature(request, keyOf(auth)) }),
    rewrite: {
      to: (url) => moved(url, "/base/api/", "/base/inner/api/"),
      back: (url) => moved(url, "/base/inner/api/", "/base/api/"),
    },
    async dispatch(_request, next) {
      const answer = await next();
      return answer.status >= 500 ? { status: 200, body: "not recorded" } : answer;
    },
  };
  return {
    provider: { ...sound, ...change(keyOf) },
    context,
    canaries,
    backend: backendOf(store, () => void store.version++),
  };
}

const moved = (url: URL, from: string, to: string) =>
  Object.assign(url, { pathname: url.pathname.replace(new RegExp(`^${from}`), to) });

async function signature({ method, path, sha256 }: SignableRequest, key: string): Promise<Secret> {
  const text = [method, path, await sha256()].join("\n");
  return new Secret(createHmac("sha256", key).update(text).digest("hex"));
}

test("a sound one passes", async () => {
  assert.equal(await broken(() => setup()), []);
});

const faults: readonly Fault<Change>[] = [
  [
    "a signature of the method alone",
    (key) => ({
      signRequest: ({ method }, auth) => ({
        "X-Signature": createHmac("sha256", key(auth)).update(method).digest("hex"),
      }),
    }),
    /^where it signs: core sends.*: the signature for \/api\/.* is that for \//,
  ],
  [
    "no signature",
    () => ({ signRequest: () => ({}) }),
    /^where it signs: core sends.*answered signRequest\(\) with no header/,
  ],
  [
    "a signature that breaks a line",
    () => ({ signRequest: () => ({ "X-Signature": "a\r\nb" }) }),
    /^where it signs: core sends.*a value that HTTP does not allow/,
  ],
  [
    "a signer that fails",
    () => ({
      signRequest() {
        throw new Error("x");
      },
    }),
    /^where it signs: core sends.*failed with Error/,
  ],
  ["no id", () => ({ getAuth: () => ({ headers: {} }) }), /neither a header nor an id/],
  [
    "a signer that holds on to the old key",
    () => ({ signRequest: async (request) => ({ "X-Signature": await signature(request, "its first key") }) }),
    /^where it signs: the signature after a rotation.*it still signs with the old one/,
  ],
  [
    "a way back that leads elsewhere",
    () => ({ rewrite: { to: (url) => moved(url, "/base/api/", "/base/inner/api/"), back: (url) => url } }),
    /^where it rewrites: .*rewrite\.back\(to\(u\)\) is not u/,
  ],
  [
    "a way out of the base",
    () => ({ rewrite: { to: (url) => moved(url, "/base/", "/"), back: (url) => url } }),
    /^where it rewrites: .*leads \/base\/.* to .*, which is not below/,
  ],
  [
    "a way to another host",
    () => ({ rewrite: { to: () => new URL("https://elsewhere.test"), back: (url) => url } }),
    /^where it rewrites: .*led a request to .* to another address/,
  ],
  [
    "another way each time",
    () => {
      let count = 0;
      return {
        rewrite: {
          to: (url) => Object.assign(url, { search: `?${count++}` }),
          back: (url) => Object.assign(url, { search: "" }),
        },
      };
    },
    /^where it rewrites: .*gives another address the second time/,
  ],
  [
    "an answer without a status",
    () => ({ dispatch: () => ({}) as never }),
    /^where it answers itself: .*without a status/,
  ],
  [
    "an error of no meaning",
    () => ({ dispatch: async (_request, next) => next().catch(() => Promise.reject(new TypeError("x"))) }),
    /^where it answers itself: .*threw something of no meaning where the server can't be reached/,
  ],
];

findsEach(test, faults, (change) => broken(() => setup(change)));

test.run();
