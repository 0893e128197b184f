/** What an auth provider has to keep to that signs requests, rewrites addresses, or answers in the server's place. Others pass. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { isMlflowAuthError } from "../../errors/mlflow-auth-error.js";
import { createDetours, type Detour } from "../../pipeline/detours.js";
import type { Signing } from "../../pipeline/signing.js";
import type { DispatchedAnswer, DispatchedRequest } from "../../provider/provider.js";
import { testRequest } from "../test-context.js";
import { checkSilence } from "./checks.js";
import { authorizedBy, bound, settled } from "./host.js";
import type { AuthSetup } from "./setup.js";
import { checkSurroundings, watchSurroundings } from "./surroundings.js";

/** What MLflow's clients ask for, below the server's base: the REST API, the UI's, artifacts with the names that people give, and more. */
const PATHS = [
  "",
  "api/2.0/mlflow/runs/create",
  "api/2.0/mlflow/experiments/get-by-name?experiment_name=a+b%20c%26d",
  "ajax-api/3.0/mlflow/traces/search?filter=attributes.%60a%60%20%3D%20%27%C3%BC%27",
  "api/2.0/mlflow-artifacts/artifacts/1/abc/artifacts/a%20b+c%2Bd/model.bin",
  "get-artifact?path=a%2Fb.txt&run_uuid=abc",
  "v1/traces",
  "graphql",
  "static-files/static/js/main.js",
  "health",
  "version",
];

/** By name. */
export const requestCases: Readonly<Record<string, (setup: AuthSetup) => Promise<void>>> = {
  "where it signs: core sends the signature of any request, and another request has another": async (setup) => {
    const surroundings = watchSurroundings(setup.context);
    try {
      const signing = await signingOf(setup);
      if (signing === undefined) return;
      const all = new Map<string, string>();
      for (const path of PATHS) {
        for (const body of ["", '{"experiment_id":"1"}']) {
          const signature = await signed(setup, signing, path, body);
          const twin = all.get(signature);
          assert.equal(
            twin,
            undefined,
            `the signature for /${path} is that for /${twin}: whoever sees one can send the other`,
          );
          if (body === "") all.set(signature, path);
        }
      }
      checkSurroundings(surroundings, [...all.keys()]);
      checkSilence(setup, { signing });
    } finally {
      surroundings.restore();
    }
  },

  "where it signs: the signature after a rotation is of the new credential": async (setup) => {
    const before = await signingOf(setup);
    if (before === undefined) return;
    const auth = await settled(setup.provider.getAuth(testRequest()), setup.context);
    const old = await signed(setup, before, "health", "");
    await setup.backend.rotate();
    await setup.provider.invalidate("unauthorized", { request: testRequest(), auth: auth as never });
    const after = (await signingOf(setup)) as Signing;
    assert.notEqual(await signed(setup, after, "health", ""), old, "it still signs with the old one");
  },

  "where it rewrites: the way back leads to where the client asked, and no way leads out of the server": async (
    setup,
  ) => {
    const rewriting = detourOf(setup)?.rewriting;
    if (rewriting === undefined) return;
    const { server } = testRequest();
    const { origin, pathname } = new URL(server.uri);
    for (const path of PATHS) {
      const asked = `${pathname}/${path}`;
      // Core's own refusals, in its own words.
      const sent = rewriting.to(origin, asked);
      const below = sent === pathname || sent.startsWith(`${pathname}/`) || sent.startsWith(`${pathname}?`);
      assert.ok(below, `rewrite.to() leads ${asked} to ${sent}, which is not below ${server.uri}`);
      const { rewrite } = setup.provider;
      const back = (rewrite as NonNullable<typeof rewrite>).back(new URL(origin + sent));
      assert.equal(blanks(new URL(back).href), blanks(origin + asked), `rewrite.back(to(u)) is not u`);
      assert.equal(rewriting.to(origin, asked), sent, "rewrite.to() gives another address the second time");
    }
  },

  "where it answers itself: the answer can be sent, whatever became of the server": async (setup) => {
    const dispatching = detourOf(setup)?.dispatching;
    if (dispatching === undefined) return;
    const lost = Object.assign(new Error("no connection"), { code: "ECONNREFUSED" });
    const outcomes: Record<string, () => Promise<DispatchedAnswer>> = {
      "answers 200": async () => ({ status: 200, headers: { "content-type": "application/json" }, body: "{}" }),
      "answers 503": async () => ({ status: 503, headers: {}, body: "down" }),
      "can't be reached": () => Promise.reject(lost),
    };
    for (const [outcome, next] of Object.entries(outcomes)) {
      const answer = dispatching.dispatch(dispatched(), next).catch((thrown: unknown) => {
        // As if nobody had looked; and what core says of the answer is said in its own words.
        if (thrown === lost) return;
        if (!isMlflowAuthError(thrown) || thrown.code === "PLUGIN_RESULT") throw thrown;
        const says = `dispatch() threw something of no meaning where the server ${outcome}; use context.error`;
        assert.notEqual(thrown.code, "PLUGIN_FAILED", says);
      });
      checkSilence(setup, { answer: await settled(answer, setup.context) });
    }
  },
};

async function signingOf(setup: AuthSetup): Promise<Signing | undefined> {
  const { provider, context } = setup;
  if (provider.signRequest === undefined) return undefined;
  return (await settled(authorizedBy({ auth: [bound(provider, context)] }, context), context)).signing;
}

async function signed({ context }: AuthSetup, signing: Signing, path: string, body: string): Promise<string> {
  const { server } = testRequest();
  const url = new URL(`${server.uri}/${path}`);
  const length = body === "" ? [] : ([["Content-Length", String(body.length)]] as const);
  const headers = await settled(
    signing.sign({
      origin: url.origin,
      path: url.pathname + url.search,
      method: body === "" ? "GET" : "POST",
      headers: [["Host", url.host], ["Content-Type", "application/json"], ...length],
      sha256: async () => createHash("sha256").update(body).digest("hex"),
    }),
    context,
  );
  return headers.map(([name, value]) => `${name}: ${value}`).join("\n");
}

function detourOf({ provider, context }: AuthSetup): Detour | undefined {
  const { server } = testRequest();
  const listed = { uri: server.uri, auth: [context.instance], headers: [], tags: [], allowInsecure: false };
  return createDetours([{ server: listed, auth: [bound(provider, context)] }], () => listed, context.clock).get(listed);
}

function dispatched(): DispatchedRequest {
  const { url, method, server } = testRequest();
  const { signal } = new AbortController();
  return {
    url,
    method,
    server,
    signal,
    headers: [["content-type", "application/json"]],
    body: async () => Buffer.from("{}"),
  };
}

/** A blank of a query has two spellings, and a server may want one of them. */
function blanks(href: string): string {
  const [path, ...query] = href.split("?");
  return [path, ...query.map((text) => text.replaceAll("+", "%20"))].join("?");
}
