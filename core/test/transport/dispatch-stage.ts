/** A server whose requests a plugin answers, or hands on. */
import { closeAfterwards } from "@mlflow-auth/test/suite";
import type { RequestAuthProvider } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { echoServer } from "../connection/echo-server.js";
import { boundAuth } from "../pipeline/authorizer-fixture.js";
import { clientOf } from "./client-fixture.js";

export type Dispatch = NonNullable<RequestAuthProvider["dispatch"]>;

export const auth: RequestAuthProvider["getAuth"] = () => ({ headers: { Authorization: new Secret("Bearer ours") } });

/** A server, and a client whose requests to it go through the plugin `mock`, which has one second for each. */
export async function stage(dispatch: Dispatch, respond?: Parameters<typeof echoServer>[0], getAuth = auth) {
  const server = await echoServer(respond);
  closeAfterwards(() => server.close());
  const bound = boundAuth("mock", getAuth);
  const listed = { ...bound, timeout: 1_000, provider: { ...bound.provider, dispatch } };
  return { server, ...clientOf([{ uri: server.origin, auth: [listed] }]) };
}

/** Lets the event loop turn. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
