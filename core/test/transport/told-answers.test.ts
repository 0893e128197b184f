/** What the log says of requests in Node: to listed servers alone, and nothing that costs where nobody reads it. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import { Agent } from "undici";
import * as assert from "uvu/assert";
import { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import type { RequestAuthProvider } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { fakeClock } from "../../src/testing.js";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { echoServer } from "../connection/echo-server.js";
import { authorizerOver, boundAuth } from "../pipeline/authorizer-fixture.js";
import { fetchWith } from "./client-fixture.js";

const test = suite("requests as the log tells of them");
const auth = { headers: { Authorization: new Secret("Bearer ours") } };

/** Answers in the server's place, or fails to. */
const dispatch: NonNullable<RequestAuthProvider["dispatch"]> = async ({ url }, next) => {
  if (url.pathname.endsWith("/on")) return next();
  if (url.pathname.endsWith("/fails")) throw new Error("thrown by the plugin");
  return { status: 299, headers: {}, body: new Uint8Array() };
};

async function setting({ debug = false } = {}) {
  const server = await echoServer((seen, response) => {
    const [, status = "200"] = /\/(\d{3})/.exec(seen.url ?? "") ?? [];
    if (status === "000") response.destroy();
    else response.writeHead(Number(status), { "retry-after": "7" }).end("x");
  });
  closeAfterwards(() => server.close());
  const elsewhere = await echoServer((_seen, response) => response.writeHead(503).end());
  closeAfterwards(() => elsewhere.close());
  const denied = boundAuth("denied", async () => {
    throw new MlflowAuthError("SECRET_DENIED", "the store refuses");
  });
  const detour = boundAuth("detour", () => auth);
  const { authorizer, log } = authorizerOver(
    [
      { uri: `${server.origin}/base`, auth: [boundAuth("a", async () => auth)] },
      { uri: `${server.origin}/denied`, auth: [denied] },
      { uri: `${server.origin}/detour`, auth: [{ ...detour, provider: { ...detour.provider, dispatch } }] },
    ],
    fakeClock(),
    { debug },
  );
  const agent = new Agent();
  closeAfterwards(() => agent.close());
  const dispatcher = agent.compose(createInterceptor(authorizer));
  const ask = async (url: string) => {
    const answer = await fetchWith(dispatcher, url).catch(() => undefined);
    await answer?.text();
    return answer?.status;
  };
  const answers = () => log.filter(({ level, fields }) => level === "warn" && fields.status !== undefined);
  const warned = () => answers().map(({ message }) => message.split(". ")[0]);
  return { server, elsewhere, authorizer, ask, warned, log };
}

test("a server that fails is warned of once, until it has answered", async () => {
  const { server, elsewhere, ask, warned, authorizer } = await setting();
  for (const [status, failing] of [
    [503, 1],
    [503, 1],
    [200, 0],
    [429, 1],
  ] as const) {
    assert.is(await ask(`${server.origin}/base/${status}`), status);
    assert.is(authorizer.answers.failing.size, failing, String(status));
  }
  const both = [
    `${server.origin}/base answers 503`,
    `${server.origin}/base answers 429: it takes no more requests for now`,
  ];
  assert.equal(warned(), both);
  assert.is(authorizer.answers.failing.size, 1);
  assert.is(await ask(`${elsewhere.origin}/x`), 503);
  assert.equal(warned(), both, "another server is the program's own affair");
});

test("at debug every request to a listed server ends in one line", async () => {
  const { server, elsewhere, ask, log } = await setting({ debug: true });
  await ask(`${server.origin}/base/200?key=of-no-concern`);
  await ask(`${server.origin}/base/404`);
  await ask(`${server.origin}/base/000`);
  await ask(`${elsewhere.origin}/secret-path`);
  const ends = log.filter(({ fields }) => fields.milliseconds !== undefined);
  assert.equal(
    ends.map(({ message }) => message.replace(/\d+ ms$/, "N ms")),
    [
      "GET /base/200: answered 200 after N ms",
      "GET /base/404: answered 404 after N ms",
      "GET /base/000: no whole answer (UND_ERR_SOCKET) after N ms",
    ],
  );
  assert.equal(
    ends.map(({ fields }) => [fields.server, fields.status ?? fields.reason]),
    [200, 404, "UND_ERR_SOCKET"].map((end) => [`${server.origin}/base`, end]),
  );
  assert.not.match(JSON.stringify(log), /of-no-concern|secret-path/);
});

test("what is refused before it is sent is a line as well, with the code of its reason", async () => {
  const { server, ask, log } = await setting({ debug: true });
  await ask(`${server.origin}/other/..%2fbase/x?key=of-no-concern`);
  await ask(`${server.origin}/denied/x`);
  await ask(`${server.origin}/detour/itself`);
  await ask(`${server.origin}/detour/fails`);
  await ask(`${server.origin}/detour/..%2f..%2fbase`);
  const ends = log.filter(({ fields }) => fields.milliseconds !== undefined);
  assert.equal(
    ends.map(({ message }) => message.replace(/\d+ ms$/, "N ms")),
    [
      "GET /other/..%2fbase/x: refused (PATH_MISLEADING) after N ms",
      "GET /denied/x: refused (SECRET_DENIED) after N ms",
      "GET /detour/itself: answered 299 after N ms",
      "GET /detour/fails: refused (PLUGIN_FAILED) after N ms",
      "GET /detour/..%2f..%2fbase: refused (PATH_MISLEADING) after N ms",
    ],
  );
  assert.is(server.received.length, 0, "nothing was sent");
  assert.not.match(JSON.stringify(log), /of-no-concern/);
});

test("a request that a plugin hands on is one line, of what the program got", async () => {
  const { server, ask, log } = await setting({ debug: true });
  assert.is(await ask(`${server.origin}/detour/204/on`), 204);
  const ends = log.filter(({ fields }) => fields.milliseconds !== undefined);
  assert.equal(
    ends.map(({ message }) => message.split(" after")[0]),
    ["GET /detour/204/on: answered 204"],
  );
});

test.run();
