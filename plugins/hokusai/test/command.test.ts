import { type HttpRequest, isMlflowAuthError, isSecret, MlflowAuthError, textSource } from "@mlflow-auth/core/plugin";
import { type TestFile, type TestResponse, testCommandContext, testContext } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createCommand } from "../src/command.js";

const test = suite("mlflow-auth hokusai");

const REGISTERED = JSON.stringify({ model_id: "m1", model_type: "t", version: "3", timestamp: "now" });
const env = { HOKUSAI_API_KEY: "of the environment", HOME: "/nobody" };

interface Options {
  readonly file?: TestFile;
  readonly env?: Record<string, string>;
  readonly answer?: (sent: HttpRequest) => TestResponse;
}

async function run(words: string, options: Options = {}) {
  const sent: HttpRequest[] = [];
  const { answer = () => ({ status: 200, text: REGISTERED }) } = options;
  const { http } = testContext({
    http(request) {
      sent.push(request);
      return answer(request);
    },
  });
  const given = testCommandContext({ env: options.env ?? env, instance: "hokusai", file: options.file });
  const context = { ...given, http };
  let error: MlflowAuthError | undefined;
  const ended = Promise.resolve(createCommand().run(words.split(" "), context)).catch((thrown: unknown) => {
    if (!isMlflowAuthError(thrown)) throw thrown;
    error = thrown;
  });
  let isOver = false;
  ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await new Promise((resolve) => setImmediate(resolve));
    await given.clock.advance(100);
  }
  return { code: await ended, error, sent, stdout: given.printed.stdout, passed: given.clock.now() };
}

const keyIn = ({ headers }: HttpRequest) => {
  const key = headers?.["X-API-Key"];
  return isSecret(key) ? key.reveal() : undefined;
};

test("sends what the words say to the endpoint, each try with 30 s of its own", async () => {
  const words =
    'register-baseline --model-type t --run-id r --metadata {"a":1,"metrics":{"f1":1}} --model-id m1 --model-version 3 --metric auc=0.5 --metric a=b=2e-1';
  const { code, sent, stdout } = await run(words);
  assert.equal([code, stdout], [0, "registered t as m1, version 3\n"]);
  const [{ url, method, body, timeout, tries }] = sent as [HttpRequest];
  assert.equal(
    [String(url), method, timeout, tries],
    ["https://registry.hokus.ai/api/api/v1/models/baseline", "POST", 30_000, "once"],
  );
  assert.equal(JSON.parse(String(body)), {
    model_type: "t",
    mlflow_run_id: "r",
    metadata: { a: 1, model_id: "m1", version: "3", metrics: { f1: 1, auc: 0.5, "a=b": 0.2 } },
  });
});

test("takes key and endpoint from the file's instance, else from the environment", async () => {
  const instance = (name: string, key: string) => ({
    name,
    plugin: "hokusai",
    options: { apiKey: textSource(key, "the test"), endpoint: `https://${name}.test/api` },
  });
  const answer = () => ({ status: 200 });
  const one = await run("register-baseline --model-type t", { file: { answer, instances: [instance("a", "first")] } });
  assert.equal(
    one.sent.map((sent) => [keyIn(sent), String(sent.url)]),
    [["first", "https://a.test/api/api/v1/models/baseline"]],
  );
  const file = { answer, instances: [instance("a", "first"), instance("b", "second")] };
  const both = await run("register-baseline --model-type t", { file });
  assert.equal([both.error?.code, both.sent.length], ["USAGE", 0]);
  assert.match(both.error?.message ?? "", /\(a, b\): say which with --instance/);
  assert.equal((await run("register-baseline --model-type t --instance b", { file })).sent.map(keyIn), ["second"]);
  assert.is((await run("register-baseline --model-type t --instance c", { file })).error?.code, "USAGE");
  const none = await run("register-baseline --model-type t", {
    file: { answer },
    env: { ...env, HOKUSAI_API_ENDPOINT: "https://other.test/api" },
  });
  assert.equal(
    none.sent.map((sent) => [keyIn(sent), new URL(sent.url).host]),
    [["of the environment", "other.test"]],
  );
  assert.is((await run("register-baseline --model-type t", { env: { HOME: "/nobody" } })).error?.code, "SECRET_SOURCE");
});

