import { suite } from "@mlflow-auth/test/suite";
import { Agent, request } from "undici";
import * as assert from "uvu/assert";
import { isMlflowAuthError, loadMlflowAuth, MlflowAuthError } from "../../src/index.js";
import { echoServer } from "../transport/echo-server.js";
import { project } from "./project.js";

const test = suite("library");
const config = (uri: string) => ({ version: 1, trackingUri: uri, plugins: { fixed: { token: "${TOKEN}" } } });

async function code(attempt: () => Promise<unknown>): Promise<string> {
  const thrown = await attempt().then(
    () => undefined,
    (error: unknown) => error,
  );
  return isMlflowAuthError(thrown) ? thrown.code : `not ours: ${String(thrown)}`;
}

test("headers, fetch, the interceptor and the SDK's provider all carry the credential of the file", async () => {
  const { folder, remove } = project({});
  const server = await echoServer();
  const auth = await loadMlflowAuth({ config: config(server.origin), cwd: folder, env: { TOKEN: "abc" } });
  assert.equal(await auth.headers(`${server.origin}/api`), { Authorization: "Bearer abc" });
  assert.equal(await auth.headers(new URL(server.origin)), { Authorization: "Bearer abc" });
  assert.is(await (await auth.fetch(`${server.origin}/fetch`, { method: "POST", body: "sent" })).text(), "sent");
  await (await auth.fetch(new Request(`${server.origin}/request`))).text();
  const agent = new Agent();
  await (await request(`${server.origin}/undici`, { dispatcher: agent.compose(auth.interceptor) })).body.dump();
  const sdk = auth.authProvider();
  assert.is(sdk.getHost(), server.origin);
  assert.equal(await sdk.getHeadersProvider()(), { "Content-Type": "application/json", Authorization: "Bearer abc" });
  assert.equal(
    server.received.map(({ url, headers }) => [url, headers.authorization]),
    [
      ["/fetch", "Bearer abc"],
      ["/request", "Bearer abc"],
      ["/undici", "Bearer abc"],
    ],
  );
  await auth.close();
  await agent.close();
  await server.close();
  remove();
});

test("the file is found from the folder given, or named", async () => {
  const text = 'version: 1\ntrackingUri: https://mlflow.test\nplugins:\n  fixed: { token: "${TOKEN}" }\n';
  const { folder, write, remove } = project({ "mlflow-auth.yaml": text, "deep/down/here.txt": "" });
  const env = { TOKEN: "abc" };
  const found = await loadMlflowAuth({ cwd: `${folder}/deep/down`, env });
  assert.match(found.config.file as string, /mlflow-auth\.yaml$/);
  assert.equal(await found.headers("https://mlflow.test/x"), { Authorization: "Bearer abc" });
  const named = write("other.yaml", text.replace("mlflow.test", "other.test"));
  const other = await loadMlflowAuth({ cwd: folder, configFile: named, env });
  assert.equal(await other.headers("https://other.test"), { Authorization: "Bearer abc" });
  await found.close();
  await other.close();
  remove();
});

test("what can't be done is an error with a code, and never a request without its credential", async () => {
  const { folder, remove } = project({});
  const server = await echoServer();
  const load = (value: Record<string, unknown>, env: Record<string, string> = {}) =>
    loadMlflowAuth({ config: value, cwd: folder, env });
  assert.is(
    await code(() => load({ version: 1, trackingUri: "https://mlflow.test", plugins: { fixed: {} } })),
    "CONFIG_INVALID",
  );
  assert.is(await code(() => load(config(server.origin))), "CONFIG_INVALID");
  assert.is(await code(() => loadMlflowAuth({ cwd: "/", env: {} })), "CONFIG_NOT_FOUND");

  const missing = { ...config(server.origin), plugins: { fixed: { token: { env: "NOT_SET" } } } };
  const auth = await load(missing);
  assert.is(await code(() => auth.headers(server.origin)), "SECRET_SOURCE");
  assert.is(await code(() => auth.fetch(server.origin)), "SECRET_SOURCE");
  assert.is(await code(() => auth.headers("https://unlisted.test")), "DESTINATION_UNLISTED");
  assert.is(server.received.length, 0);
  await auth.close();
  await server.close();
  remove();
});

test("a secret file that changes is read again", async () => {
  const { folder, write, remove } = project({ "run/token": "first\n" });
  const value = {
    version: 1,
    trackingUri: "https://mlflow.test",
    plugins: { fixed: { token: { file: "run/token" } } },
  };
  const auth = await loadMlflowAuth({ config: value, cwd: folder, env: {} });
  assert.equal(await auth.headers("https://mlflow.test"), { Authorization: "Bearer first" });
  write("run/token", "second");
  assert.equal(await auth.headers("https://mlflow.test"), { Authorization: "Bearer second" });
  await auth.close();
  remove();
});

test("an error is recognised across copies of the package", () => {
  assert.ok(isMlflowAuthError(new MlflowAuthError("USAGE", "x")));
  assert.ok(isMlflowAuthError(Object.defineProperty(new Error("y"), Symbol.for("mlflow-auth.error"), { value: true })));
  assert.not.ok(isMlflowAuthError(new Error("z")));
});

test.run();
