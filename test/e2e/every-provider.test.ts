/** The same work for every provider: Python through exec and Node through register, before a real MLflow behind nginx. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { StartStore, Store } from "../matrix/store.ts";
import { realStores, stores } from "../matrix/stores.ts";
import { type Front, refusedBy } from "../servers/front.ts";
import { type RealMlflow, startMlflow } from "../servers/mlflow.ts";
import { startNginx } from "../servers/nginx.ts";
import { missing } from "../servers/tools.ts";
import { countExperiments, runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, createProject, type Project } from "./fixture/project.ts";
import { basic, bearer } from "./fixture/stage.ts";
import { betweenTwoRequests } from "./fixture/two-requests.ts";
import { createWatch } from "./fixture/watch.ts";

interface Subject {
  readonly plugin: string;
  readonly start: StartStore;
  readonly without: string | undefined;
}

/** Somebody else's server where there is one, else the double. */
const subjects: Subject[] = [];
for (const [plugin, double] of Object.entries(stores)) {
  const real = realStores.find((store) => store.plugin === plugin);
  const tools = real === undefined ? [] : [real.tool];
  subjects.push({ plugin, start: real?.start ?? double, without: await missing("mlflow", "nginx", ...tools) });
}

/** Each way in, with the program that a user has anyway and what it leaves in MLflow. */
const programs = {
  "Python's mlflow through exec": {
    file: "train.py",
    command: ["mlflow-auth", "exec", "--", "python", "train.py"],
    runs: ["fit", "model"],
  },
  "npm's mlflow through register": {
    file: "npm-mlflow.cjs",
    command: ["node", "--import", "@mlflow-auth/core/register", "npm-mlflow.cjs"],
    runs: undefined,
  },
  "fetch through register": {
    file: "fetch-runs.mjs",
    command: ["node", "--import", "@mlflow-auth/core/register", "fetch-runs.mjs"],
    runs: ["fetch"],
  },
} as const;

for (const { plugin, start, without } of subjects) {
  const test = suite(`a training before MLflow, with its credential from ${plugin}`, {
    ...(without !== undefined && { missing: without }),
    timeout: 240,
  });
  const watch = createWatch();
  let store: Store;
  let mlflow: RealMlflow;
  test.before(async () => {
    [store, mlflow] = await Promise.all([start(watch), startMlflow()]);
  });
  test.after(() => Promise.all([store.stop(), mlflow.stop()]));

  async function protectedProject(mode: "bearer" | "basic"): Promise<{ project: Project; front: Front }> {
    const secret = watch.secret();
    await store.hold(mode === "bearer" ? { token: secret } : { username: "ci", password: secret });
    const accepted = mode === "bearer" ? bearer(secret) : basic("ci", secret);
    const front = await startNginx({ upstream: mlflow.uri, accepted: [accepted] });
    closeAfterwards(() => front.stop());
    const options = { ...store.options, credential: { mode } };
    // JSON is YAML, too.
    const config = JSON.stringify({ version: 1, trackingUri: front.uri, plugins: { [plugin]: options } });
    const env = { MLFLOW_TRACKING_URI: front.uri, ...store.env };
    const project = createProject({ config, env, python: mlflow.python, watch });
    closeAfterwards(project.remove);
    for (const { file } of Object.values(programs)) addProgram(project, file);
    return { project, front };
  }

  for (const [what, { command, runs }] of Object.entries(programs)) {
    test(`${plugin}: ${what} works as it is`, async () => {
      const { project, front } = await protectedProject("bearer");
      const experiment = `${plugin}-${command.at(-1)}`;
      const { code, stderr } = await project.run([...command, experiment, "fetch"], { timeout: 120 });
      assert.is(code, 0, stderr);
      const made = (await runsOf(mlflow, experiment)) ?? [];
      assert.ok(made.length > 0);
      assert.ok(made.every(({ status }) => status === "FINISHED" || what.startsWith("fetch")));
      if (runs !== undefined) {
        assert.equal(
          made.map(({ name }) => name),
          [...runs],
        );
      }
      assert.equal(await refusedBy(front), []);
    });
  }

  test(`${plugin}: the secret is rotated between two requests of one program, as user and password`, async () => {
    const { project, front } = await protectedProject("basic");
    const next = watch.secret();
    const { stdout, stderr } = await betweenTwoRequests(project, async () => {
      await store.hold({ username: "ci", password: next });
      await front.setAccepted([basic("ci", next)]);
    });
    assert.is(stdout, "200\n200\n", stderr);
    assert.equal(
      (await front.requests()).map(({ status }) => status),
      [200, 401, 200],
    );
  });

  test(`${plugin}: without mlflow-auth the same programs are refused, and nothing is created`, async () => {
    const { project, front } = await protectedProject("bearer");
    const before = await countExperiments(mlflow);
    const { code } = await project.run(["node", "fetch-runs.mjs", "bare", "fetch"]);
    assert.is.not(code, 0);
    assert.is(await countExperiments(mlflow), before);
    assert.equal(
      (await front.requests()).map(({ status, credential }) => [status, credential]),
      [[401, false]],
    );
  });

  test.run();
}
