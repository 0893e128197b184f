import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "../servers/installation/run.ts";
import { removeAtEnd } from "../servers/process/lifeline.ts";
import { missing as missingTools, nodeBinary } from "../servers/tools.ts";
import { plainEnvironment, specsOf } from "./managers.ts";
import { registryMissing } from "./registry.ts";
import { type Stage, startStage } from "./stage.ts";
import { packAll } from "./tarballs.ts";
import { type Used, use } from "./use.ts";

const missing = await registryMissing();
const missingNode = (await missingTools("node20")) ?? missing;

const test = suite("installed globally", { missing });
const old = suite("installed globally, on an older Node", { missing: missingNode });

let prefix: string;
let stage: Stage;
/** With a file and nothing else. */
let folder: string;

/** The command by the link that npm put on the path, under any Node. */
function globally(node: string, ...args: string[]): Promise<Used> {
  return use({ folder, execute: [node, join(prefix, "bin", "mlflow-auth")], env: stage.env }, ...args);
}

async function setUp(): Promise<void> {
  const specs = specsOf(await packAll());
  prefix = mkdtempSync(join(tmpdir(), "mlflow-auth-global-"));
  removeAtEnd(prefix);
  // `npm install --global` takes no overrides, so what the packages need of each other is named as well.
  const wanted = ["mlflow-auth", "@mlflow-auth/plugin-vault", "@mlflow-auth/core", "@mlflow-auth/schema"];
  const args = ["install", "--global", "--prefix", prefix, "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", [...args, ...wanted.map((name) => specs[name] as string)], { env: plainEnvironment() });
  stage = await startStage();
  folder = mkdtempSync(join(tmpdir(), "mlflow-auth-no-project-"));
  removeAtEnd(folder);
  mkdirSync(join(folder, ".git"));
  writeFileSync(join(folder, "mlflow-auth.yaml"), stage.config);
}

test.before(setUp);

test("the command finds the plugin beside it, for a file in a folder without package.json", async () => {
  const { code, stdout, stderr } = await globally(process.execPath, "headers", stage.uri, "--json", "--show-secrets");
  assert.is(code, 0, stderr);
  assert.equal(JSON.parse(stdout).headers, { Authorization: `Bearer ${stage.credential}` });
});

test("it does so by a link to the link, as version managers make them", async () => {
  const link = join(folder, "mlflow-auth");
  symlinkSync(join(prefix, "bin", "mlflow-auth"), link);
  const { code, stderr } = await use({ folder, execute: [process.execPath, link], env: stage.env }, "validate");
  assert.is(code, 0, stderr);
  rmSync(link);
});

test("a plugin that is not there is to be installed globally", async () => {
  const file = join(folder, "with-datadog.yaml");
  writeFileSync(file, `${stage.config}  datadog: {}\n`);
  const { code, stderr } = await globally(process.execPath, "validate", "--config", file);
  assert.is(code, 3);
  assert.match(stderr, "npm install --global @mlflow-auth/plugin-datadog");
});

test.run();

old("Node 20 is told in one sentence what is needed, before anything is loaded that it can't read", async () => {
  const command = await globally(nodeBinary("node20"), "validate");
  const sentence = "needs Node 22.19 or newer; this is Node 20.20.2.\n";
  assert.equal([command.code, command.stdout, command.stderr], [2, "", `mlflow-auth ${sentence}`]);
  const core = join(prefix, "lib", "node_modules", "@mlflow-auth", "core", "dist");
  const node = { folder, execute: [nodeBinary("node20")] };
  const registered = await use(node, "--import", join(core, "register.js"), "-e", "console.log('started')");
  assert.equal([registered.code, registered.stdout, registered.stderr], [2, "", `@mlflow-auth/core ${sentence}`]);
  const script = `import(${JSON.stringify(join(core, "index.js"))}).catch(({ code, message }) => console.log(code + " " + message))`;
  assert.is((await use(node, "-e", script)).stdout, `NODE_VERSION @mlflow-auth/core ${sentence}`);
});

old.after(() => stage.stop());

old.run();
