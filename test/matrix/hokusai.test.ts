/** What a program sees of a Hokusai that fails, refuses or leads elsewhere, by the library and through the proxy; and where the key goes. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { loadMlflowAuth } from "@mlflow-auth/core";
import { type FakeClock, fakeClock } from "@mlflow-auth/core/testing";
import { startStub } from "@mlflow-auth/mlflow-stub";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject, type Project } from "../e2e/fixture/project.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import { createAuthority } from "../servers/certificates.ts";
import { startConnectProxy } from "../servers/connect-proxy.ts";
import { type FakeHokusai, type HokusaiFault, startFakeHokusai } from "../servers/hokusai-fake.ts";
import { temporaryFolder } from "../servers/process/temporary-folder.ts";
import { startTlsFront } from "../servers/tls-front.ts";
import { type Caller, type Outcome, waysIn } from "./caller.ts";

const test = suite("what the caller sees of Hokusai", { timeout: 60 });
const watch = createWatch();

interface Prepared {
  readonly hokusai: FakeHokusai;
  readonly callers: readonly Caller[];
  ask(): Promise<Outcome[]>;
}

/** Hokusai before a server, and a folder of the user's. */
async function openScene(): Promise<{ hokusai: FakeHokusai; project: Project }> {
  const stub = await startStub();
  closeAfterwards(() => stub.close());
  const hokusai = await startFakeHokusai({ upstream: stub.uri, key: watch.secret() });
  closeAfterwards(() => hokusai.stop());
  const project = createProject({ config: "version: 1\n", watch });
  closeAfterwards(project.remove);
  return { hokusai, project };
}

async function prepare(
  options: object = {},
  { server = {}, env }: { server?: object; env?: object } = {},
): Promise<Prepared> {
  const { hokusai, project } = await openScene();
  const config = { version: 1, trackingUri: hokusai.proxy, ...server, plugins: { hokusai: options } };
  const given = { HOME: project.folder, ...(env ?? { HOKUSAI_API_KEY: hokusai.keys.admin }) };
  const callers = await Promise.all(waysIn.map((open) => open({ config, cwd: project.folder, env: given })));
  for (const caller of callers) closeAfterwards(() => caller.close());
  // One after the other, so that each way's requests can be told apart.
  const ask = async () => {
    const outcomes: Outcome[] = [];
    for (const caller of callers) outcomes.push(await caller.ask());
    return outcomes;
  };
  return { hokusai, callers, ask };
}

/** The library, for what a caller of the matrix does not tell. */
async function openLibrary(options: object, clock?: FakeClock) {
  const { hokusai } = await prepare();
  const config = { version: 1, trackingUri: hokusai.proxy, plugins: { hokusai: options } };
  return { hokusai, ...(await load(config, { HOKUSAI_API_KEY: hokusai.keys.admin }, clock)) };
}

/** Hokusai's direct endpoint by the name that it has in the world, through a corporate proxy that leads to the double. */
async function openByName() {
  const { hokusai } = await prepare();
  const authority = await createAuthority();
  const certificate = await authority.issue({ host: "registry.hokus.ai" });
  const front = await startTlsFront({ upstream: hokusai.origin, certificate });
  closeAfterwards(() => front.stop());
  const routes = { "registry.hokus.ai:443": Number(new URL(front.address).port) };
  const proxy = await startConnectProxy({ routes });
  closeAfterwards(() => proxy.stop());
  const direct = "https://registry.hokus.ai/mlflow";
  const { path: folder, remove } = temporaryFolder("authority");
  closeAfterwards(remove);
  writeFileSync(`${folder}/ca.pem`, authority.cert);
  const tls = { ca: `${folder}/ca.pem` };
  const config = { version: 1, trackingUri: direct, tls, plugins: { hokusai: {} } };
  const env = { HOKUSAI_API_KEY: hokusai.keys.admin, HTTPS_PROXY: `http://${proxy.host}` };
  return { direct, hokusai, ...(await load(config, env)) };
}

