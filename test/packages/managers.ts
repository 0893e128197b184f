/** How each package manager installs tarballs that depend on each other, in a project of its own. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../servers/installation/run.ts";
import { removeAtEnd } from "../servers/process/lifeline.ts";
import type { Published } from "./tarballs.ts";

export interface Manager {
  readonly name: string;
  /** Itself: behind it stands what to do. */
  readonly command: readonly string[];
  /** The command that runs the project's own `mlflow-auth`, or its Node. */
  readonly execute: readonly string[];
  readonly install: readonly string[];
  /** How it says that a plugin is to be installed. */
  readonly adds: RegExp;
  /** Undefined under Plug'n'Play. */
  readonly modules: string | undefined;
  /** Files beside package.json. */
  settings(specs: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
}

const yarnBerry = ["npx", "-y", "@yarnpkg/cli-dist@4.18.1"];
// Its global cache knows our packages by a name that stays while they change.
const berrySettings = "enableTelemetry: false\nenableGlobalCache: false\nenableImmutableInstalls: false\n";

export const managers: readonly Manager[] = [
  {
    name: "npm",
    command: ["npm"],
    execute: ["npx", "--no-install"],
    install: ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"],
    adds: /npm install @mlflow-auth\/plugin-datadog/,
    modules: "node_modules",
    settings: () => ({}),
  },
  {
    name: "pnpm",
    command: ["npx", "-y", "pnpm@12"],
    execute: ["npx", "-y", "pnpm@12", "exec"],
    install: ["npx", "-y", "pnpm@12", "install", "--reporter=append-only"],
    adds: /pnpm add (-w )?@mlflow-auth\/plugin-datadog/,
    modules: "node_modules",
    settings: (specs) => ({
      "pnpm-workspace.yaml": `overrides:\n${Object.entries(specs)
        .map(([name, spec]) => `  "${name}": "${spec}"\n`)
        .join("")}`,
    }),
  },
  {
    name: "yarn 1",
    command: ["npx", "-y", "yarn@1.22.22"],
    execute: ["npx", "-y", "yarn@1.22.22", "--silent"],
    install: ["npx", "-y", "yarn@1.22.22", "install", "--non-interactive", "--no-progress", "--silent"],
    adds: /yarn add @mlflow-auth\/plugin-datadog/,
    modules: "node_modules",
    settings: () => ({}),
  },
  {
    name: "yarn 4 with node_modules",
    command: yarnBerry,
    execute: yarnBerry,
    install: [...yarnBerry, "install"],
    adds: /yarn add @mlflow-auth\/plugin-datadog/,
    modules: "node_modules",
    settings: () => ({ ".yarnrc.yml": `${berrySettings}nodeLinker: node-modules\n`, "yarn.lock": "" }),
  },
  {
    name: "yarn 4 with Plug'n'Play",
    command: yarnBerry,
    execute: yarnBerry,
    install: [...yarnBerry, "install"],
    adds: /yarn add @mlflow-auth\/plugin-datadog/,
    modules: undefined,
    settings: () => ({ ".yarnrc.yml": berrySettings, "yarn.lock": "" }),
  },
];

/** What a newcomer installs. */
const base = ["mlflow-auth", "@mlflow-auth/core"];

/** An empty project, outside of the repository, in which the command, core and the packages of these plugins are installed. */
export async function installProject(
  { name, install, settings }: Manager,
  packages: readonly Published[],
  plugins: readonly string[] = ["@mlflow-auth/plugin-vault"],
): Promise<string> {
  const wanted = [...base, ...plugins];
  const folder = mkdtempSync(join(tmpdir(), `mlflow-auth-${name.replaceAll(/\W+/g, "-")}-`));
  removeAtEnd(folder);
  // Where the search for the file ends.
  mkdirSync(join(folder, ".git"));
  const specs = specsOf(packages);
  // Only between each other do they need to be told: there is no registry that has them.
  const others = Object.fromEntries(Object.entries(specs).filter(([spec]) => !wanted.includes(spec)));
  const manifest = {
    name: "empty",
    private: true,
    type: "module",
    dependencies: Object.fromEntries(wanted.map((spec) => [spec, specs[spec]])),
    overrides: others,
    resolutions: others,
  };
  const files = { "package.json": JSON.stringify(manifest, undefined, 2), ...settings(others) };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  await run(install[0] as string, install.slice(1), { cwd: folder, env: plainEnvironment() });
  return folder;
}

export function specsOf(packages: readonly Published[]): Record<string, string> {
  return Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`]));
}

/** The environment without what npm and pnpm tell the programs that they run: the managers under test must find nothing of it. */
export function plainEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  // In CI, pnpm and yarn refuse to write the lockfile that an empty project lacks.
  const left = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_|pnpm_|INIT_CWD$|NODE_PATH$|NODE_OPTIONS$|CI$|MLFLOW_|VAULT_)/.test(name) || /^npm_config_/i.test(name),
  );
  return { ...Object.fromEntries(left), ...more };
}
