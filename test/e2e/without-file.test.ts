/** The environment of every system that came before, as it is and without a file: by each way in, before a real MLflow. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startMlflow } from "../servers/mlflow.ts";
import { missing } from "../servers/tools.ts";
import { runsOf } from "./fixture/mlflow-api.ts";
import { oldSystems } from "./fixture/old-environments.ts";
import { addProgram, createProject, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { createWatch } from "./fixture/watch.ts";

const LIBRARY = `import { loadMlflowAuth } from "@mlflow-auth/core";
const auth = await loadMlflowAuth();
const send = async (path, body) => {
  const url = process.env.MLFLOW_TRACKING_URI + "/api/2.0/mlflow/" + path;
  const headers = { "Content-Type": "application/json" };
  return await (await auth.fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).json();
};
const { experiment_id } = await send("experiments/create", { name: process.argv[2] });
await send("runs/create", { experiment_id });
await auth.close();
`;

/** Each way in, with the name of the run that it leaves. */
const ways: Readonly<
  Record<string, (project: Project, experiment: string) => Promise<{ code: number | null; stderr: string }>>
> = {
  exec: (project, experiment) =>
    project.run(["mlflow-auth", "exec", "--", "python", "one-run.py", experiment], { timeout: 120 }),
  register: (project, experiment) =>
    project.run(["node", "--import", "@mlflow-auth/core/register", "fetch-runs.mjs", experiment, "fetch"]),
  library: (project, experiment) => project.run(["node", "library.mjs", experiment]),
  async proxy(project, experiment) {
    const { url, stop } = await startSidecar(project);
    const env = { MLFLOW_TRACKING_URI: url };
    const ran = await project.run(["node", "fetch-runs.mjs", experiment, "fetch"], { env });
    assert.match((await stop()).stderr, /using the environment \(.*MLFLOW_TRACKING_URI/);
    return ran;
  },
};

// Asked before the first suite runs: what is awaited between two suites of a file confuses uvu.
const without = new Map<string, string | undefined>();
for (const [plugin, { tools }] of Object.entries(oldSystems)) without.set(plugin, await missing(...tools));

for (const [plugin, { start }] of Object.entries(oldSystems)) {
  const why = without.get(plugin);
  const test = suite(`the environment of older systems, without a file: ${plugin}`, {
    ...(why !== undefined && { missing: why }),
    timeout: 240,
  });

  test(`${plugin}: in every spelling, by exec, register, the library and the proxy`, async () => {
    const watch = createWatch();
    const mlflow = await startMlflow();
    closeAfterwards(() => mlflow.stop());
    const scene = await start(mlflow, watch);
    for (const [number, [spelling, env]] of Object.entries(scene.spellings).entries()) {
      const project = createProject({ config: undefined, env: { ...scene.env, ...env }, python: mlflow.python, watch });
      closeAfterwards(project.remove);
      for (const name of ["one-run.py", "fetch-runs.mjs"]) addProgram(project, name);
      project.write("library.mjs", LIBRARY);
      for (const [way, run] of Object.entries(ways)) {
        const experiment = `${plugin}-${way}-${number}`;
        const { code, stderr } = await run(project, experiment);
        assert.is(code, 0, `${spelling}, ${way}: ${stderr}`);
        assert.is((await runsOf(mlflow, experiment))?.length, 1, `${spelling}, ${way}: ${stderr}`);
      }
    }
    assert.equal(await scene.refused(), []);
  });

  test.run();
}
