import { loadMlflowAuth } from "@mlflow-auth/core";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type EchoServer, echoServer } from "../../core/test/connection/echo-server.ts";
import { createProject, type Project } from "../../proxy/test/project.ts";
import { callBy, ways } from "./ways.ts";

const test = suite("a plugin that answers that no credential is meant");

let project: Project;
let server: EchoServer;
/** The server takes no credential any more, and the plugin answers anonymous from then on. */
let rotated = false;

test.beforeEach(async () => {
  project = createProject();
  rotated = false;
  server = await echoServer((_, response) => {
    if (rotated) project.setCredential("anonymous");
    response.writeHead(rotated ? 401 : 200, rotated ? { "WWW-Authenticate": "Bearer" } : {}).end("answered");
  });
});
test.afterEach(async () => {
  await server.close();
  project.remove();
});

/** @param contents what the plugins `a`, `b` … find, in the order in which they are asked */
function configure(contents: readonly string[], fields: object = {}): void {
  const names = contents.map((_, index) => "ab"[index] as string);
  for (const [index, name] of names.entries()) project.write(name, contents[index] as string);
  const first = { plugin: "test", ...project.options };
  const plugins = Object.fromEntries(
    names.map((name, index) => [name, index === 0 ? first : { plugin: "test", file: `${project.folder}/${name}` }]),
  );
  project.setCredential(contents[0] as string);
  project.write(
    "mlflow-auth.yaml",
    JSON.stringify({ version: 1, trackingUri: server.origin, auth: names, ...fields, plugins }),
  );
}

const call = (way: string) => callBy(way, { uri: server.origin, folder: project.folder, env: {} });
const sent = () => server.received.map(({ headers }) => headers.authorization ?? "bare");

for (const way of Object.keys(ways)) {
  test(`${way}: at the first request nothing is sent, and the way out is told`, async () => {
    configure(["anonymous"]);
    const { status, told } = await call(way);
    assert.is.not(status, 200);
    assert.match(told, /ANONYMOUS_REFUSED/);
    assert.match(told, /anonymous: allowed/);
    assert.equal(sent(), []);
  });

  test(`${way}: after a rejection nothing is sent bare`, async () => {
    configure(["first"]);
    rotated = true;
    const { status } = await call(way);
    assert.is.not(status, 200);
    assert.equal(sent(), ["Bearer first"]);
  });

  test(`${way}: of several plugins the next one is asked; where none has a credential, nothing is sent`, async () => {
    configure(["anonymous", "second"]);
    assert.is((await call(way)).status, 200);
    assert.equal(sent(), ["Bearer second"]);
    configure(["denied", "anonymous"]);
    const { status, told } = await call(way);
    assert.is.not(status, 200);
    assert.match(told, /AUTH_FAILED/);
    assert.is(sent().length, 1);
  });

  test(`${way}: with the file's word the request goes bare, for that server alone`, async () => {
    configure(["anonymous"], { anonymous: "allowed" });
    assert.is((await call(way)).status, 200);
    assert.equal(sent(), ["bare"]);
  });
}

test("headers(url) gives none where it must not go bare, and an empty set where it may", async () => {
  configure(["anonymous"]);
  const refusing = await loadMlflowAuth({ cwd: project.folder, env: {} });
  const codes = [refusing.headers(server.origin), refusing.authProvider().getHeadersProvider()()].map((given) =>
    given.then(
      () => "given",
      ({ code }: { code: string }) => code,
    ),
  );
  assert.equal(await Promise.all(codes), ["ANONYMOUS_REFUSED", "ANONYMOUS_REFUSED"]);
  await refusing.close();
  configure(["anonymous"], { anonymous: "allowed" });
  const allowing = await loadMlflowAuth({ cwd: project.folder, env: {} });
  assert.equal(await allowing.headers(server.origin), {});
  await allowing.close();
});

test("at a later call of the same process nothing is sent bare, and a credential that comes back is used", async () => {
  configure(["first"]);
  const auth = await loadMlflowAuth({ cwd: project.folder, env: {} });
  const code = () =>
    auth.fetch(server.origin).then(
      ({ status }) => status,
      (thrown: { code: string }) => thrown.code,
    );
  assert.is(await code(), 200);
  rotated = true;
  assert.is(await code(), 401);
  for (const _ of [1, 2]) assert.is(await code(), "ANONYMOUS_REFUSED");
  assert.match(String(await auth.headers(server.origin).catch(({ code }) => code)), /ANONYMOUS_REFUSED/);
  rotated = false;
  project.setCredential("third");
  assert.is(await code(), 200);
  assert.equal(sent(), ["Bearer first", "Bearer first", "Bearer third"]);
  await auth.close();
});

test.run();
