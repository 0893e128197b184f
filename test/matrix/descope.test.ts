/** Descope × what can go wrong there × each way in: what the caller sees. Its sessions can't be chosen, so it has a table of its own. */
import { startStub } from "@mlflow-auth/mlflow-stub";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject } from "../e2e/fixture/project.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import { type FakeDescope, type Fault, refusal, startFakeDescope } from "../servers/descope-fake.ts";
import { startDescopeFront } from "../servers/descope-front.ts";
import { openCallers, outcomes } from "./callers.ts";
import { PAGE, tooMuch } from "./faulty-front.ts";

const test = suite("what the caller sees of a Descope that fails", { timeout: 60 });

/** The code; then the status that the proxy gives where no request has succeeded yet, and where the session has ended. */
const expected: Readonly<Record<string, [fault: Fault, code: string, first: number, later: number]>> = {
  down: ["reset", "SECRET_UNREACHABLE", 424, 503],
  slow: ["hang", "PLUGIN_TIMEOUT", 424, 503],
  throttled: [
    { ...refusal(429, "E130429", "rate limit"), headers: { "Retry-After": "0" } },
    "SECRET_UNREACHABLE",
    424,
    503,
  ],
  failing: [{ status: 503, body: PAGE }, "SECRET_UNREACHABLE", 424, 503],
  denied: [refusal(403, "E011003", "no"), "LOGIN_FAILED", 424, 424],
  expired: [refusal(401, "E062201", "expired"), "LOGIN_FAILED", 424, 424],
  garbage: [{ status: 200, body: PAGE }, "SECRET_FORMAT", 424, 424],
  huge: [{ status: 200, body: tooMuch() }, "SECRET_UNREACHABLE", 424, 424],
  redirect: [
    { status: 302, body: "", headers: { Location: "https://login.example.com/" } },
    "SECRET_UNREACHABLE",
    424,
    424,
  ],
};

async function prepare(timeout: string) {
  const watch = createWatch();
  const [descope, stub] = await Promise.all([startFakeDescope(), startStub()]);
  closeAfterwards(() => descope.stop());
  closeAfterwards(() => stub.close());
  const front = await startDescopeFront(descope, stub.uri);
  closeAfterwards(() => front.stop());
  const project = createProject({ config: "version: 1\n", watch });
  closeAfterwards(project.remove);
  const { projectId, url: baseUrl } = descope;
  const plugin = { projectId, baseUrl, accessKey: { env: "DESCOPE_ACCESS_KEY" }, timeout };
  const config = { version: 1, trackingUri: front.uri, plugins: { descope: plugin } };
  const env = { DESCOPE_ACCESS_KEY: watch.add("the access key", descope.accessKey) };
  const callers = await openCallers({ config, cwd: project.folder, env });
  return {
    descope,
    front,
    ...callers,
  };
}

function fail({ faults }: FakeDescope, fault: Fault): void {
  for (const list of Object.values(faults)) list.push(...Array(100).fill(fault));
}

for (const [what, [fault, code, first, later]] of Object.entries(expected)) {
  test(`descope: ${what}`, async () => {
    const timeout = what === "slow" ? "1s" : "15s";
    const bad = await prepare(timeout);
    fail(bad.descope, fault);
    assert.equal(await bad.ask(), outcomes(code, first), "at first");
    assert.equal(await bad.front.requests(), [], "nothing went out");

    const good = await prepare(timeout);
    assert.equal(await good.ask(), [[200], [200]]);
    fail(good.descope, fault);
    assert.equal(await good.ask(), [[200], [200]], "while the session is good");
    good.later(601_000);
    assert.equal(await good.ask(), outcomes(code, later), "after its end");
    assert.ok((await good.front.requests()).every(({ credential }) => credential));
  });
}

test("descope: a session that is not valid any more is replaced within the request", async () => {
  const { descope, front, ask } = await prepare("15s");
  assert.equal(await ask(), [[200], [200]]);
  front.refuse(descope.sessions);
  assert.equal(await ask(), [[200], [200]]);
  assert.equal((await front.requests()).map(({ status }) => status).sort(), [200, 200, 200, 200, 401, 401]);
});

test.run();
