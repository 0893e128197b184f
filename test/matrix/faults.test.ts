/** Every provider × what can go wrong at its store: the code, and what the caller sees by each way in. */
import { startStub } from "@mlflow-auth/mlflow-stub";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject } from "../e2e/fixture/project.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import { startFront } from "../servers/node-front.ts";
import { openCallers, outcomes } from "./callers.ts";
import type { StoreFault } from "./store.ts";
import { type PluginName, stores } from "./stores.ts";

const test = suite("what the caller sees of a store that fails", { timeout: 60 });

/**
 * By fault: the code, whatever the provider; then the status that the proxy gives where no request has succeeded yet (`first`),
 * where the secret that was kept has ended (`later`), and where `maxStale` still lets it serve (`stale`). MLflow's clients repeat a
 * 503 by themselves, and a 424 never.
 */
const expected: Record<StoreFault, Expected> = {
  down: { code: "SECRET_UNREACHABLE", first: 424, later: 503, stale: 200 },
  slow: { code: "PLUGIN_TIMEOUT", first: 424, later: 503, stale: 200 },
  throttled: { code: "SECRET_UNREACHABLE", first: 424, later: 503, stale: 200 },
  denied: { code: "SECRET_DENIED", first: 424, later: 424, stale: 424 },
  missing: { code: "SECRET_NOT_FOUND", first: 424, later: 424, stale: 424 },
  expired: { code: "LOGIN_FAILED", first: 424, later: 424, stale: 424 },
  garbage: { code: "SECRET_UNREACHABLE", first: 424, later: 424, stale: 424 },
  huge: { code: "SECRET_UNREACHABLE", first: 424, later: 424, stale: 424 },
};

interface Expected {
  readonly code: string;
  readonly first: number;
  readonly later: number;
  readonly stale: number;
}

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
  const callers = await openCallers({ config, cwd: project.folder, env: store.env });
  return {
    store,
    front,
    watch,
    ...callers,
  };
}

for (const plugin of Object.keys(stores) as PluginName[]) {
  for (const [fault, { code, first, later, stale }] of Object.entries(expected) as [StoreFault, Expected][]) {
    const timeout = fault === "slow" ? "1s" : "15s";

    test(`${plugin}: ${fault}`, async () => {
      const bad = await prepare(plugin, { timeout });
      await bad.store.fail(fault);
      assert.equal(await bad.ask(), outcomes(code, first), "at first");
      assert.equal(await bad.front.requests(), []);

      for (const [maxStale, status] of [
        ["0s", later],
        ["1h", stale],
      ] as const) {
        const good = await prepare(plugin, { maxStale, timeout });
        assert.equal(await good.ask(), [[200], [200]]);
        await good.store.fail(fault);
        assert.equal(await good.ask(), [[200], [200]], "while the secret is kept");
        good.later(BEYOND_TTL);
        assert.equal(await good.ask(), outcomes(code, status), `maxStale: ${maxStale}`);
        assert.ok(
          (await good.front.requests()).every(({ credential }) => credential),
          "nothing went out bare",
        );
      }
    });
  }

  test(`${plugin}: rotated`, async () => {
    const { store, ask, front, watch } = await prepare(plugin);
    assert.equal(await ask(), [[200], [200]]);
    const next = watch.secret();
    await store.hold({ token: next });
    await front.setAccepted([`Bearer ${next}`]);
    assert.equal(await ask(), [[200], [200]]);
    const statuses = (await front.requests()).map(({ status }) => status);
    assert.equal(statuses.sort(), [200, 200, 200, 200, 401, 401]);
  });
}

test.run();
