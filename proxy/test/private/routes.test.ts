import type { MlflowAuthError, OpenedAuthorizer, ServerConfig } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startProxy } from "../../src/index.js";
import { createRoutes } from "../../src/private/routes.js";

const test = suite("which path of the proxy stands for which URL");

const server = (uri: string): ServerConfig => ({ uri, auth: [], headers: [], tags: [], allowInsecure: false });
const base = server("https://mlflow.test/base");
const root = server("https://mlflow.test");

/** An authorizer that lists a server and one below a base path of it. */
const authorizer = {
  serverFor: (url: string) =>
    url.startsWith(`${base.uri}/`) || url === base.uri ? base : url.startsWith(`${root.uri}/`) ? root : undefined,
} as OpenedAuthorizer;

test("a neighbour whose name begins as the base does is not below it", () => {
  const { pathFor } = createRoutes(authorizer, base.uri);
  assert.is(pathFor("https://mlflow.test/base"), "");
  assert.is(pathFor("https://mlflow.test/base/x?y#z"), "/x?y#z");
  assert.is(pathFor("https://mlflow.test/basement/x"), "/~https:mlflow.test/basement/x");
  assert.is(pathFor("https://mlflow.test/other"), "/~https:mlflow.test/other");
  assert.is(pathFor("https://elsewhere.test/base"), undefined);
});

test("a proxy whose upstream is not listed does not start", async () => {
  const log = () => undefined;
  const logger = { debug: log, info: log, warn: log, error: log };
  const options = { authorizer, upstream: "https://elsewhere.test", logger, token: undefined };
  const code = await startProxy(options).then(
    async (proxy) => {
      await proxy.close();
      return "it started";
    },
    (error: MlflowAuthError) => error.code,
  );
  assert.is(code, "DESTINATION_UNLISTED");
});

test.run();
