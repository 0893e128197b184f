import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "../servers/installation/run.ts";
import { installedPackages } from "./installed-packages.ts";
import { installProject, managers } from "./managers.ts";
import { registryMissing } from "./registry.ts";
import { type Stage, startStage } from "./stage.ts";
import { type Published, packAll, readManifest } from "./tarballs.ts";
import { type Use, use, withProxy } from "./use.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const missing = await registryMissing();

let packages: Promise<Published[]> | undefined;

for (const manager of managers) {
  const test = suite(`installed with ${manager.name}`, { missing });
  let stage: Stage;
  let project: Use;
  const SEARCH = "/api/2.0/mlflow/experiments/search?max_results=1";

  test.before(async () => {
    packages ??= packAll();
    const folder = await installProject(manager, await packages);
    stage = await startStage();
    project = {
      folder,
      execute: manager.modules === undefined ? manager.execute : [],
      env: { ...stage.env, URI: stage.uri },
    };
    writeFileSync(join(folder, "mlflow-auth.yaml"), stage.config);
    for (const name of ["search.mjs", "library.mjs"])
      copyFileSync(join(import.meta.dirname, "programs", name), join(folder, name));
  });
  test.after(() => stage.stop());

  test(`${manager.name}: the command says its version, and helps`, async () => {
    const { version } = readManifest(join(root, "cli", "package.json"));
    const { stdout, stderr } = await use({ ...project, execute: manager.execute }, "mlflow-auth", "--version");
    assert.is(stdout.trim(), version, stderr);
    const help = await use(project, "mlflow-auth", "init", "--help");
    assert.is(help.code, 0, help.stderr);
    assert.match(help.stdout, "Example");
  });

  test(`${manager.name}: validate, plugins and schema know Vault's plugin`, async () => {
    const validated = await use(project, "mlflow-auth", "validate", "--json");
    assert.is(validated.code, 0, validated.stdout + validated.stderr);
    assert.is(JSON.parse(validated.stdout).plugins[0].package, "@mlflow-auth/plugin-vault");
    const plugins = await use(project, "mlflow-auth", "plugins");
    assert.is(plugins.code, 0, plugins.stderr);
    assert.match(plugins.stdout, "@mlflow-auth/plugin-vault");
    const schema = await use(project, "mlflow-auth", "schema");
    assert.is(schema.code, 0, schema.stderr);
    assert.ok("plugin-vault" in JSON.parse(schema.stdout).$defs);
  });

  test(`${manager.name}: headers, exec and proxy bring Vault's credential`, async () => {
    const headers = await use(project, "mlflow-auth", "headers", stage.uri, "--json", "--show-secrets");
    assert.equal(JSON.parse(headers.stdout).headers, { Authorization: `Bearer ${stage.credential}` }, headers.stderr);
    const program = `fetch(process.env.MLFLOW_TRACKING_URI + ${JSON.stringify(SEARCH)}).then(({ status }) => console.log(status))`;
    const executed = await use(project, "mlflow-auth", "exec", "--", process.execPath, "-e", program);
    assert.is(executed.stdout.trim(), "200", executed.stderr);
    await withProxy(project, async (url) => assert.is((await fetch(url + SEARCH)).status, 200));
  });

  test(`${manager.name}: exec finds its Python half`, async () => {
    const code = "import os, sys; print(os.environ['PYTHONPATH'], __import__('mlflow_auth_bridge').__name__)";
    const { stdout, stderr } = await use(project, "mlflow-auth", "exec", "--", "python3", "-c", code);
    assert.match(stdout, /mlflow_auth_bridge/, stderr);
  });

  test(`${manager.name}: register and the library bring it into Node programs`, async () => {
    const node = manager.modules === undefined ? [...manager.execute, "node"] : [process.execPath];
    const registered = await use({ ...project, execute: node }, "--import", "@mlflow-auth/core/register", "search.mjs");
    assert.is(registered.stdout.trim(), "200", registered.stderr);
    const loaded = await use({ ...project, execute: node }, "library.mjs");
    assert.is(loaded.stdout.trim(), "200\nDESTINATION_UNLISTED", loaded.stderr);
  });

  test(`${manager.name}: a plugin that is not there is named with the command that installs it`, async () => {
    const file = join(project.folder, "with-datadog.yaml");
    writeFileSync(file, `${stage.config}  datadog: {}\n`);
    const { code, stderr } = await use(project, "mlflow-auth", "validate", "--config", file);
    assert.is(code, 3, stderr);
    assert.match(stderr, /PLUGIN_NOT_INSTALLED/);
    assert.match(stderr, manager.adds);
  });

  if (manager.modules !== undefined) {
    test(`${manager.name}: no other plugin and no other SDK is installed, and core once`, () => {
      const names = installedPackages(join(project.folder, "node_modules"));
      assert.equal(
        names.filter(
          (name) =>
            /aws|azure|datadog|descope|hokusai|plugin-token|mlflow-stub|proxy$|^mlflow$/.test(name) &&
            !name.includes("undici"),
        ),
        [],
      );
      assert.is(names.filter((name) => name === "@mlflow-auth/core").length, 1, names.join(" "));
      assert.ok(names.includes("node-vault"));
    });

    test(`${manager.name}: TypeScript resolves and checks the types, those of what they use included`, async () => {
      const files = ["typed.ts", "typed-plugin.ts"];
      for (const file of files) {
        copyFileSync(join(import.meta.dirname, "programs", file), join(project.folder, file));
      }
      const options = {
        target: "es2024",
        module: "nodenext",
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        typeRoots: [join(root, "node_modules", "@types")],
        types: ["node"],
      };
      writeFileSync(join(project.folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files }));
      const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
      const { code, stdout } = await use({ ...project, execute: [process.execPath] }, tsc, "-p", ".");
      assert.is(code, 0, stdout);
    });
  }

  if (manager.name === "npm") {
    test("npm: what it has installed is complete and unambiguous by its own judgement", async () => {
      const tree = JSON.parse(await run("npm", ["ls", "--all", "--json"], { cwd: project.folder }));
      assert.is(tree.problems, undefined);
    });
  }

  test.run();
}