async function load(config: object, env: Record<string, string>, clock?: FakeClock) {
  const project = createProject({ config: "version: 1\n", watch });
  closeAfterwards(project.remove);
  const said: string[] = [];
  const quiet = () => undefined;
  const warn = (_: object, message: string) => void said.push(message);
  const logger = { debug: quiet, info: quiet, warn, error: quiet };
  const given = { config: config as never, cwd: project.folder, env: { HOME: project.folder, ...env }, logger };
  const auth = await loadMlflowAuth({ ...given, ...(clock && { clock }) });
  closeAfterwards(() => auth.close());
  return { auth, said };
}

const both = (outcome: Outcome): Outcome[] => [outcome, outcome];

const passing: [fault: HokusaiFault, status: number][] = [
  ["rate-limited", 429],
  ["key-service", 503],
  ["bad-gateway", 502],
  ["gateway-timeout", 504],
];
for (const [fault, status] of passing) {
  test(`${fault}: ${status} passes as it is, after one request, and nothing is made up`, async () => {
    const { hokusai, ask } = await prepare();
    hokusai.fault = fault;
    const outcomes = await ask();
    assert.equal(
      outcomes.map(([seen]) => seen),
      [status, status],
    );
    assert.equal(
      hokusai.seen.map(({ keyIn }) => keyIn),
      ["X-API-Key", "X-API-Key"],
    );
  });
}

test("what a limit says about trying again reaches the client", async () => {
  const { hokusai, auth } = await openLibrary({});
  hokusai.fault = "rate-limited";
  const answer = await auth.fetch(`${hokusai.proxy}/api/2.0/mlflow/experiments/get?experiment_id=0`);
  assert.equal([answer.status, answer.headers.get("retry-after")], [429, "60"]);
  assert.equal(await answer.json(), { detail: "Rate limit exceeded" });
});

test("by its real name the direct endpoint needs no word about access or paths, and answers lead back", async () => {
  const { direct, hokusai, auth } = await openByName();
  const created = await auth.fetch(`${direct}/api/2.0/mlflow/experiments/create`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"name":"by its name"}',
  });
  assert.is(created.status, 200);
  await (await auth.fetch(`${direct}/ajax-api/2.0/mlflow/experiments/get?experiment_id=0`)).text();
  assert.equal(
    hokusai.seen.map(({ path, keyIn, status }) => [path.replace(/\?.*/, ""), keyIn, status]),
    [
      ["/mlflow/ajax-api/2.0/mlflow/experiments/create", "X-API-Key", 200],
      ["/mlflow/ajax-api/2.0/mlflow/experiments/get", "X-API-Key", 200],
    ],
  );
  hokusai.fault = { redirect: "/mlflow/ajax-api/2.0/mlflow/experiments/get?experiment_id=7" };
  const moved = await auth.fetch(`${direct}/api/2.0/mlflow/x`, { redirect: "manual" });
  assert.is(moved.headers.get("location"), `${direct}/api/2.0/mlflow/experiments/get?experiment_id=7`);
});

test("an administrator's permission that is missing is no rejection: the key is not read anew, and nothing goes out twice", async () => {
  const { hokusai, ask } = await prepare();
  [hokusai.keys.admin, hokusai.keys.member] = [hokusai.keys.member, hokusai.keys.admin];
  assert.equal(
    (await ask()).map(([status]) => status),
    [403, 403],
  );
  assert.is(hokusai.seen.length, 2);
});

test("a key file that is not there is an error, whatever the variable holds: nothing is sent", async () => {
  const { hokusai, ask } = await prepare({ apiKey: { file: "key" } });
  assert.equal(await ask(), [
    ["no answer", "SECRET_SOURCE"],
    [424, "SECRET_SOURCE"],
  ]);
  assert.equal(hokusai.seen, []);
});

test("a key in its file that is rotated serves the same request", async () => {
  const { hokusai, project } = await openScene();
  const keep = () => project.write(".hokusai/config", `[default]\napi_key = ${hokusai.keys.admin}\n`);
  keep();
  const config = { version: 1, trackingUri: hokusai.proxy, plugins: { hokusai: {} } };
  for (const open of waysIn) {
    const caller = await open({ config, cwd: project.folder, env: { HOME: project.folder } });
    closeAfterwards(() => caller.close());
    assert.equal(await caller.ask(), [200]);
    hokusai.keys.admin = watch.secret();
    keep();
    hokusai.seen.length = 0;
    assert.equal(await caller.ask(), [200]);
    assert.equal(
      hokusai.seen.map(({ status }) => status),
      [401, 200],
    );
  }
});

