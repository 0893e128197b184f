import { suite } from "@mlflow-auth/test/suite";
import { Agent, request } from "undici";
import * as assert from "uvu/assert";
import { compose } from "../../src/pipeline/compose.js";
import { anonymous } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { fakeClock } from "../../src/testing.js";
import { ClientCookies, rememberCookies } from "../../src/transport/client-cookies.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { type EchoServer, echoServer, type Received } from "../connection/echo-server.js";
import { authorizerOver, boundAuth, boundHeaders, type Listed, serverConfig } from "../pipeline/authorizer-fixture.js";

const test = suite("what clients bring along");

const credential = { headers: { Authorization: new Secret("Bearer ours") } };
const withAuth = (uri: string): Listed => ({ uri, auth: [boundAuth("a", () => credential)] });

interface Client {
  readonly server: EchoServer;
  /** The messages of the warnings so far. */
  warnings(): string[];
  /** Sends a request and gives what the server got. */
  send(headers: object, path?: string): Promise<Received>;
}

/** A client of a server that answers with the cookies that a request's query names. */
async function withClient(list: (origin: string) => Listed[], run: (client: Client) => Promise<void>): Promise<void> {
  const server = await echoServer(({ url }, response) => {
    const { searchParams, pathname } = new URL(url, "http://server");
    for (const cookie of searchParams.getAll("set")) response.appendHeader("set-cookie", cookie);
    response.writeHead(pathname.endsWith("/rejected") ? 401 : 200).end();
  });
  const { authorizer, log } = authorizerOver(list(server.origin));
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(authorizer));
  try {
    await run({
      server,
      warnings: () => log.filter(({ level }) => level === "warn").map(({ message }) => message),
      async send(headers, path = "/") {
        await (await request(server.origin + path, { dispatcher, headers: headers as never })).body.dump();
        return server.received.at(-1) as Received;
      },
    });
  } finally {
    await agent.close();
    await server.close();
  }
}

const names = ({ rawHeaders }: Received) => rawHeaders.filter((_, index) => index % 2 === 0);

for (const [what, list] of Object.entries({
  "with a credential": (origin: string) => [withAuth(origin)],
  "without one": (origin: string) => [{ uri: origin }],
})) {
  test(`identity headers are taken off ${what}, in every spelling, with one warning a name`, async () => {
    await withClient(list, async ({ send, warnings }) => {
      for (const _ of [1, 2]) {
        const brought = { "X-Remote-User": "eve", x_remote_user: "eve", "X.Remote.User": "eve", Keep: "me" };
        const seen = await send({ ...brought, "X-Auth-Request-Email": "eve@test", "X-HTTP-Method-Override": "DELETE" });
        assert.equal(
          names(seen).filter((name) => /remote|request|override/i.test(name)),
          [],
        );
        assert.is(seen.headers["keep"], "me");
      }
      const told = warnings();
      assert.is(told.length, 3, told.join("\n"));
      for (const name of ["X-Remote-User", "X-Auth-Request-Email", "X-HTTP-Method-Override"]) {
        assert.is(told.filter((message) => message.includes(` ${name} `)).length, 1, name);
      }
      assert.not.match(told.join(), "eve");
    });
  });
}

test("a plugin of the file may set an identity header; the client's own gives way to it", async () => {
  const identity = boundHeaders("h", () => ({ "X-Remote-User": "ann" }));
  await withClient(
    (uri) => [{ uri, headers: [identity] }],
    async ({ send }) => {
      const { headers } = await send({ "x-remote-user": "eve", X_Remote_User: "eve" });
      assert.is(headers["x-remote-user"], "ann");
      assert.is(headers["x_remote_user"], undefined);
    },
  );
});

test("to other servers everything goes as it is", async () => {
  await withClient(
    () => [withAuth("http://mlflow.test")],
    async ({ send, warnings }) => {
      const { headers } = await send({ "X-Remote-User": "me", "X-Auth-Token": "mine", Cookie: "a=1" });
      assert.equal([headers["x-remote-user"], headers["x-auth-token"], headers.cookie], ["me", "mine", "a=1"]);
      assert.equal(warnings(), []);
    },
  );
});

test("other headers with a credential go where the file has one, and pass where it has none", async () => {
  const brought = { "X-Auth-Token": "t", private_token: "t", "Proxy-Authorization": "t", "X-CSRF-Token": "c" };
  await withClient(
    (uri) => [withAuth(uri)],
    async ({ send, warnings }) => {
      const seen = await send({ ...brought, Authorization: "Bearer ambient" });
      assert.equal(
        names(seen).filter((name) => /token|auth/i.test(name)),
        ["X-CSRF-Token", "Authorization"],
      );
      // An ambient login is nothing out of the ordinary.
      assert.is(warnings().length, 3);
    },
  );
  await withClient(
    (uri) => [{ uri }],
    async ({ send, warnings }) => {
      const { headers } = await send(brought);
      assert.equal(
        [headers["x-auth-token"], headers["private_token"], headers["proxy-authorization"]],
        ["t", "t", "t"],
      );
      assert.equal(warnings(), []);
    },
  );
});

test("words written together say that a header has a credential, too, and what keeps other sites out or asks for a page passes", async () => {
  const brought =
    "AccessToken X-AuthToken Api_Token SessionToken X-ClientSecret MyPassword2 X-MyApiKey AccessKey XAuthorization";
  const passing = [
    "X-CSRFToken",
    "XSRFToken",
    "RequestVerificationToken",
    "X-NextPageToken",
    "Max-Token",
    "Traceparent",
  ];
  await withClient(
    (uri) => [withAuth(uri)],
    async ({ send, warnings }) => {
      const seen = await send(Object.fromEntries([...brought.split(" "), ...passing].map((name) => [name, "x"])));
      assert.equal(
        names(seen).filter((name) => seen.headers[name.toLowerCase()] === "x"),
        passing,
      );
      assert.is(warnings().length, brought.split(" ").length);
    },
  );
});

test("a request that goes bare on purpose carries none of the client's either", async () => {
  await withClient(
    (uri) => [{ uri, auth: [boundAuth("a", () => anonymous)], anonymous: true }],
    async ({ send }) => {
      const { headers } = await send({ "X-Auth-Token": "t", Cookie: "session=mine" });
      assert.equal([headers["x-auth-token"], headers.cookie], [undefined, undefined]);
    },
  );
});

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

test("ever new names are told up to a limit, and what may be a value is not told", async () => {
  await withClient(
    (uri) => [withAuth(uri)],
    async ({ send, warnings }) => {
      await send({ [`X-Remote-${"x".repeat(60)}`]: "a", Cookie: "with~mark=1" });
      for (const message of warnings()) assert.match(message, "whose name is not shown");
      for (let index = 0; index < 100; index++) await send({ Cookie: `c${index}=1` });
      const told = warnings().filter((message) => message.includes("cookie"));
      assert.is(told.length, 64);
      assert.match(told.at(-1) as string, "more of them are not told");
      await send({ "X-Remote-User": "eve" });
      assert.match(warnings().at(-1) as string, "X-Remote-User");
    },
  );
});

test.run();
