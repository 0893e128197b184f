import type { ServerResponse } from "node:http";
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { Agent, Dispatcher1Wrapper } from "undici";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { Secret } from "../../src/secret/secret.js";
import { type Clock, systemClock } from "../../src/time/clock.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { type EchoServer, echoServer } from "../connection/echo-server.js";
import { authorizerOver, boundAuth, boundHeaders, type Listed } from "../pipeline/authorizer-fixture.js";

type Interceptor = ReturnType<typeof createInterceptor>;

/** A server that wants the current token, and a client whose secret store can be rotated. */
export async function rotating(
  refuse: (response: ServerResponse) => unknown = (response) => response.writeHead(401).end("who are you?"),
  clock: Clock = systemClock,
) {
  const state = { accepted: "Bearer 1", stored: "Bearer 1", fetches: 0 };
  let cached: { headers: { Authorization: Secret } } | undefined;
  const bound = boundAuth(
    "store",
    async () => {
      if (cached === undefined) {
        state.fetches++;
        cached = { headers: { Authorization: new Secret(state.stored) } };
      }
      return cached;
    },
    () => {
      cached = undefined;
    },
  );
  const server = await echoServer((seen, response) => {
    if (seen.headers.authorization === state.accepted) response.end(seen.body);
    else refuse(response);
  });
  const { authorizer } = authorizerOver([{ uri: server.origin, auth: [bound] }]);
  const agent = new Agent();
  return { state, server, authorizer, agent, dispatcher: agent.compose(createInterceptor(authorizer, { clock })) };
}

/** A client of a listed server, whose interceptor adds a credential and another header below `/base`. */
export async function withClient<T>(
  listed: EchoServer,
  run: (dispatcher: Agent, interceptor: Interceptor) => Promise<T>,
): Promise<T> {
  const auth = { headers: { Authorization: new Secret("Bearer ours") } };
  const extra = { "X-Extra": "theirs too" };
  const { authorizer } = authorizerOver([
    { uri: `${listed.origin}/base`, auth: [boundAuth("a", () => auth)], headers: [boundHeaders("h", () => extra)] },
  ]);
  const agent = new Agent();
  try {
    const interceptor = createInterceptor(authorizer);
    return await run(agent.compose(interceptor) as unknown as Agent, interceptor);
  } finally {
    await agent.close();
    await listed.close();
  }
}

/** undici with the interceptor, over providers that stand in the test. */
export function clientOf(listed: Listed[], clock?: Parameters<typeof authorizerOver>[1]) {
  const opened = authorizerOver(listed, clock);
  const agent = new Agent();
  closeAfterwards(() => agent.close());
  return { ...opened, dispatcher: agent.compose(createInterceptor(opened.authorizer)) };
}

/** The built-in fetch through a dispatcher of undici 8. */
export const fetchWith = (dispatcher: unknown, url: string, init: object = {}) =>
  fetch(url, { ...init, dispatcher: new Dispatcher1Wrapper(dispatcher as Agent) } as unknown as RequestInit);

/** What a request failed with: `CODE: message` of an error of ours, also of one that fetch wraps; any other as a text. */
export async function failure(sent: Promise<unknown>): Promise<string> {
  const thrown = await sent.then(
    () => {
      throw new Error("it was answered");
    },
    (error) => (isMlflowAuthError(error) ? error : (error.cause ?? error)),
  );
  return isMlflowAuthError(thrown) ? `${thrown.code}: ${thrown.message}` : String(thrown);
}
