/** Every provider × what can go wrong at its store: the code, and what the caller sees by each way in. */
import { startStub } from "@mlflow-auth/mlflow-stub";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject } from "../e2e/fixture/project.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import { startFront } from "../servers/node-front.ts";
import { type Caller, type Outcome, waysIn } from "./caller.ts";
import type { StoreFault } from "./store.ts";
import { type PluginName, stores } from "./stores.ts";

const test = suite("what the caller sees of a store that fails", { timeout: 60 });

/**
 * By fault: the code, of all providers or of each; then the status that the proxy gives where no request has succeeded yet (`first`),
 * where the secret that was kept has ended (`later`), and where `maxStale` still lets it serve (`stale`). MLflow's clients repeat a
 * 503 by themselves, and a 424 never.
 */
const expected: Record<StoreFault, { code: string; first: number; later: number; stale: number }> = {
  down: { code: "SECRET_UNREACHABLE", first: 424, later: 503, stale: 200 },
  slow: { code: "PLUGIN_TIMEOUT", first: 424, later: 503, stale: 200 },
  throttled: { code: "SECRET_UNREACHABLE", first: 424, later: 503, stale: 200 },
  denied: { code: "SECRET_DENIED", first: 424, later: 424, stale: 424 },
  missing: { code: "SECRET_NOT_FOUND", first: 424, later: 424, stale: 424 },
  expired: { code: "LOGIN_FAILED", first: 424, later: 424, stale: 424 },
  garbage: { code: "SECRET_UNREACHABLE", first: 424, later: 424, stale: 424 },
  huge: { code: "SECRET_UNREACHABLE", first: 424, later: 424, stale: 424 },
};

/** Milliseconds: longer than a secret is kept. */
const BEYOND_TTL = 6 * 60_000;

async function prepare(plugin: PluginName, { maxStale = "0s", timeout = "15s" } = {}) {
  const watch = createWatch();
  const secret = watch.secret();
  const [store, stub] = await Promise.all([stores[plugin](watch), startStub()]);
  closeAfterwards(() => store.stop());
  closeAfterwards(() => stub.close());
  const front = await startFront({ upstream: stub.uri, accepted: [`Bearer ${secret}`] });
  closeAfterwards(() => front.stop());
  await store.hold({ token: secret });
  const project = createProject({ config: "version: 1\n", watch });
  closeAfterwards(project.remove);
  const options = { ...store.options, cache: { ttl: "5m", maxStale }, timeout };
  const config = { version: 1, trackingUri: front.uri, plugins: { [plugin]: options } };
  const open = async (way: keyof typeof waysIn): Promise<Caller> => {
    const caller = await waysIn[way]({ config, cwd: project.folder, env: store.env });
    closeAfterwards(() => caller.close());
    return caller;
  };
  return { store, front, open, watch };
}

/** The library gives the code alone, whatever the proxy makes of it. */
function outcome(way: keyof typeof waysIn, code: string, status: number): Outcome {
  if (status === 200) return [200];
  return [way === "library" ? "no answer" : status, code];
}

for (const plugin of Object.keys(stores) as PluginName[]) {
  for (const way of ["library", "proxy"] as const) {
    for (const [fault, { code, first, later, stale }] of Object.entries(expected) as [
      StoreFault,
      (typeof expected)[StoreFault],
    ][]) {
      const timeout = fault === "slow" ? "1s" : "15s";
      test(`${plugin} ${fault}, through the ${way}`, async () => {
        const bad = await prepare(plugin, { timeout });
        await bad.store.fail(fault);
        const before = await bad.open(way);
        assert.equal(await before.ask(), outcome(way, code, first), "at first");

        for (const [maxStale, status] of [
          ["0s", later],
          ["1h", stale],
        ] as const) {
          const { store, open, front } = await prepare(plugin, { maxStale, timeout });
          const caller = await open(way);
          assert.equal(await caller.ask(), [200]);
          await store.fail(fault);
          assert.equal(await caller.ask(), [200], "while the secret is kept");
          caller.later(BEYOND_TTL);
          assert.equal(await caller.ask(), outcome(way, code, status), `maxStale: ${maxStale}`);
          assert.ok(
            (await front.requests()).every(({ credential }) => credential),
            "nothing went out bare",
          );
        }
        assert.equal(await bad.front.requests(), []);
      });
    }

    test(`${plugin} rotated, through the ${way}`, async () => {
      const { store, open, front, watch } = await prepare(plugin);
      const caller = await open(way);
      assert.equal(await caller.ask(), [200]);
      const next = watch.secret();
      await store.hold({ token: next });
      await front.setAccepted([`Bearer ${next}`]);
      assert.equal(await caller.ask(), [200]);
      assert.equal(
        (await front.requests()).map(({ status }) => status),
        [200, 401, 200],
      );
    });
  }
}

test.run();
