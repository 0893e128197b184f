import type { MlflowAuthError, OpenedAuthorizer, ServerConfig } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type ProxyOptions, startProxy } from "../../src/index.js";
import { createRoutes } from "../../src/private/routes.js";

const test = suite("which path of the proxy stands for which URL");

const server = (uri: string): ServerConfig => ({ uri, auth: [], headers: [], tags: [], allowInsecure: false });
const base = server("https://mlflow.test/base");
const root = server("https://mlflow.test");

/** An authorizer that lists a server and one below a base path of it. */
const authorizer = {
  serverFor: (url: string) =>
    url.startsWith(`${base.uri}/`) || url === base.uri ? base : url.startsWith(`${root.uri}/`) ? root : undefined,
  answers: {},
} as unknown as OpenedAuthorizer;

test("a neighbour whose name begins as the base does is not below it", () => {
  const { pathFor } = createRoutes(authorizer, base.uri);
  assert.is(pathFor("https://mlflow.test/base"), "");
  assert.is(pathFor("https://mlflow.test/base/x?y#z"), "/x?y#z");
  assert.is(pathFor("https://mlflow.test/basement/x"), "/~https:mlflow.test/basement/x");
  assert.is(pathFor("https://mlflow.test/other"), "/~https:mlflow.test/other");
  assert.is(pathFor("https://elsewhere.test/base"), undefined);
});

test("only the server itself is at home: not one further in, none beside it, and no other host of its wildcard", () => {
  const { isHome } = createRoutes(authorizer, `${root.uri}/`);
  assert.is(isHome({ origin: "https://mlflow.test", server: root }), true);
  assert.is(isHome({ origin: "https://mlflow.test", server: base }), false);
  const wild = server("https://*.mlflow.test");
  const { isHome: isHomeOfA } = createRoutes(
    { serverFor: () => wild } as unknown as OpenedAuthorizer,
    "https://a.mlflow.test",
  );
  assert.is(isHomeOfA({ origin: "https://a.mlflow.test", server: wild }), true);
  assert.is(isHomeOfA({ origin: "https://b.mlflow.test", server: wild }), false);
});

test("a proxy whose upstream is not listed does not start", async () => {
  const log = () => undefined;
  const logger = { debug: log, info: log, warn: log, error: log };
  const options = { authorizer, upstream: "https://elsewhere.test", logger, token: undefined };
  assert.is(await startOrCode(options), "DESTINATION_UNLISTED");
});

test("a proxy one of whose further addresses can't be had does not start, and leaves none open", async () => {
  const log = () => undefined;
  const logger = { debug: log, info: log, warn: log, error: log };
  const options = {
    authorizer,
    upstream: `${root.uri}/`,
    browsable: [base.uri, "https://elsewhere.test"],
    logger,
    token: undefined,
  };
  assert.is(await startOrCode(options), "DESTINATION_UNLISTED");
});

async function startOrCode(options: ProxyOptions): Promise<string> {
  return await startProxy(options).then(
    async (proxy) => {
      await proxy.close();
      return "it started";
    },
    (error: MlflowAuthError) => error.code,
  );
}

test.run();