test("a redirect to another host takes no key along, and none on the same host outside of the listed path", async () => {
  const strangers: (string | undefined)[] = [];
  const stranger = createServer((request, response) => {
    strangers.push(JSON.stringify(request.headers));
    response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  });
  stranger.listen(0, "127.0.0.1");
  await once(stranger, "listening");
  closeAfterwards(() => stranger.close());
  const { port } = stranger.address() as AddressInfo;
  const { hokusai, callers } = await prepare();
  hokusai.fault = { redirect: `http://127.0.0.1:${port}/api/mlflow/api/2.0/mlflow/experiments/get?experiment_id=0` };
  for (const caller of callers) await caller.ask();
  assert.ok(strangers.length > 0, "fetch follows it");
  for (const seen of strangers) watch.check(seen ?? "", "the other host");
  hokusai.seen.length = 0;
  hokusai.fault = { redirect: `${hokusai.origin}/elsewhere` };
  await callers[0]?.ask().catch(() => undefined);
  const [first, ...others] = hokusai.seen;
  assert.is(first?.keyIn, "X-API-Key");
  assert.ok(others.length > 0 && others.every(({ path, keyIn }) => path !== "/elsewhere" || keyIn === undefined));
});

test("a Hokusai that is down or hangs up fails as any server does", async () => {
  const { hokusai, callers } = await prepare();
  hokusai.fault = "reset";
  for (const [index, caller] of callers.entries()) {
    const outcome = await caller.ask().catch((thrown: Error) => thrown);
    if (index === 0) assert.ok(outcome instanceof TypeError);
    else assert.equal(outcome, [502]);
  }
});

test("without a key nothing is sent to the proxy, and reads go to the direct endpoint only with the file's word", async () => {
  const { hokusai, ask } = await prepare({}, { env: {} });
  assert.equal(await ask(), [
    ["no answer", "SECRET_SOURCE"],
    [424, "SECRET_SOURCE"],
  ]);
  assert.equal(hokusai.seen, []);
  const bare = await prepare({ access: "direct", paths: "as-asked" }, { env: {} });
  assert.equal(
    (await bare.ask()).map(([, code]) => code),
    ["ANONYMOUS_REFUSED", "ANONYMOUS_REFUSED"],
  );
  assert.equal(bare.hokusai.seen, []);
  const open = await prepare({ access: "direct", paths: "as-asked" }, { env: {}, server: { anonymous: "allowed" } });
  // That this endpoint wants a key is its own affair: what matters is that none was sent.
  assert.equal(await open.ask(), both([401]));
  assert.equal(
    open.hokusai.seen.map(({ keyIn }) => keyIn),
    [undefined, undefined],
  );
});

test("with a page in place of JSON no key is read anew more than once", async () => {
  const { hokusai, callers } = await prepare();
  hokusai.fault = "html";
  for (const caller of callers) await caller.ask().catch(() => undefined);
  assert.ok(hokusai.seen.length <= 4, `${hokusai.seen.length} requests`);
});

test("in an outage the library and the proxy go on, and with a rejected key they don't", async () => {
  const { hokusai, ask } = await prepare({ onUnavailable: "continue" });
  hokusai.fault = "key-service";
  // A read: its answer is known to nobody here.
  assert.equal(
    (await ask()).map(([status]) => status),
    [503, 503],
  );
  hokusai.fault = undefined;
  hokusai.keys.admin = watch.secret();
  assert.equal(await ask(), both([401]));
});

test("a Hokusai that hangs is waited for 30 seconds where the program shall go on, and its late answer is nobody's", async () => {
  const clock = fakeClock();
  const { hokusai, auth, said } = await openLibrary({ onUnavailable: "continue" }, clock);
  hokusai.fault = "hang";
  const url = `${hokusai.proxy}/api/2.0/mlflow/runs/log-metric`;
  const answer = auth.fetch(url, { method: "POST", body: "{}" });
  while (hokusai.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await clock.advance(30_000);
  assert.equal([(await answer).status, await (await answer).text()], [200, "{}"]);
  assert.match(said.join("\n"), /runs\/log-metric is NOT RECORDED at .*: MLflow gives no answer within 30 s/);
});

test.run();
