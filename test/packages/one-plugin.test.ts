/** Whoever uses one vendor installs nothing of the others: each plugin in an empty project, with the command and core alone. */
import { globSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { installedPackages, sizeOf } from "./installed-packages.ts";
import { installProject, managers } from "./managers.ts";
import { registryMissing } from "./registry.ts";
import { type Published, packAll } from "./tarballs.ts";
import { use } from "./use.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const [npm] = managers;
const missing = await registryMissing();

/** How the packages of each vendor's SDK are called; undefined where the plugin needs none. */
const sdks: Readonly<Record<string, RegExp | undefined>> = {
  vault: /^node-vault$/,
  aws: /^@(?:aws-sdk|aws-crypto|smithy)\//,
  azure: /^@azure\//,
  descope: /^@descope\//,
  datadog: undefined,
  hokusai: undefined,
  token: undefined,
};

/** Plugins that come with another one's package. */
const seconds: Readonly<Record<string, readonly string[]>> = { aws: ["sigv4"] };

/** The least that each plugin's options need. */
const options: Readonly<Record<string, object>> = {
  vault: { address: "https://vault.example.com", secret: { path: "mlflow/auth" } },
  aws: { secret: { id: "mlflow/auth" }, region: "eu-central-1" },
  descope: { projectId: "P2abc" },
  azure: { vaultUrl: "https://team.vault.azure.net", secret: { name: "mlflow-auth" } },
  datadog: {},
  hokusai: {},
  token: { command: ["get-token"] },
  sigv4: { arn: "arn:aws:sagemaker:eu-central-1:111122223333:mlflow-tracking-server/team" },
};

const test = suite("one plugin alone", { missing, timeout: 240 });
let packages: readonly Published[];
test.before(async () => {
  packages = await packAll();
});

test("every plugin of the repository is tried here", () => {
  const there = globSync("plugins/*/package.json", { cwd: root }).map((file) => basename(join(file, "..")));
  assert.equal(there.sort(), Object.keys(sdks).sort());
});

for (const [plugin, sdk] of Object.entries(sdks)) {
  test(`${plugin}: its own SDK is installed, no other vendor's, and it is found`, async () => {
    const folder = await installProject(npm as (typeof managers)[0], packages, [`@mlflow-auth/plugin-${plugin}`]);
    const modules = join(folder, "node_modules");
    const names = installedPackages(modules);
    const vendors = Object.entries(sdks).filter(([, pattern]) => names.some((name) => pattern?.test(name)));
    assert.equal(
      vendors.map(([vendor]) => vendor),
      sdk === undefined ? [] : [plugin],
    );
    const ours = names.filter((name) => name.startsWith("@mlflow-auth/plugin-"));
    assert.equal(ours, [`@mlflow-auth/plugin-${plugin}`]);
    assert.is(names.filter((name) => name === "@mlflow-auth/core").length, 1);

    for (const name of [plugin, ...(seconds[plugin] ?? [])]) {
      const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { [name]: options[name] } };
      writeFileSync(join(folder, "mlflow-auth.yaml"), JSON.stringify(config));
      const { code, stdout, stderr } = await use(
        { folder, execute: ["npx", "--no-install"], env: {} },
        "mlflow-auth",
        "validate",
        "--json",
      );
      assert.is(code, 0, stdout + stderr);
      assert.is(JSON.parse(stdout).plugins[0].package, `@mlflow-auth/plugin-${plugin}`, name);
    }
    process.stderr.write(`${plugin}: ${names.length} packages, ${(sizeOf(modules) / 1024 ** 2).toFixed(1)} MiB\n`);
  });
}

test.run();
