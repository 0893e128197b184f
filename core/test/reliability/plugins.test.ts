/** G15 of the reliability targets: a plugin that hangs, throws or gives rubbish costs its own time-out and harms no neighbour. */

import { inspect } from "node:util";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { ServerConfig } from "../../src/config/config.js";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import type { AuthorizedHeaders } from "../../src/pipeline/compose.js";
import type { ProviderRequest } from "../../src/provider/provider.js";
import { isSecret, Secret } from "../../src/secret/secret.js";
import { canary, revealedBy } from "../../src/testing.js";
import {
  authorizerOver,
  boundAuth,
  boundHeaders,
  boundTags,
  type Listed,
  type LogLine,
} from "../pipeline/authorizer-fixture.js";
import { type Method, misbehaviours, rubbishAuth, rubbishHeaders, rubbishTags } from "./misbehaviour.js";

const test = suite("G15: plugins that misbehave");
const uri = "https://mlflow.test";
const other = "https://other.test";
const request = { url: `${uri}/api`, method: "GET" };
const run = { experimentId: "1", runName: undefined, tags: {} };
const TIMEOUT = 2_000;

const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

const credential = { headers: { Authorization: new Secret("Bearer good") } };
const good = boundAuth("good", () => credential);
const extra = { "x-good": "1" };
const patient = <T extends object>(bound: T) => ({ ...bound, timeout: TIMEOUT });

function shown(authorization: AuthorizedHeaders | undefined): Record<string, string> {
  return Object.fromEntries(
    (authorization?.headers ?? []).map(([name, value]) => [name, isSecret(value) ? value.reveal() : value]),
  );
}

type Setup = ReturnType<typeof authorizerOver>;

/**
 * What came of asking a authorizer in which one plugin misbehaves. A server beside it is answered at once, and whoever asked is by the
 * time-out of the instance.
 */
async function outcome<T>(
  listed: Listed,
  ask: (setup: Setup) => T | Promise<T>,
): Promise<{ value?: T; log: LogLine[] }> {
  const setup = authorizerOver([listed, { uri: other, auth: [good] }]);
  const asked = Promise.allSettled([(async () => await ask(setup))()]);
  assert.equal(shown(await setup.authorizer.authorize({ url: other, method: "GET" })), {
    Authorization: "Bearer good",
  });
  await setup.clock.advance(TIMEOUT);
  assert.is(setup.clock.pending, 0, "somebody still waits");
  const [result] = await asked;
  if (result?.status === "rejected")
    throw Object.assign(new Error("refused"), { thrown: result.reason, log: setup.log });
  return { value: result?.value as T, log: setup.log };
}

/** The attempt fails with an error of ours that names the plugin, and neither it nor the log reveals anything. */
async function refused(attempt: Promise<object>, secret: string): Promise<void> {
  const failure = await attempt.catch((reason) => reason as { thrown: unknown; log: LogLine[] });
  assert.ok(failure instanceof Error, "it passed");
  const { thrown, log } = failure as Error & { thrown: unknown; log: LogLine[] };
  assert.ok(isMlflowAuthError(thrown), inspect(thrown));
  assert.is(thrown.plugin, "bad", thrown.message);
  silent([thrown, log], secret);
}

function silent(things: unknown, secret: string): void {
  const text = `${inspect(things, { depth: 20, showHidden: true })}\n${JSON.stringify(things)}`;
  assert.is(revealedBy(text, secret), undefined, text.replaceAll(secret, "…"));
}

const authorize = ({ authorizer }: Setup) => authorizer.authorize(request);
const resolve = ({ authorizer }: Setup) => authorizer.tags(authorizer.serverFor(request.url) as ServerConfig, run);

/** A method that gives a thing at once, and one that promises it. */
function giving(things: Record<string, (secret: string) => unknown>): Record<string, (secret: string) => Method> {
  return Object.fromEntries(
    Object.entries(things).flatMap(([name, make]) => [
      [`gives ${name}`, (secret: string) => () => make(secret)],
      [`promises ${name}`, (secret: string) => async () => make(secret)],
    ]),
  );
}

const headersOf = (make: (secret: string) => unknown) => (secret: string) => ({ headers: make(secret) });
const wrapped = Object.fromEntries(
  Object.entries(rubbishHeaders).map(([name, make]) => [`${name} for headers`, headersOf(make)]),
);

for (const [what, make] of Object.entries({ ...misbehaviours, ...giving({ ...rubbishAuth, ...wrapped }) })) {
  test(`a provider of credentials that ${what}: the request fails, and with another provider it passes`, async () => {
    const secret = canary();
    const bad = patient(boundAuth("bad", make(secret) as never));
    await refused(outcome({ uri, auth: [bad] }, authorize), secret);
    const { value, log } = await outcome({ uri, auth: [bad, good] }, authorize);
    assert.equal(shown(value), { Authorization: "Bearer good" });
    silent(log, secret);
  });
}

