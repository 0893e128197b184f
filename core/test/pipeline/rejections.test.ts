import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { AuthorizedHeaders } from "../../src/pipeline/compose.js";
import { bearer, request, shown, uri } from "./authorizer-answers.js";
import { authorizerOver, boundAuth } from "./authorizer-fixture.js";

const test = suite("credentials that a server rejects");

test("after a 401 a changed secret is sent once more, and all who were refused share one fetch", async () => {
  let token = "old";
  let cached: ReturnType<typeof bearer> | undefined;
  let fetches = 0;
  const bound = boundAuth(
    "a",
    () =>
      cached ??
      new Promise((resolve) => {
        fetches++;
        cached = bearer(token);
        setImmediate(resolve, cached);
      }),
    () => {
      cached = undefined;
    },
  );
  const { authorizer } = authorizerOver([{ uri, auth: [bound] }]);
  const stale = (await authorizer.authorize(request)) as AuthorizedHeaders;
  token = "new";
  const renewed = await Promise.all(
    Array.from({ length: 100 }, () => authorizer.rejected(stale, { kind: "unauthorized" }, request)),
  );
  for (const authorization of renewed) assert.equal(shown(authorization), { Authorization: "Bearer new" });
  assert.is(fetches, 2);
  // One that was refused with the old secret and says so late costs no fetch at all.
  assert.equal(shown(await authorizer.rejected(stale, { kind: "unauthorized" }, request)), {
    Authorization: "Bearer new",
  });
  assert.is(fetches, 2);
});

test("an unchanged secret is not sent again, and the store is left alone for 5 s, 20 s, 80 s, then 5 min at most", async () => {
  let fetches = 0;
  let cached: ReturnType<typeof bearer> | undefined;
  const bound = boundAuth(
    "a",
    () => {
      if (cached === undefined) fetches++;
      cached ??= bearer("same");
      return cached;
    },
    () => {
      cached = undefined;
    },
  );
  const { authorizer, clock } = authorizerOver([{ uri, auth: [bound] }]);
  const times: number[] = [];
  for (let second = 0; second < 1200; second++) {
    const before = fetches;
    assert.is(
      await authorizer.rejected(
        (await authorizer.authorize(request)) as AuthorizedHeaders,
        { kind: "unauthorized" },
        request,
      ),
      undefined,
    );
    if (fetches > before) times.push(second);
    await clock.advance(1000);
  }
  assert.equal(times.slice(0, 5), [0, 5, 25, 105, 405]);
});

test("a rejection of one server's credential leaves the other provider alone", async () => {
  let invalidated = 0;
  const bound = [
    boundAuth(
      "a",
      () => undefined,
      () => {
        invalidated += 100;
      },
    ),
    boundAuth(
      "b",
      () => bearer("b"),
      () => {
        invalidated++;
      },
    ),
  ];
  const { authorizer } = authorizerOver([{ uri, auth: bound }]);
  await authorizer.rejected(
    (await authorizer.authorize(request)) as AuthorizedHeaders,
    { kind: "unauthorized" },
    request,
  );
  assert.is(invalidated, 1);
});

test.run();
