/** A new plugin from `create-plugin` to its tarball, and that used in another project, as its author and its users would. */
import { copyFileSync, globSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startStub } from "@mlflow-auth/mlflow-stub";
import * as assert from "uvu/assert";
import { startFakeAcme } from "../../cli/templates/typescript/base/test/fake-acme.ts";
import { builtCommand } from "../built-command.ts";
import { run } from "../servers/installation/run.ts";
import { removeAtEnd } from "../servers/process/lifeline.ts";
import { type Manager, plainEnvironment } from "./managers.ts";
import type { Published } from "./tarballs.ts";
import { type Use, use } from "./use.ts";

/** What a plugin adds to the creation of a run. */
export interface Seen {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

/** A plugin that is made, and how it shows that it works. */
export interface NewPlugin {
  readonly plugin: string;
  readonly options: readonly string[];
  /** @param token what the backend gives */
  check(seen: Seen, token: string): void;
}

/** One for each kind; of the names some are of two words. */
export const newPlugins: readonly NewPlugin[] = [
  {
    plugin: "acme",
    options: ["--auth"],
    check: ({ headers }, token) => assert.is(headers["authorization"], `Bearer ${token}`),
  },
  {
    plugin: "acme-headers",
    options: ["--headers"],
    check: ({ headers }, token) => assert.is(headers["x-acmeheaders-token"], token),
  },
  {
    plugin: "acme-tags",
    options: ["--tags"],
    check: ({ tags }) => assert.equal(tags, [{ key: "acme-tags.team", value: "forecasting" }]),
  },
  {
    plugin: "acme-signs",
    options: ["--signs"],
    check: ({ headers }, token) => {
      assert.match(String(headers["x-acmesigns-signature"]), /^[0-9a-f]{64}$/);
      assert.not.match(JSON.stringify(headers), token);
    },
  },
  {
    plugin: "acme-js",
    options: ["--js"],
    check: ({ headers }, token) => assert.is(headers["authorization"], `Bearer ${token}`),
  },
];

/**
 * Makes its package from this clone, outside of the repository; installs it, runs what its scripts are for, and packs it.
 *
 * @throws Error with the end of what a step printed, if one fails
 */
export async function makePlugin(
  { plugin, options }: NewPlugin,
  { name, command, install }: Manager,
): Promise<Published> {
  const parent = mkdtempSync(join(tmpdir(), `mlflow-auth-new-${name.replaceAll(/\W+/g, "-")}-`));
  removeAtEnd(parent);
  const env = plainEnvironment();
  const made = await run(process.execPath, [builtCommand, "create-plugin", plugin, ...options, "--json"], {
    cwd: parent,
    env,
  });
  const { folder, package: packageName, files } = JSON.parse(made);
  // Where the search for a project ends.
  writeFileSync(join(parent, ".git"), "");
  const inside = { cwd: folder, env };
  const step = (args: readonly string[]) => run(args[0] as string, args.slice(1), inside);
  await step(install);
  const scripts = files.includes("src/index.ts") ? ["test", "try", "check"] : ["check"];
  for (const script of scripts) await step([...command, "run", script]);
  await step([...command, "pack"]);
  const [tarball = ""] = globSync("*.tgz", { cwd: folder });
  return { name: packageName, folder, tarball: join(folder, tarball) };
}

/** Uses it in a project where its package is installed: through `exec`, and with `register`. */
export async function usePlugin({ plugin, check }: NewPlugin, folder: string, manager: Manager): Promise<void> {
  const acme = await startFakeAcme();
  const mlflow = await startStub();
  try {
    copyFileSync(join(import.meta.dirname, "programs/create-run.mjs"), join(folder, "create-run.mjs"));
    const file = join(folder, `${plugin}.yaml`);
    const options = `{ address: "${acme.address}", apiKey: { env: KEY_OF_ACME } }`;
    writeFileSync(file, `version: 1\ntrackingUri: ${mlflow.uri}\nplugins:\n  ${plugin}: ${options}\n`);
    const env = { MLFLOW_AUTH_CONFIG: file, MLFLOW_TRACKING_URI: mlflow.uri, KEY_OF_ACME: acme.apiKey };
    const project: Use = { folder, execute: manager.modules === undefined ? manager.execute : [], env };
    const ways = [
      ["mlflow-auth", "exec", "--", process.execPath, "create-run.mjs"],
      [process.execPath, "--import", "@mlflow-auth/core/register", "create-run.mjs"],
    ];
    for (const way of ways) {
      mlflow.requests.splice(0);
      const { code, stdout, stderr } = await use(project, ...way);
      assert.is(code, 0, stderr);
      const request = mlflow.requests.find(({ path }) => path.endsWith("/runs/create"));
      const tags = JSON.parse(stdout).filter(({ key }: { key: string }) => !key.startsWith("mlflow."));
      check({ headers: request?.headers ?? {}, tags }, acme.token());
    }
  } finally {
    await mlflow.close();
    await acme.stop();
  }
}
