/** The contract suite, installed as an author has it, under the test runners that authors use. */
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageContract, providerContract } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "../servers/installation/run.ts";
import { removeAtEnd } from "../servers/process/lifeline.ts";
import { plainEnvironment, specsOf } from "./managers.ts";
import { registryMissing } from "./registry.ts";
import { packAll } from "./tarballs.ts";
import { use } from "./use.ts";

const programs = join(import.meta.dirname, "programs/contract");
const plugins = fileURLToPath(new URL("../../core/test/testing/bad-plugins", import.meta.url));

interface Runner {
  readonly name: string;
  /** The newest release as this was written. */
  readonly packages: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** How it counts cases that passed. */
  readonly passed: RegExp;
}

const runners: readonly Runner[] = [
  {
    name: "node:test",
    packages: {},
    command: [process.execPath, "--test", "node.mjs"],
    passed: /^# pass (\d+)|^ℹ pass (\d+)/m,
  },
  {
    name: "vitest",
    packages: { vitest: "5.1.1" },
    command: [process.execPath, "node_modules/vitest/vitest.mjs", "run", "vitest.test.mjs"],
    passed: /Tests\s.*?(\d+) passed/,
  },
  {
    name: "jest",
    packages: { jest: "30.5.2" },
    command: [process.execPath, "node_modules/jest/bin/jest.js", "--testMatch", "**/jest.spec.mjs"],
    env: { NODE_OPTIONS: "--experimental-vm-modules" },
    passed: /^Tests:.*?(\d+) passed/m,
  },
  { name: "uvu", packages: { uvu: "0.5.6" }, command: [process.execPath, "uvu.mjs"], passed: /Passed:\s+(\d+)/ },
];

/** None may be left out by a runner. */
const cases = [...providerContract({ auth: () => assert.unreachable() as never }), ...packageContract(plugins)].length;

/** Like the sound one, but that it forgets a promise with each fetch. */
const forgetful = `import { credentialProvider } from "@mlflow-auth/core/plugin";
export const createRequestAuthProvider = credentialProvider(async ({ address }, context) => {
  void Promise.reject(new Error("forgotten"));
  const answer = await context.http.send({ url: address });
  if (answer.status !== 200) throw context.refuse(answer, { what: "the token" });
  return { token: answer.text };
});
`;

const test = suite("the contract suite under other test runners", { missing: await registryMissing() });
let folder: string;

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), "mlflow-auth-runners-"));
  removeAtEnd(folder);
  const specs = specsOf(await packAll());
  const dependencies = Object.assign({}, ...runners.map(({ packages }) => packages)) as Record<string, string>;
  for (const name of ["@mlflow-auth/core", "@mlflow-auth/schema"]) dependencies[name] = specs[name] as string;
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "author", private: true, type: "module", dependencies }),
  );
  await run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    env: plainEnvironment(),
  });
  for (const name of readdirSync(programs)) copyFileSync(join(programs, name), join(folder, name));
  const modules = join(folder, "node_modules");
  for (const name of readdirSync(plugins))
    cpSync(join(plugins, name), join(modules, `mlflow-auth-plugin-${name}`), { recursive: true });
  cpSync(join(plugins, "sound"), join(modules, "mlflow-auth-plugin-forgetful"), { recursive: true });
  writeFileSync(join(modules, "mlflow-auth-plugin-forgetful/index.js"), forgetful);
  mkdirSync(join(folder, ".git"));
});

const runIn = ({ command, env = {} }: Runner, plugin: string) =>
  use({ folder, execute: [], env: { ...env, PLUGIN: plugin, NO_COLOR: "1" } }, ...command);

for (const runner of runners) {
  test(`${runner.name}: a sound plugin passes every case`, async () => {
    const { code, stdout, stderr } = await runIn(runner, "sound");
    const output = stdout + stderr;
    assert.is(code, 0, output);
    const [, ...counts] = runner.passed.exec(output) ?? [];
    assert.is(Number(counts.find(Boolean)), cases, output);
  });

  for (const [plugin, said] of [
    ["swallowed-denial", "getAuth answered where its backend denies the secret"],
    ["endless-wait", "did not end within 500 ms"],
    ["import-side-effect", "it changes the variable STORE_CLIENT"],
    // jest hears of it first, and says where it was.
    [
      "forgetful",
      runner.name === "jest" ? "plugin-forgetful/index.js:3" : "something failed where nobody waits for it",
    ],
  ] as const) {
    test(`${runner.name}: ${plugin} fails, and the message says why`, async () => {
      const { code, stdout, stderr } = await runIn(runner, plugin);
      assert.is(code, 1, stdout + stderr);
      assert.match((stdout + stderr).replaceAll(/\s+/g, " "), said);
    });
  }
}

test.run();
