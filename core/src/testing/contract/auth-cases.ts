import assert from "node:assert/strict";
import { codes } from "../../errors/codes.js";
import { isMlflowAuthError, type MlflowAuthError } from "../../errors/mlflow-auth-error.js";
import { type Auth, anonymous } from "../../provider/provider.js";
import { isSecret } from "../../secret/secret.js";
import { revealedBy } from "../canary.js";
import { testRequest } from "../test-context.js";
import { letTimePass, letTimePassAfterwards } from "./background.js";
import { checkSecrets, checkSilence } from "./checks.js";
import { authorizedBy, bound, settled } from "./host.js";
import type { AuthSetup } from "./setup.js";
import { checkEnd, checkSurroundings, ENDED_ALREADY, watchSurroundings } from "./surroundings.js";

/** Milliseconds after which the cache asks a backend again that has failed once. */
const AFTER_BACKOFF = 60_000;

/** What an auth provider has to keep to, by name. */
export const authCases: Readonly<Record<string, (setup: AuthSetup) => Promise<void>>> = {
  "making the provider asks nobody for anything": async ({ backend }) => {
    assert.equal(backend.fetches(), 0, "the factory fetched the credential; leave that to the first getAuth");
  },

  "getAuth gives headers that core sends, and the credential in them is a Secret": async (setup) => {
    const { provider, context, canaries } = setup;
    const { headers } = await credential(setup);
    // What core refuses here is told in its own words.
    await authorizedBy({ auth: [bound(provider, context)] }, context);
    checkSecrets(headers, canaries);
    const secrets = Object.values(headers).filter(isSecret);
    // What signs may have nothing to send beside its signatures.
    assert.ok(secrets.length > 0 || provider.signRequest !== undefined, "no header's value is a Secret");
  },

  "it takes the environment, HTTP and the time from its context": async (setup) => {
    const surroundings = watchSurroundings(setup.context);
    try {
      const auth = await credential(setup);
      checkEnd(auth.expiresAt, setup.context);
      checkSurroundings(surroundings, [texts(auth)]);
    } finally {
      surroundings.restore();
    }
  },

  "while the credential is good, getAuth answers at once with the same object": async (setup) => {
    const first = await credential(setup);
    const second = setup.provider.getAuth(testRequest());
    assert.ok(!(second instanceof Promise), "the second getAuth gave a promise");
    assert.equal(second === first, true, "the second getAuth gave another object");
    assert.equal(setup.backend.fetches(), 1, "the backend was asked more than once");
  },

  "a thousand callers at once make one fetch": async (setup) => {
    const all = await Promise.all(Array.from({ length: 1000 }, () => credential(setup)));
    assert.equal(setup.backend.fetches(), 1, `${setup.backend.fetches()} fetches`);
    assert.equal(new Set(all).size, 1, "the callers got different objects");
  },

  "after invalidate the next getAuth brings the rotated credential": async (setup) => {
    const auth = await credential(setup);
    const before = texts(auth);
    await setup.backend.rotate();
    await setup.provider.invalidate("unauthorized", { request: testRequest(), auth });
    const after = texts(await credential(setup));
    assert.equal(setup.backend.fetches(), 2, `${setup.backend.fetches()} fetches`);
    assert.ok(before !== after, "it still gives the old one");
  },

  "an outage is an error that says so, never an answer": async (setup) => {
    await setup.backend.break();
    const error = await failure(setup);
    assert.ok(error.code in codes, `${error.code} is not one of core's codes`);
    assert.equal(error.transient, true, "the error is not marked as transient");
    assert.equal(
      error.plugin,
      setup.context.instance,
      "the error does not name the instance; make it with context.error",
    );
    assert.ok(error.remedy, "the error says not what to do");
    checkSilence(setup, { error });
  },

  "a denial is an error that says so, and neither an outage nor an answer": async (setup) => {
    await setup.backend.deny();
    const error = await failure(setup, "where its backend denies the secret");
    assert.ok(error.code in codes, `${error.code} is not one of core's codes`);
    assert.equal(error.transient, false, "the error is marked as transient: nobody is let in by waiting");
    assert.ok(error.remedy, "the error says not what to do");
    checkSilence(setup, { error });
  },

  "a denial that is over leaves nothing behind": async (setup) => {
    await setup.backend.deny();
    await failure(setup, "where its backend denies the secret");
    await setup.backend.fix();
    await setup.context.clock.advance(AFTER_BACKOFF);
    await credential(setup);
  },

  "after an outage it recovers by itself": async (setup) => {
    await setup.backend.break();
    await failure(setup);
    await setup.backend.fix();
    await setup.context.clock.advance(AFTER_BACKOFF);
    await credential(setup);
  },

  "nothing that it prints, throws or logs holds the credential": async (setup) => {
    const auth = await credential(setup);
    await setup.backend.break();
    await setup.provider.invalidate("unauthorized", { request: testRequest(), auth });
    const error = await failure(setup);
    checkSilence(setup, { auth, error });
  },

  "what it says about the credential is text, and not the credential": async (setup) => {
    const auth = await credential(setup);
    const words = await setup.provider.describe?.(auth);
    if (words === undefined) return;
    assert.equal(typeof words, "string", "describe() gave something else than text");
    checkSilence(setup, { words });
    const sent = Object.values(auth.headers).map((value) => (isSecret(value) ? value.reveal() : value));
    // The credential stands behind a word such as Bearer.
    const given = sent.some((text) => revealedBy(words, text.split(" ").at(-1) as string) !== undefined);
    assert.ok(!given, "describe() gave the credential away");
  },

  "nothing that it does by itself fails, in an outage and after it is closed": async (setup) => {
    const { provider, backend, context } = setup;
    const auth = await credential(setup);
    await backend.break();
    await provider.invalidate("suspected", { request: testRequest(), auth });
    await letTimePass(context);
    await backend.fix();
    await context.clock.advance(AFTER_BACKOFF);
    await credential(setup);
    await provider.close?.();
    await letTimePassAfterwards(context);
  },

  "after close nothing of it waits for its time": async (setup) => {
    const { provider, context } = setup;
    await credential(setup);
    await provider.close?.();
    const { pending } = context.clock;
    const lacks = provider.close === undefined ? "it has no close()" : "close() leaves them";
    assert.equal(pending, 0, `${pending} timers of context.clock are set after the end: ${lacks}`);
  },

  "close may be called twice": async ({ provider }) => {
    await provider.close?.();
    await provider.close?.();
  },
};

async function credential({ provider, context }: AuthSetup): Promise<Auth> {
  try {
    const answer = await settled(provider.getAuth(testRequest()), context);
    assert.ok(answer !== undefined && answer !== anonymous, "getAuth gave no credential");
    return answer;
  } catch (error) {
    // The cache's own words are about the clock of a machine, and here it is the test's.
    if (isMlflowAuthError(error) && error.code === "SECRET_EXPIRED")
      throw new assert.AssertionError({ message: ENDED_ALREADY });
    throw error;
  }
}

async function failure({ provider, context }: AuthSetup, when = "during an outage"): Promise<MlflowAuthError> {
  try {
    await settled(provider.getAuth(testRequest()), context);
  } catch (error) {
    assert.ok(isMlflowAuthError(error), "what it threw is not an MlflowAuthError");
    return error;
  }
  throw new assert.AssertionError({ message: `getAuth answered ${when}` });
}

/** What makes it another credential than another one. */
const texts = ({ headers, id = "" }: Auth) =>
  [id, ...Object.entries(headers).map(([name, value]) => `${name}: ${isSecret(value) ? value.reveal() : value}`)].join(
    "\n",
  );
