import { suite } from "@mlflow-auth/test/suite";
import { Agent, request } from "undici";
import * as assert from "uvu/assert";
import { compose } from "../../src/pipeline/compose.js";
import { Secret } from "../../src/secret/secret.js";
import { fakeClock } from "../../src/testing.js";
import { ClientCookies, rememberCookies } from "../../src/transport/client-cookies.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { echoServer } from "../connection/echo-server.js";
import { authorizerOver, boundAuth, boundHeaders, serverConfig } from "../pipeline/authorizer-fixture.js";
import { credential, names, withAuth, withClient } from "./bringing-client.js";

const test = suite("cookies that clients bring along");

test("of the client's cookies those pass whose names the server has set", async () => {
  await withClient(
    (uri) => [withAuth(uri)],
    async ({ send, warnings }) => {
      assert.is((await send({ Cookie: "AWSALB=1; session=mine" })).headers.cookie, undefined);
      await send({}, "/?set=AWSALB%3Dx%3B+Path%3D%2F&set=AWSALBCORS%3Dy&set=nameless");
      const all = 'AWSALB=2;  session=mine; AWSALBCORS="3=4"; awsalb=5; nameless; =x';
      assert.is((await send({ Cookie: all })).headers.cookie, 'AWSALB=2; AWSALBCORS="3=4"');
      assert.is((await send({ cookie: ["AWSALB=1", "b=1; AWSALBCORS=2"] })).headers.cookie, "AWSALB=1; AWSALBCORS=2");
      const told = warnings();
      for (const name of ["AWSALB", "session", "awsalb"]) {
        assert.is(told.filter((message) => message.includes(`the cookie ${name} `)).length, 1, name);
      }
      assert.not.match(told.join(), /mine|nameless/);
    },
  );
});

test("no cookie hides behind another one, in a way that some server would read", async () => {
  await withClient(
    (uri) => [withAuth(uri)],
    async ({ send }) => {
      await send({}, "/?set=lb%3D1");
      for (const hidden of [
        "lb=1, session=mine",
        "lb=1 session=mine",
        "lb=1\tsession=mine",
        'lb="1 session=mine"',
        "lb=1,session=mine",
        "$Version=1; session=mine",
        "%6cb=mine",
      ]) {
        assert.is((await send({ Cookie: hidden })).headers.cookie, undefined, hidden);
      }
      for (const plain of ["lb=a,b c", "lb=a==", "lb=1, lb=2"]) {
        assert.is((await send({ Cookie: plain })).headers.cookie, plain);
      }
    },
  );
});

test("a cookie that comes with the answer to a rejected credential, or to the second attempt, is known", async () => {
  let token = 1;
  const auth = boundAuth(
    "a",
    async () => ({ headers: { Authorization: new Secret(`Bearer ${token}`) } }),
    () => {
      token++;
    },
  );
  const server = await echoServer(({ headers }, response) => {
    const isNew = headers.authorization === "Bearer 2";
    response.setHeader("set-cookie", isNew ? "second=1" : "first=1");
    response.writeHead(isNew ? 200 : 401).end();
  });
  const { authorizer } = authorizerOver([{ uri: server.origin, auth: [auth] }]);
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(authorizer));
  for (const headers of [{}, { cookie: "first=1; second=2; third=3" }]) {
    await (await request(server.origin, { dispatcher, headers })).body.dump();
  }
  assert.is(server.received.at(-1)?.headers.cookie, "first=1; second=2");
  await agent.close();
  await server.close();
});

test("what one server sets is no other's, though both have one origin", async () => {
  await withClient(
    (origin) => [withAuth(`${origin}/a`), withAuth(`${origin}/b`)],
    async ({ send }) => {
      await send({}, "/a?set=lb%3D1");
      assert.is((await send({ Cookie: "lb=1" }, "/a")).headers.cookie, "lb=1");
      assert.is((await send({ Cookie: "lb=1" }, "/b")).headers.cookie, undefined);
    },
  );
});

test("what one host of a wildcard sets is no other host's", () => {
  const server = serverConfig("https://*.test");
  const authorized = compose(server, { bound: boundAuth("a", () => credential), auth: credential }, [], fakeClock());
  rememberCookies(authorized, "https://a.test", "lb=1");
  for (const [host, kept] of [
    ["a", "lb=1"],
    ["b", undefined],
  ]) {
    const cookies = new ClientCookies(authorized, `https://${host}.test`, { warnRemoved: () => {} });
    cookies.add("lb=1");
    assert.is(cookies.joined(undefined), kept);
  }
});

test("a server that sets cookies without end is remembered by its last ones", async () => {
  await withClient(
    (uri) => [withAuth(uri)],
    async ({ send }) => {
      const set = (...names: string[]) => send({}, `/?${names.map((name) => `set=${name}%3D1`).join("&")}`);
      const many = (first: number, count: number) => Array.from({ length: count }, (_, index) => `c${first + index}`);
      const long = "l".repeat(129);
      await set("lb");
      await set(...many(0, 90), long);
      await set("lb", ...many(90, 20));
      const { headers } = await send({ Cookie: `lb=1; c0=1; c109=1; ${long}=1` });
      assert.is(headers.cookie, "lb=1; c109=1");
    },
  );
});

test("without a credential of the file all of a client's cookies pass, as they were written", async () => {
  await withClient(
    (uri) => [{ uri, headers: [boundHeaders("h", () => ({ "X-Extra": "e" }))] }],
    async ({ send, warnings }) => {
      const { headers } = await send({ Cookie: "a=1;b; c = 3" });
      assert.is(headers.cookie, "a=1;b; c = 3");
      assert.equal(warnings(), []);
    },
  );
});

test("a credential in a cookie joins those of a load balancer, and takes the place of one of its name", async () => {
  const cookie = { headers: { Cookie: new Secret("session=ours; b=2") } };
  await withClient(
    (uri) => [{ uri, auth: [boundAuth("a", () => cookie)] }],
    async ({ server, send }) => {
      assert.is((await send({})).headers.cookie, "session=ours; b=2");
      await send({}, "/?set=lb%3D1&set=session%3Dtheirs");
      const seen = await send({ Cookie: "lb=1; session=theirs; other=x" });
      assert.is(seen.headers.cookie, "session=ours; b=2; lb=1");
      assert.is(names(seen).filter((name) => /cookie/i.test(name)).length, 1);
      // Some servers end a cookie at a blank or a comma: to them the client's would be the last of that name.
      for (const brought of ["lb=1 session=theirs", "lb=1,session=theirs"]) {
        assert.is((await send({ Cookie: brought })).headers.cookie, "session=ours; b=2");
      }
      assert.is(server.received.length, 5);
    },
  );
  // A header provider's, where the client's own credentials pass.
  const extra = boundHeaders("h", () => ({ cookie: "tag=ours" }));
  await withClient(
    (uri) => [{ uri, headers: [extra] }],
    async ({ send }) => assert.is((await send({ Cookie: "mine=1; tag=2" })).headers.cookie, "tag=ours; mine=1"),
  );
});

test.run();
