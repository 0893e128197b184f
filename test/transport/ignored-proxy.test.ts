import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { isMlflowAuthError, loadMlflowAuth } from "@mlflow-auth/core";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createSite, type Site } from "./site.ts";

const test = suite("ALL_PROXY, which is not followed, on the way to a secret store");

let site: Site;
test.before(async () => {
  site = await createSite();
});
test.after(() => site.stop());

/** At names that no resolver knows. Azure's vaults have names of Azure's alone. */
const stores = {
  vault: {
    address: "https://vault.invalid",
    auth: { method: "token", token: { env: "KEY" } },
    secret: { path: "a/b" },
  },
  aws: { endpoint: "https://aws.invalid", region: "eu-central-1", secret: { id: "a" } },
  descope: { projectId: "P2abc", baseUrl: "https://descope.invalid", accessKey: { env: "KEY" } },
};

/** Finds the plugins among the dependencies of the tests. */
const cwd = fileURLToPath(new URL("..", import.meta.url));

/** How a request fails, and what is warned of meanwhile. */
async function failure(store: keyof typeof stores, given: Record<string, string>) {
  const config = { version: 1, trackingUri: site.server.origin, plugins: { [store]: stores[store] } };
  const warnings: string[] = [];
  const logger = { debug() {}, info() {}, warn: (_: object, text: string) => warnings.push(text), error() {} };
  const key = randomUUID();
  const env = { KEY: key, AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: key, HOME: site.project.folder, ...given };
  const auth = await loadMlflowAuth({ config: config as never, cwd, env, logger });
  try {
    await auth.headers(site.server.origin);
    throw new Error("there were headers");
  } catch (thrown) {
    if (!isMlflowAuthError(thrown)) throw thrown;
    return { code: thrown.code, message: thrown.message, told: warnings.filter((text) => text.includes("ALL_PROXY")) };
  } finally {
    await auth.close();
  }
}

for (const store of Object.keys(stores) as (keyof typeof stores)[]) {
  test(`${store}: one warning says so, and the error of a connection that fails`, async () => {
    const { code, message, told } = await failure(store, { ALL_PROXY: "socks5h://proxy.invalid:1080" });
    assert.is(code, "SECRET_UNREACHABLE");
    assert.match(message, "ALL_PROXY names a proxy and is not followed");
    assert.is(told.length, 1, told.join("\n"));
    assert.match(
      told[0] as string,
      new RegExp(
        `requests of plugin ${store} to https://\\w+\\.invalid go there directly\\. Try this: set HTTPS_PROXY`,
      ),
    );
  });
}

test("where NO_PROXY lists the store, nothing is said", async () => {
  const { message, told } = await failure("vault", { ALL_PROXY: "socks5h://proxy.invalid:1080", NO_PROXY: ".invalid" });
  assert.not.match(message, "ALL_PROXY");
  assert.equal(told, []);
});

test.run();