for (const [what, make] of Object.entries({ ...misbehaviours, ...giving(rubbishHeaders) })) {
  test(`a provider of headers that ${what}: the request fails, or goes without them where that is allowed`, async () => {
    const secret = canary();
    const bound = (optional: boolean) => patient(boundHeaders("bad", make(secret) as never, optional));
    const neighbour = boundHeaders("good", () => extra);
    await refused(outcome({ uri, auth: [good], headers: [bound(false), neighbour] }, authorize), secret);
    const { value, log } = await outcome({ uri, auth: [good], headers: [bound(true), neighbour] }, authorize);
    assert.equal(shown(value), { Authorization: "Bearer good", "x-good": "1" });
    assert.match(log[0]?.message ?? "", /^plugin bad .*optional$/);
    silent(log, secret);
  });
}

for (const [what, make] of Object.entries({ ...misbehaviours, ...giving(rubbishTags) })) {
  test(`a provider of tags that ${what}: no run is created, or without them where that is allowed`, async () => {
    const secret = canary();
    const bound = (optional: boolean) => patient(boundTags("bad", make(secret) as never, optional));
    const neighbour = boundTags("good", () => ({ team: "a" }));
    await refused(outcome({ uri, tags: [bound(false), neighbour] }, resolve), secret);
    const { value, log } = await outcome({ uri, tags: [bound(true), neighbour] }, resolve);
    assert.equal({ ...value?.tags }, { team: "a" });
    silent(log, secret);
  });
}

for (const [what, make] of Object.entries(misbehaviours)) {
  // Of an answer to a question it counts only whether it is true.
  if (what.includes("an object whose properties")) continue;
  test(`a provider that, asked whether it is in context, ${what}`, async () => {
    const secret = canary();
    const inContext = make(secret) as () => boolean;
    const headers = patient({
      ...boundHeaders("bad", () => extra),
      provider: { inContext, requestHeaders: () => extra },
    });
    const tags = patient({ ...boundTags("bad", () => extra), provider: { inContext, tags: () => extra } });
    await refused(outcome({ uri, auth: [good], headers: [headers] }, authorize), secret);
    await refused(outcome({ uri, tags: [tags] }, resolve), secret);
    // A run that can't be created keeps nothing else.
    assert.equal(shown((await outcome({ uri, auth: [good], tags: [tags] }, authorize)).value), {
      Authorization: "Bearer good",
    });
  });

  test(`a provider that, told of a rejection, ${what}: nobody waits longer than its time-out, and the answer is passed on`, async () => {
    const secret = canary();
    const stale = { headers: { Authorization: new Secret(secret) } };
    const bound = patient(boundAuth("bad", () => stale, make(secret) as () => void));
    const refuse = async ({ authorizer }: Setup) => {
      const sent = (await authorizer.authorize(request)) as AuthorizedHeaders;
      return await Promise.all([1, 2, 3].map(() => authorizer.rejected(sent, { kind: "unauthorized" }, request)));
    };
    const { value, log } = await outcome({ uri, auth: [bound] }, refuse);
    assert.equal(value, [undefined, undefined, undefined]);
    assert.is(log.length, 1);
    silent(log, secret);
  });
}

test("a provider that changes the request it is asked about changes it for nobody else", async () => {
  const seen: string[] = [];
  const meddle = (asked: ProviderRequest) => {
    asked.url.host = "evil.test";
    asked.url.searchParams.set("token", "x");
    for (const [name, value] of Object.entries({ url: new URL(other), method: "DELETE", server: { uri: other } })) {
      assert.throws(() => Object.assign(asked, { [name]: value }));
    }
  };
  const bound = {
    auth: [
      boundAuth("bad", (asked) => {
        meddle(asked);
        return credential;
      }),
    ],
    headers: [
      boundHeaders("good", ({ url, method, server }) => {
        seen.push(`${method} ${url} ${server.uri}`);
        return extra;
      }),
    ],
  };
  const { value } = await outcome({ uri, ...bound }, authorize);
  assert.is(value?.server.uri, uri);
  assert.equal(seen, [`GET ${request.url} ${uri}`]);
});

for (const late of ["answer", "failure"]) {
  test(`a late ${late} is nobody's: the caller was told of the time-out, and the next one is asked anew`, async () => {
    const calls: { resolve: (value: typeof credential) => void; reject: (reason: unknown) => void }[] = [];
    const slow = () => new Promise<typeof credential>((resolve, reject) => void calls.push({ resolve, reject }));
    const setup = authorizerOver([{ uri, auth: [patient(boundAuth("bad", slow))] }]);
    const first = Promise.allSettled([setup.authorizer.authorize(request)]);
    await setup.clock.advance(TIMEOUT);
    const [told] = await first;
    assert.is(told?.status === "rejected" && told.reason.code, "PLUGIN_TIMEOUT");
    const second = setup.authorizer.authorize(request);
    if (late === "answer") calls[0]?.resolve({ headers: { Authorization: new Secret("Bearer late") } });
    else calls[0]?.reject(new Error("late"));
    await setup.clock.advance(1);
    calls[1]?.resolve(credential);
    assert.equal(shown(await second), { Authorization: "Bearer good" });
  });
}

test("no failure of a plugin is left to the process to handle", async () => {
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(unhandled, []);
});

test.run();
