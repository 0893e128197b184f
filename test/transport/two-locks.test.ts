import { loadMlflowAuth } from "@mlflow-auth/core";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type EchoServer, echoServer } from "../../core/test/connection/echo-server.ts";
import { createProject, type Project } from "../../proxy/test/project.ts";
import { callBy, ways } from "./ways.ts";

const test = suite("two locks, one behind the other");

/** What opens them, by the header that carries it. */
const keys = {
  "cf-access-client-id": `id-${Math.random().toString(36).slice(2)}`,
  "cf-access-client-secret": `secret-${Math.random().toString(36).slice(2)}`,
  authorization: `Bearer login-${Math.random().toString(36).slice(2)}`,
};

let project: Project;
let server: EchoServer;
let accepted: Record<string, string>;

test.beforeEach(async () => {
  project = createProject();
  accepted = { ...keys };
  server = await echoServer(({ headers }, response) => {
    const wrong = Object.entries(accepted).find(([name, value]) => headers[name] !== value);
    response.writeHead(wrong === undefined ? 200 : 401).end(wrong?.[0] ?? "fine");
  });
  project.write("id", `CF-Access-Client-Id: ${keys["cf-access-client-id"]}`);
  project.write("secret", `CF-Access-Client-Secret: ${keys["cf-access-client-secret"]}`);
  project.write("login", `Authorization: ${keys.authorization}`);
  configure({ auth: "login", headers: ["id", "secret"] });
});
test.afterEach(async () => {
  await server.close();
  project.remove();
});

function configure(fields: object): void {
  const plugins = Object.fromEntries(
    ["id", "secret", "login"].map((name) => [name, { plugin: "test", file: `${project.folder}/${name}` }]),
  );
  project.write("mlflow-auth.yaml", JSON.stringify({ version: 1, trackingUri: server.origin, ...fields, plugins }));
}

const load = () => loadMlflowAuth({ cwd: project.folder, env: {} });

for (const way of Object.keys(ways)) {
  test(`${way}: the front's pair and MLflow's login go together`, async () => {
    const { status, told } = await callBy(way, { uri: server.origin, folder: project.folder, env: {} });
    assert.is(status, 200, told);
    for (const secret of Object.values(keys)) assert.not.match(told, secret);
  });
}

test("a rejection belongs to the login: it alone is fetched anew", async () => {
  const auth = await load();
  assert.is((await auth.fetch(server.origin)).status, 200);
  accepted["authorization"] = "Bearer rotated";
  project.write("login", "Authorization: Bearer rotated");
  // As long as the front's own are what they were, they are not read again.
  project.write("secret", "CF-Access-Client-Secret: another");
  assert.is((await auth.fetch(server.origin)).status, 200);
  await auth.close();
});

for (const [what, content] of Object.entries({ "can't be had": "denied", "is not meant to be sent": "anonymous" })) {
  test(`where a second credential ${what}, nothing is sent`, async () => {
    project.write("secret", content);
    const auth = await load();
    const code = await auth.headers(server.origin).then(
      () => "sent",
      (thrown: { code?: string }) => thrown.code,
    );
    assert.is(code, content === "denied" ? "SECRET_DENIED" : "ANONYMOUS_REFUSED");
    assert.equal(server.received, []);
    await auth.close();
  });
}

test("with the file's word a second credential may be left out", async () => {
  project.write("secret", "anonymous");
  configure({ auth: "login", headers: ["id", "secret"], anonymous: "allowed" });
  const auth = await load();
  assert.equal(Object.keys(await auth.headers(server.origin)).sort(), ["Authorization", "CF-Access-Client-Id"]);
  await auth.close();
});

test("two for one header are an error that names both", async () => {
  project.write("secret", `CF_Access_Client_Id: ${keys["cf-access-client-id"]}`);
  const auth = await load();
  const thrown = await auth.headers(server.origin).catch((error: { code?: string; message?: string }) => error);
  assert.match(`${thrown["code"]} ${thrown["message"]}`, /HEADER_COLLISION plugins id and secret/);
  await auth.close();
});

test("a front's credential alone leaves the client its own login", async () => {
  configure({ auth: [], headers: ["id", "secret"] });
  const auth = await load();
  const headers = { authorization: keys.authorization, "cf-access-client-id": "mine" };
  assert.is((await auth.fetch(server.origin, { headers })).status, 200);
  await auth.close();
});

test("MLflow's AI gateway, which passes headers on, gets neither: nothing is sent there", async () => {
  const auth = await load();
  const error = await auth.fetch(`${server.origin}/gateway/x`).then(
    () => undefined,
    (thrown: unknown) => thrown as { code: string; message: string },
  );
  assert.is(error?.code, "GATEWAY_CREDENTIAL");
  assert.match(error?.message ?? "", /the credential of id, secret is listed under `headers`/);
  assert.equal(server.received, []);
  await auth.close();
});

test.run();