test("a file that can't be used is an error, and no other key is taken in its place", async () => {
  const broken = new MlflowAuthError("CONFIG_INVALID", "the test's file is broken", { remedy: "correct it" });
  const context = { ...testCommandContext({ env }), openFile: () => Promise.reject(broken) };
  await Promise.resolve(createCommand().run(["register-baseline", "--model-type", "t"], context)).then(
    () => assert.unreachable(),
    (thrown) => assert.is(thrown, broken),
  );
});

test("waits 1 s and 2 s between three tries, also where the connection fails", async () => {
  const fails = await run("register-baseline --model-type t", { answer: () => ({ status: 503 }) });
  assert.equal([fails.error?.code, fails.sent.length], ["SERVER_UNREACHABLE", 3]);
  assert.ok(fails.passed >= 3_000);
  const lost = await run("register-baseline --model-type t", {
    answer() {
      throw new MlflowAuthError("SECRET_UNREACHABLE", "down", { transient: true, cause: { code: "ECONNREFUSED" } });
    },
  });
  assert.equal([lost.error?.code, lost.sent.length], ["SERVER_UNREACHABLE", 3]);
  assert.match(lost.error?.message ?? "", /nothing listens there/);
  const untrusted = await run("register-baseline --model-type t", {
    answer() {
      throw new MlflowAuthError("SECRET_UNREACHABLE", "x", { transient: true, cause: { code: "CERT_HAS_EXPIRED" } });
    },
  });
  assert.equal([untrusted.error?.code, untrusted.sent.length], ["SERVER_UNREACHABLE", 1]);
});

test("an answer that goes on and on, or does not come in time, is told as that", async () => {
  for (const message of [
    "https://h.test gave an answer of more than 1 MiB",
    "https://h.test can't be reached: no answer",
  ]) {
    const { error } = await run("register-baseline --model-type t", {
      answer() {
        throw new MlflowAuthError("SECRET_UNREACHABLE", message, { remedy: "no secret store answers so" });
      },
    });
    assert.equal([error?.code, error?.message], ["SERVER_UNREACHABLE", message]);
    assert.match(error?.remedy ?? "", /^check HOKUSAI_API_ENDPOINT/);
  }
});

test("what a server answers can't move the terminal's cursor or forge a line", async () => {
  const text = JSON.stringify({ model_id: "m\u001b[2K\nerror: x", model_type: "t", version: "1", timestamp: "" });
  const { stdout } = await run("register-baseline --model-type t", { answer: () => ({ status: 200, text }) });
  assert.is(stdout, "registered t as m\\u001b[2K\\u000aerror: x, version 1\n");
});

test("prints JSON where it is asked to", async () => {
  const { stdout } = await run("register-baseline --model-type t --json");
  assert.equal(JSON.parse(stdout), { modelId: "m1", modelType: "t", version: "3", timestamp: "now" });
});

for (const words of [
  "",
  "register",
  "register-baseline more --model-type t",
  "register-baseline",
  "register-baseline --model-type t --unknown",
  "register-baseline --model-type t --metadata {",
  "register-baseline --model-type t --metadata [1]",
  "register-baseline --model-type t --metric auc",
  'register-baseline --model-type t --metric auc=1 --metadata {"metrics":"x"}',
  "register-baseline --model-type t --metric =1",
  "register-baseline --model-type t --metric auc=high",
]) {
  test(`“${words}” is used wrongly: nothing is sent`, async () => {
    const { error, sent } = await run(words);
    assert.equal([error?.code, sent.length], ["USAGE", 0]);
    assert.ok(error?.remedy);
  });
}

test.run();
