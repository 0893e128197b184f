import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { suite } from "@mlflow-auth/test/suite";
import { Agent, getGlobalDispatcher, MockAgent, request, setGlobalDispatcher } from "undici";
import * as assert from "uvu/assert";
import { isMlflowAuthError, loadMlflowAuth, MlflowAuthError } from "../../src/index.js";
import { echoServer } from "../connection/echo-server.js";
import { project } from "./project.js";
import { installTagger } from "./tag-plugin.js";

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
  // The SDK appends to it.
  assert.is(auth.authProvider(`${server.origin}/`).getHost(), server.origin);
  assert.is((await auth.headers(`${server.origin}//api/2.0/mlflow/runs/get`))["Authorization"], "Bearer abc");
  await auth.tags(`${server.origin}//api/2.0/mlflow/runs/create`);
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

test("below the AI gateway, headers(url) gives what the file names a header for, and nothing that could leak", async () => {
  const { folder, remove } = project({});
  const server = await echoServer((seen, response) => response.end(seen.url === "/version" ? "3.17.2" : "{}"));
  const load = (more: object) =>
    loadMlflowAuth({ config: { ...config(server.origin), ...more }, cwd: folder, env: { TOKEN: "abc" } });
  const url = `${server.origin}/gateway/mlflow/v1/models`;
  const auth = await load({});
  for (const attempt of [() => auth.headers(url), () => auth.authProvider(url).getHeadersProvider()()]) {
    const error = await attempt().then(
      () => undefined,
      (thrown: unknown) => thrown as MlflowAuthError,
    );
    assert.is(error?.code, "GATEWAY_CREDENTIAL");
    assert.match(error?.remedy ?? "", /^send the request with the library's `fetch`.*`gateway: \{ header: NAME \}`/);
  }
  assert.equal(server.received, []);
  await (await auth.fetch(url)).text();
  await (await auth.fetch(url, { headers: { "X-Api-Key": "theirs" } })).text();
  assert.equal(
    server.received
      .slice(1)
      .map(({ headers }) => [headers.authorization, headers["x-mlflow-authorization"], headers["x-api-key"]]),
    [
      ["Bearer abc", undefined, undefined],
      [undefined, "Bearer abc", "theirs"],
    ],
  );
  const named = await load({ gateway: { header: "X-Front" } });
  assert.equal(await named.headers(url), { "X-Front": "Bearer abc" });
  assert.equal(await named.headers(server.origin), { Authorization: "Bearer abc" });
  const none = await load({ auth: [] });
  assert.equal(await none.headers(url), {});
  await Promise.all([auth.close(), named.close(), none.close(), server.close()]);
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

test("run tags are told for a server, and added to the runs that fetch and undici create", async () => {
  const { folder, write, remove } = project({});
  installTagger({ folder, write });
  const file = write("tags.json", '{"team":"a"}');
  const server = await echoServer();
  const plugins = { fixed: { token: "${TOKEN}" }, tagger: { file } };
  const one = { version: 1, trackingUri: server.origin, plugins };
  const auth = await loadMlflowAuth({ config: one, cwd: folder, env: { TOKEN: "abc" } });
  const given = { team: "a", "run.experiment": "undefined", "run.name": "undefined" };
  assert.equal(await auth.tags(), given);
  assert.equal(await auth.tags(new URL(`${server.origin}/any`)), given);
  assert.is(await code(() => auth.tags("https://unlisted.test")), "DESTINATION_UNLISTED");
  assert.is(await code(() => auth.tags(`${server.origin}/a/..%00/b`)), "PATH_MISLEADING");

  const url = `${server.origin}/api/2.0/mlflow/runs/create`;
  const body = '{"experiment_id":"7","tags":[]}';
  const tags = [
    { key: "team", value: "a" },
    { key: "run.experiment", value: "7" },
    { key: "run.name", value: "undefined" },
  ];
  const tagged = body.replace("[]", JSON.stringify(tags));
  assert.is(await (await auth.fetch(url, { method: "POST", body })).text(), tagged);
  const agent = new Agent();
  const answer = await request(url, { dispatcher: agent.compose(auth.interceptor), method: "POST", body });
  assert.is(await answer.body.text(), tagged);

  write("tags.json", "down");
  assert.is(await code(() => auth.tags()), "SECRET_UNREACHABLE");
  assert.is(await code(() => auth.fetch(url, { method: "POST", body })), "SECRET_UNREACHABLE");
  assert.equal(await auth.headers(url), { Authorization: "Bearer abc" });
  const several = { version: 1, servers: [{ uri: server.origin, tags: [] }, { uri: "https://b.test" }], plugins };
  const two = await loadMlflowAuth({ config: several, cwd: folder, env: { TOKEN: "abc" } });
  assert.is(await code(() => two.tags()), "SERVER_AMBIGUOUS");
  assert.equal(await two.tags(server.origin), {});
  await Promise.all([auth.close(), two.close(), agent.close()]);
  await server.close();
  remove();
});

test("fetch reads init as the standard does, and refuses to go through a fetch that would go bare", async () => {
  const { folder, remove } = project({});
  const server = await echoServer();
  const auth = await loadMlflowAuth({ config: config(server.origin), cwd: folder, env: { TOKEN: "abc" } });
  const init = new Request(server.origin, { method: "POST", body: "from a Request" });
  assert.is(await (await auth.fetch(`${server.origin}/x`, init)).text(), "from a Request");
  await (await auth.fetch(server.origin, { method: "POST", body: "text" })).text();
  assert.is(server.received[1]?.headers["content-length"], "4");
  const real = globalThis.fetch;
  globalThis.fetch = (async () => new Response("replaced")) as typeof fetch;
  try {
    assert.is(await code(() => auth.fetch(server.origin)), "FETCH_REPLACED");
  } finally {
    globalThis.fetch = real;
  }
  assert.is(server.received.length, 2);
  await auth.close();
  await server.close();
  remove();
});

test("fetch is aborted by the caller's signal, also once garbage has been collected", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const { folder, remove } = project({});
  const asked = Promise.withResolvers<void>();
  const server = await echoServer(() => asked.resolve());
  const auth = await loadMlflowAuth({ config: config(server.origin), cwd: folder, env: { TOKEN: "abc" } });
  for (const input of ["a URL", "a Request"]) {
    const controller = new AbortController();
    const { signal } = controller;
    const url = `${server.origin}/x`;
    const answer = input === "a URL" ? auth.fetch(url, { signal }) : auth.fetch(new Request(url, { signal }));
    await asked.promise;
    for (let turn = 0; turn < 5; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
    }
    controller.abort();
    assert.is(
      await answer.then(
        () => "answered",
        ({ name }) => name,
      ),
      "AbortError",
      input,
    );
  }
  await auth.close();
  await server.close();
  remove();
});

test("fetch goes through the dispatcher that the program chose, globally or for the call", async () => {
  const { folder, remove } = project({});
  const auth = await loadMlflowAuth({ config: config("http://127.0.0.1:5999"), cwd: folder, env: { TOKEN: "abc" } });
  const before = getGlobalDispatcher();
  for (const how of ["global", "call"]) {
    const mock = new MockAgent();
    mock.disableNetConnect();
    const seen: unknown[] = [];
    for (const origin of ["http://127.0.0.1:5999", "http://unlisted.test"]) {
      mock
        .get(origin)
        .intercept({ path: "/x" })
        .reply(200, ({ headers }) => {
          seen.push(new Headers(headers as Record<string, string>).get("authorization"));
          return "mocked";
        });
    }
    if (how === "global") setGlobalDispatcher(mock);
    const init = (how === "call" ? { dispatcher: mock } : {}) as RequestInit;
    assert.is(await (await auth.fetch("http://127.0.0.1:5999/x", init)).text(), "mocked", how);
    assert.is(await (await auth.fetch("http://unlisted.test/x", init)).text(), "mocked", how);
    assert.equal(seen, ["Bearer abc", null], how);
    setGlobalDispatcher(before);
    await mock.close();
  }
  await auth.close();
  remove();
});

test("an error is recognised across copies of the package", () => {
  assert.ok(isMlflowAuthError(new MlflowAuthError("USAGE", "x")));
  assert.ok(isMlflowAuthError(Object.defineProperty(new Error("y"), Symbol.for("mlflow-auth.error"), { value: true })));
  assert.not.ok(isMlflowAuthError(new Error("z")));
});

test.run();
