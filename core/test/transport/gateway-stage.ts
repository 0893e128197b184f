/** A listed server with an AI gateway, and a client that goes there. */
import { Agent, type Dispatcher, request } from "undici";
import type { Auth, anonymous } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { fakeClock } from "../../src/testing.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { echoServer, type Received } from "../connection/echo-server.js";
import { authorizerOver, boundAuth, type Listed } from "../pipeline/authorizer-fixture.js";

export const CLAUDE = "claude-cli/2.1.0 (external, cli)";
export const ours = (value: string, name = "Authorization"): Auth => ({ headers: { [name]: new Secret(value) } });

export interface StageOptions extends Omit<Listed, "uri"> {
  /** What `/version` answers; undefined: 404. */
  version?: string | undefined;
  basePath?: string;
  getAuth?: () => Auth | typeof anonymous | Promise<Auth>;
  answer?: Parameters<typeof echoServer>[0];
}

/** A listed server with a version, and a client of it. */
export async function stage({ version = "3.17.2", basePath = "/base", getAuth, answer, ...listed }: StageOptions = {}) {
  const auth = ours("Basic ours");
  const server = await echoServer((seen, response) => {
    if (seen.url === `${basePath}/version` && answer === undefined) {
      if (version === "none") response.writeHead(404).end();
      else response.end(version);
    } else if (answer === undefined) response.end("{}");
    else answer(seen, response);
  });
  const clock = fakeClock();
  const { authorizer, log } = authorizerOver(
    [{ uri: server.origin + basePath, auth: [boundAuth("vault", getAuth ?? (() => auth))], ...listed }],
    clock,
  );
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(authorizer, { clock }));
  const send = async (path: string, headers: Record<string, string> = {}, init: object = {}) => {
    const { statusCode, body } = await request(server.origin + basePath + path, {
      dispatcher: dispatcher as Dispatcher,
      headers,
      ...init,
    });
    await body.dump();
    return statusCode;
  };
  const close = async () => {
    await agent.close();
    await server.close();
  };
  const gateway = () => server.received.filter(({ url }) => !url.endsWith("/version"));
  const versions = () => server.received.filter(({ url }) => url.endsWith("/version"));
  return { server, clock, authorizer, dispatcher, agent, send, close, log, gateway, versions };
}

export const keysOf = ({ headers }: Received) =>
  Object.fromEntries(
    ["authorization", "x-api-key", "x-goog-api-key", "api-key", "x-mlflow-authorization", "x-extra", "x-front"].flatMap(
      (name) => (headers[name] === undefined ? [] : [[name, headers[name]]]),
    ),
  );

export async function refused(sent: Promise<unknown>): Promise<{ code: string; message: string; remedy: string }> {
  try {
    await sent;
  } catch (thrown) {
    return thrown as { code: string; message: string; remedy: string };
  }
  throw new Error("it was sent");
}
