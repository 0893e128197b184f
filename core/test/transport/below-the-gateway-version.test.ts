import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createInterceptor } from "../../src/transport/interceptor.js";
import { authorizerOver, boundAuth } from "../pipeline/authorizer-fixture.js";
import { ours, refused, stage } from "./gateway-stage.js";

const test = suite("the version that decides what goes below the AI gateway");

test("many requests at once ask for the version once, and a version holds", async () => {
  const { send, close, gateway, versions, clock } = await stage();
  await Promise.all(Array.from({ length: 20 }, () => send("/gateway/x")));
  await clock.advance(86_400_000);
  await send("/gateway/x");
  assert.is(versions().length, 1);
  assert.is(gateway().length, 21);
  await close();
});

test("a version that could not be told is asked for again after 5 seconds, not before", async () => {
  let answers = "none";
  const { send, close, gateway, versions, clock } = await stage({
    answer: (seen, response) => {
      if (!seen.url.endsWith("/version")) response.end("{}");
      else if (answers === "none") response.writeHead(503).end();
      else response.end(answers);
    },
  });
  for (let i = 0; i < 3; i++) assert.is((await refused(send("/gateway/x"))).code, "GATEWAY_CREDENTIAL");
  assert.is(versions().length, 1);
  answers = "3.17.2";
  await clock.advance(4_999);
  await refused(send("/gateway/x"));
  await clock.advance(1);
  await send("/gateway/x");
  assert.equal([versions().length, gateway().length], [2, 1]);
  await close();
});

test("a server that does not answer /version holds a request up for 5 seconds, and nothing else", async () => {
  let asked = () => {};
  const isAsked = new Promise<void>((resolve) => (asked = resolve));
  const { send, close, clock, gateway } = await stage({
    answer: (seen, response) => {
      if (seen.url.endsWith("/version")) asked();
      else response.end("{}");
    },
  });
  const held = refused(send("/gateway/x"));
  await isAsked;
  await send("/api/2.0/mlflow/runs/search");
  await clock.advance(5_000);
  assert.match((await held).message, /\/version gives no answer: it took more than 5 s$/);
  assert.is(gateway().length, 1);
  await close();
});

test("a server that can't be reached is said to be so, and asked again", async () => {
  const { send, close, server } = await stage();
  await server.close();
  assert.match((await refused(send("/gateway/x"))).message, /gives no answer: nothing listens there \(ECONNREFUSED\)$/);
  await close();
});

test("hosts of a wildcard are asked one by one", async () => {
  const versions: string[] = [];
  const sent: string[] = [];
  const { authorizer } = authorizerOver([
    { uri: "https://*.mlflow.test/base", auth: [boundAuth("vault", () => ours("Basic ours"))] },
  ]);
  const answer = (host: string) => (host.startsWith("new") ? "3.17.0" : "3.14.0");
  const base = {
    dispatch({ origin, path, headers }: { origin: string; path: string; headers: string[] }, handler: never) {
      const { onResponseStart, onResponseData, onResponseEnd } = handler as Record<
        string,
        (...args: unknown[]) => void
      >;
      const { host } = new URL(origin);
      (path.endsWith("/version") ? versions : sent).push(`${host}${path} ${headers.includes("Authorization")}`);
      onResponseStart?.call(handler, {}, 200, {});
      onResponseData?.call(handler, {}, Buffer.from(path.endsWith("/version") ? answer(host) : "{}"));
      onResponseEnd?.call(handler, {}, {});
      return true;
    },
  };
  const dispatch = createInterceptor(authorizer)(base.dispatch as never);
  const send = (host: string) =>
    new Promise((resolve) => {
      dispatch(
        { origin: `https://${host}.mlflow.test`, path: "/base/gateway/x", method: "GET" },
        {
          onResponseEnd: () => resolve("sent"),
          onResponseError: (_: unknown, error: unknown) => resolve((error as { code: string }).code),
        },
      );
    });
  assert.equal(
    [await send("new"), await send("old"), await send("new"), await send("old")],
    ["sent", "GATEWAY_CREDENTIAL", "sent", "GATEWAY_CREDENTIAL"],
  );
  assert.equal(versions, ["new.mlflow.test/base/version true", "old.mlflow.test/base/version true"]);
  assert.is(sent.length, 2);
});

test.run();
