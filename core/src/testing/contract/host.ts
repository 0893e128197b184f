/** The provider under test as core itself runs it, and how long it may take. */
import assert from "node:assert/strict";
import type { ServerConfig } from "../../config/config.js";
import { type BoundProvider, isPromise } from "../../pipeline/ask-provider.js";
import type { AuthorizedHeaders } from "../../pipeline/compose.js";
import { createAuthorizer, type ServerProviders } from "../../pipeline/create-authorizer.js";
import { heldClock } from "../../time/clock.js";
import { formatDuration } from "../../time/duration.js";
import { type TestContext, testRequest } from "../test-context.js";

/** Milliseconds for one answer of a provider, on the context's clock: more than the 15 s of real requests is nobody's to wait. */
const TIMEOUT = 3_600_000;

/** What core sends with a request where these are the providers of its server. @throws MlflowAuthError where core refuses it */
export async function authorizedBy(
  given: Partial<Pick<ServerProviders, "auth" | "headers" | "tags">>,
  context: TestContext,
): Promise<AuthorizedHeaders> {
  const { server, url, method } = testRequest();
  const names = (list: readonly { instance: string }[] = []) => list.map(({ instance }) => instance);
  const { auth = [], headers = [], tags = [] } = given;
  const listed: ServerConfig = {
    uri: server.uri,
    auth: names(auth),
    headers: names(headers),
    tags: names(tags),
    allowInsecure: false,
  };
  const authorizer = createAuthorizer({
    config: { servers: [listed], instances: [], warnings: [] } as never,
    servers: [{ server: listed, auth, headers, tags }],
    clock: heldClock(context.clock),
    logger: context.logger,
  });
  return (await authorizer.authorize({ url: url.href, method })) as AuthorizedHeaders;
}

/** The provider in its place. */
export function bound<Provider>(provider: Provider, { instance }: TestContext): BoundProvider<Provider> {
  return { instance, provider, timeout: TIMEOUT, optional: false };
}

/** Milliseconds of real time that a provider gets for its input and output before the context's clock moves on by as much again. */
const MOMENT = 20;
const STEP = 100;

/** The outcome of something that may wait on the context's clock, as for its next try. That clock moves on while it does. */
export async function settled<T>(answer: T | PromiseLike<T>, { clock }: TestContext): Promise<T> {
  let isOver = false;
  // Unref'd, for what never settles must not keep the tests from their end; `withinTime` tells of it.
  const move = () => setTimeout(() => void (isOver || clock.advance(STEP).then(move)), MOMENT).unref();
  const timer = isPromise(answer) ? move() : undefined;
  try {
    return await answer;
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}

/**
 * Fails where a case does not end: most test runners would only say so of the whole file.
 *
 * @param limit milliseconds of real time
 */
export async function withinTime(limit: number, run: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    const message = `this did not end within ${formatDuration(limit)}: the provider waits for a promise that nobody settles, or for a timer that is not of context.clock`;
    timer = setTimeout(() => reject(new assert.AssertionError({ message })), limit);
  });
  try {
    await Promise.race([run(), over]);
  } finally {
    clearTimeout(timer);
  }
}
