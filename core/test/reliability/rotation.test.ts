/** G5 and G6 of the reliability targets: rotations under load, and a server that refuses everything. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { AuthorizedHeaders } from "../../src/pipeline/compose.js";
import { createSecretCache } from "../../src/secret/cache.js";
import { Secret } from "../../src/secret/secret.js";
import { authorizerOver, boundAuth } from "../pipeline/authorizer-fixture.js";
import { ManualClock } from "./manual-clock.js";

const test = suite("rotation");
const uri = "https://mlflow.test";
const request = { url: `${uri}/api/2.0/mlflow/runs/log-metric`, method: "POST" };

function setup() {
  const clock = new ManualClock();
  const cache = createSecretCache({ clock, random: () => 0.5 });
  const state = { stored: "0", accepted: "0", fetches: 0 };
  const fetch = async () => {
    state.fetches++;
    return { value: Object.freeze({ headers: { Authorization: new Secret(`Bearer ${state.stored}`) } }) };
  };
  const bound = boundAuth(
    "store",
    () => cache.get("secret", fetch, { ttl: 3_600_000 }),
    () => cache.invalidate("secret"),
  );
  const { authorizer } = authorizerOver([{ uri, auth: [bound] }], clock as never);
  const accepted = ({ headers }: AuthorizedHeaders) =>
    headers.some(([, value]) => (value as Secret).reveal() === `Bearer ${state.accepted}`);
  /** As the interceptor does for a request whose body can be sent again. The status that the caller sees. */
  async function send(): Promise<number> {
    const first = (await authorizer.authorize(request)) as AuthorizedHeaders;
    if (accepted(first)) return 200;
    const second = await authorizer.rejected(first, { kind: "unauthorized" }, request);
    return second !== undefined && accepted(second) ? 200 : 401;
  }
  return { clock, state, send };
}

test("G5: through a thousand rotations at 200 requests/s no 401 reaches a caller, and each costs one fetch", async () => {
  const { clock, state, send } = setup();
  assert.is(await send(), 200);
  for (let rotation = 1; rotation <= 1_000; rotation++) {
    // The store first, then the server; requests that were under way meet both.
    state.stored = String(rotation);
    assert.is(await send(), 200);
    state.accepted = state.stored;
    const before = state.fetches;
    const statuses = await Promise.all(Array.from({ length: 20 }, send));
    for (let i = 0; i < 180; i++) {
      clock.monotonic += 5;
      statuses.push(await send());
    }
    assert.ok(
      statuses.every((status) => status === 200),
      `rotation ${rotation}`,
    );
    assert.is(state.fetches, before + 1, `rotation ${rotation}`);
  }
});

test("G6: a server that answers 401 to everything, 1,000 requests/s for a minute, costs at most 3 refetches and no retry", async () => {
  const { clock, state, send } = setup();
  assert.is(await send(), 200);
  state.accepted = "something else";
  const before = state.fetches;
  for (let second = 0; second < 60; second++) {
    for (let i = 0; i < 1_000; i++) {
      assert.is(await send(), 401);
      clock.monotonic += 1;
    }
  }
  assert.ok(state.fetches - before <= 3, `${state.fetches - before} refetches`);
});

test("a rotation after a storm is found when the cool-down ends, at the latest after five minutes", async () => {
  const { clock, state, send } = setup();
  await send();
  state.accepted = "1";
  for (let i = 0; i < 600; i++) {
    await send();
    clock.monotonic += 1_000;
  }
  state.stored = "1";
  let waited = 0;
  while ((await send()) !== 200) {
    clock.monotonic += 1_000;
    waited += 1_000;
  }
  assert.ok(waited <= 300_000, `${waited} ms`);
});

test.run();
