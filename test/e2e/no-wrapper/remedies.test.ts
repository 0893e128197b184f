/** What is wrong with a plugin that came with pip is told with pip's command, whichever way somebody comes in. */
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { layeredEnvironment } from "../../packages/python/layered-environment.ts";
import { sitePackages } from "../../servers/installation/python-layer.ts";
import { missing, mlflowPython } from "../../servers/tools.ts";
import type { Project } from "../fixture/project.ts";
import { createWatch } from "../fixture/watch.ts";
import { pythonProject } from "./scene.ts";

const test = suite("what to do about a plugin of pip's", { missing: await missing("mlflow") });

const SERVER = "http://127.0.0.1:9";
const configOf = (plugin: string) => `
version: 1
trackingUri: ${SERVER}
plugins:
  ${plugin}: { address: "http://127.0.0.1:9", secret: { path: mlflow/auth } }
`;

let python: string;
let project: Project;
/** The folder of the plugin vault, and its package.json as it was. */
let folder: string;

test.before(async () => {
  python = await layeredEnvironment(await mlflowPython(), ["vault"]);
  folder = join(sitePackages(dirname(dirname(python))), "mlflow_auth_vault");
});

test.beforeEach(() => {
  const env = { MLFLOW_TRACKING_URI: SERVER, VAULT_TOKEN: "none", MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0" };
  project = pythonProject({ config: configOf("vault"), env, python, watch: createWatch() });
  const kept = join(project.folder, "kept");
  cpSync(folder, kept, { recursive: true });
  closeAfterwards(() => {
    rmSync(folder, { recursive: true });
    cpSync(kept, folder, { recursive: true });
  });
});

const JOINED = "import mlflow\nmlflow.search_experiments()";
const IN_A_NOTEBOOK = "import mlflow_auth\nmlflow_auth.doctor()";

/** Each way in that reads the file. */
const ways: Readonly<Record<string, readonly string[]>> = {
  validate: ["mlflow-auth", "validate"],
  doctor: ["mlflow-auth", "doctor"],
  headers: ["mlflow-auth", "headers", SERVER],
  exec: ["mlflow-auth", "exec", "--", "true"],
  "a program that joins": ["python", "-c", JOINED],
  "mlflow_auth.doctor()": ["python", "-c", IN_A_NOTEBOOK],
};

async function assertSaid(expected: string, more: Readonly<Record<string, readonly string[]>> = {}): Promise<void> {
  for (const [way, command] of Object.entries({ ...ways, ...more })) {
    const { stdout, stderr } = await project.run(command, { timeout: 100 });
    assert.match((stdout + stderr).replaceAll(/\s+/g, " "), expected, `${way}: ${stdout}${stderr}`);
  }
}

function changeManifest(change: object): void {
  const file = join(folder, "package.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...change }));
}

test("one that is not installed is installed", async () => {
  project.write("mlflow-auth.yaml", configOf("aws"));
  await assertSaid('pip install "mlflow-auth[aws]"', {
    "plugins --why": ["mlflow-auth", "plugins", "--why", "aws"],
    init: ["mlflow-auth", "init", "--yes", "--config", "new.yaml", "--plugin", "aws"],
  });
});

test("one that is made for another version of the command is updated together with it", async () => {
  changeManifest({ peerDependencies: { "@mlflow-auth/core": "^9.0.0" } });
  await assertSaid('update the older one, by `pip install --upgrade "mlflow-auth[vault]"`', {
    plugins: ["mlflow-auth", "plugins"],
  });
});

test("one that this version can't use at all is updated as well", async () => {
  changeManifest({ "mlflow-auth-plugin": { apiVersion: 9 } });
  await assertSaid('install another version of it (`pip install --upgrade "mlflow-auth[vault]"`)', {
    plugins: ["mlflow-auth", "plugins"],
    "plugins --why": ["mlflow-auth", "plugins", "--why", "vault"],
  });
});

test("one that others may write is installed again", async () => {
  chmodSync(join(folder, "package.json"), 0o666);
  await assertSaid("(`pip install --force-reinstall --no-deps mlflow-auth-vault`)", {
    plugins: ["mlflow-auth", "plugins"],
    "plugins --why": ["mlflow-auth", "plugins", "--why", "vault"],
    init: ["mlflow-auth", "init", "--yes", "--config", "new.yaml", "--plugin", "vault"],
  });
});

test.run();
