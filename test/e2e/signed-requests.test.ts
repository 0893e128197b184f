/** Requests of every kind, by each way in, before a judge that computes their AWS signatures from what came over the wire. */
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { loadMlflowAuth } from "@mlflow-auth/core";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import { Agent, request } from "undici";
import * as assert from "uvu/assert";
import { installTagger } from "../../core/test/library/tag-plugin.ts";
import { environmentOf, makeKeys } from "../servers/secrets-manager-fake.ts";
import { type JudgedRequest, type JudgeSettings, type Sigv4Judge, startSigv4Judge } from "../servers/sigv4-judge.ts";
import { missing } from "../servers/tools.ts";
import { addProgram, createProject, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { createWatch } from "./fixture/watch.ts";

const test = suite("signed requests on the wire", { missing: await missing("moto"), timeout: 120 });

const TAGS = { team: "vision", note: "é 𝄞" };

interface Scene {
  readonly judge: Sigv4Judge;
  readonly project: Project;
  readonly config: { readonly trackingUri: string } & Record<string, unknown>;
  readonly env: Readonly<Record<string, string>>;
}

/** A project whose requests to a judge are signed with keys that it knows. */
async function openScene(options: object = { region: "eu-central-1" }, settings: JudgeSettings = {}): Promise<Scene> {
  const watch = createWatch();
  const keys = { ...makeKeys(watch.secret()), sessionToken: watch.secret() };
  const judge = await startSigv4Judge({ keys: [keys], ...settings });
  closeAfterwards(() => judge.stop());
  const trackingUri = `${judge.uri}/stage`;
  const plugins = { sigv4: options, tagger: { file: "tags.json" } };
  const config = { version: 1, trackingUri, plugins };
  const env = { MLFLOW_TRACKING_URI: trackingUri, ...environmentOf(keys), AWS_SESSION_TOKEN: keys.sessionToken };
  const project = createProject({ config: JSON.stringify(config), env, watch });
  closeAfterwards(project.remove);
  installTagger(project);
  project.write("tags.json", JSON.stringify(TAGS));
  addProgram(project, "signed-requests.mjs");
  return { judge, project, config, env };
}

const ways = {
  register: ["node", "--import", "@mlflow-auth/core/register", "signed-requests.mjs"],
  exec: ["mlflow-auth", "exec", "--", "node", "signed-requests.mjs"],
};

for (const [way, command] of Object.entries(ways)) {
  test(`${way}: every request of a program is signed as AWS computes it, and nothing of the client's own is left`, async () => {
    const { judge, project } = await openScene();
    const { stdout, stderr, code } = await project.run(command);
    const seen = await judge.requests();
    assert.is(code, 0, stderr);
    assert.equal(refused(seen), [], stderr);
    assert.is(stdout, "200\n".repeat(12));
    assert.ok(
      seen.every(({ canonical }) => canonical),
      "no query can be read in two ways",
    );
    assert.is(seen[2]?.length, 5 * 1024 * 1024);
    assert.is(seen[8]?.method, "DELETE");
    assert.is(seen[8]?.length, 12);
    const query =
      "b=2&a=1&a=0&empty=&bare&&plus=a%20b%2Bc&path=a%2Fb&%C3%A9=%28x%29%27%21%2A~%3A%40%2C%3B%24&upper=%2F~";
    assert.is(seen[5]?.target, `/stage/ajax-api/2.0/x?${query}`);
    assert.is(seen[6]?.target, "/stage/ajax-api/2.0/x?a=1");
    assert.ok(seen[1] && seen[1].length > '{"experiment_id":"0"}'.length, "the run tags are in what was signed");
    assert.is(headerOf(seen[10], "x-amz-target"), "kept");
  });
}

test("the interceptor of undici signs paths and queries as they are written, whatever is in them", async () => {
  const { judge, config, env, project } = await openScene();
  const auth = await loadMlflowAuth({ config: config as never, cwd: project.folder, env });
  closeAfterwards(auth.close);
  const dispatcher = new Agent().compose(auth.interceptor);
  closeAfterwards(() => dispatcher.close());
  const paths = [
    "/stage//a///b",
    "/stage/a%2Fb%2fc",
    "/stage/x'(y)*!~{z}|",
    "/stage/p?q='a'&r={b}|c&s=a+b",
    "/stage/p?=v&=&x==y",
  ];
  for (const path of paths) {
    const { statusCode, body } = await request(judge.uri, { dispatcher, path, method: "GET" } as never);
    await body.dump();
    assert.is(statusCode, 200, path);
  }
  assert.equal(refused(await judge.requests()), []);
});

test("the proxy signs what any program sends, without what belongs to one connection", async () => {
  const { judge, project } = await openScene();
  const { url, stop } = await startSidecar(project);
  const { host, pathname } = new URL(url);
  const [hostname, port] = host.split(":");
  const headers = {
    Connection: "keep-alive, X-Hop",
    "X-Hop": "1",
    TE: "trailers",
    Expect: "100-continue",
    "Content-Type": "text/plain",
  };
  const path = `${pathname}/api/2.0/mlflow-artifacts/artifacts/%E2%82%AC+1?x=a+b&x=`;
  const sent = httpRequest({ hostname, port, path, method: "PUT", headers });
  // Without a length: the proxy has to have the whole before it can sign.
  sent.write("one ");
  sent.end("two");
  const [answer] = await once(sent, "response");
  answer.resume();
  await once(answer, "end");
  await stop();
  const [seen] = await judge.requests();
  assert.equal([answer.statusCode, seen?.refused, seen?.length], [200, undefined, 7]);
  assert.match(seen?.target ?? "", /%E2%82%AC\+1\?x=a%20b&x=$/);
});

const ARN = "arn:aws:sagemaker:eu-central-1:111122223333:mlflow-tracking-server/team";
const APP = "arn:aws-us-gov:sagemaker:us-gov-west-1:111122223333:mlflow-app/app-1";
const sageMaker: [what: string, arn: string, settings: JudgeSettings][] = [
  ["a tracking server", ARN, { service: "sagemaker-mlflow", required: { "x-mlflow-sm-tracking-server-arn": ARN } }],
  ["an app", APP, { service: "sagemaker", region: "us-gov-west-1", required: { "x-sm-mlflow-app-arn": APP } }],
];
for (const [what, arn, settings] of sageMaker) {
  test(`SageMaker: the ARN of ${what} says what is signed for, and goes along signed`, async () => {
    const { judge, project } = await openScene({ arn }, settings);
    const { stdout, stderr } = await project.run(ways.register);
    assert.equal(refused(await judge.requests()), [], stderr);
    assert.is(stdout, "200\n".repeat(12));
  });
}

const refused = (all: readonly JudgedRequest[]) => all.filter((one) => one.refused !== undefined);

function headerOf(seen: JudgedRequest | undefined, wanted: string): string | undefined {
  return seen?.headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

test.run();
