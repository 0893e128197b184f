/** The package manager that started the command, by whose commands its user goes on. */

/** How its user says what is to be done next. */
export interface PackageManager {
  readonly name: "npm" | "pnpm" | "yarn";
  readonly install: string;
  /** Runs a script of package.json. */
  run(script: string): string;
  readonly pack: string;
}

const managers: readonly PackageManager[] = [
  { name: "npm", install: "npm install", run: (script) => `npm ${short(script)}`, pack: "npm pack" },
  { name: "pnpm", install: "pnpm install", run: (script) => `pnpm ${short(script)}`, pack: "pnpm pack" },
  { name: "yarn", install: "yarn install", run: (script) => `yarn ${short(script)}`, pack: "yarn pack" },
];

/**
 * By what npm, pnpm and yarn tell the programs that they start: `npm_config_user_agent`, as in `pnpm/12.1.0 npm/? node/v24.1.0`. npm
 * where nobody says so.
 */
export function startedBy({ npm_config_user_agent: agent = "" }: NodeJS.ProcessEnv): PackageManager {
  const name = /^[a-z]+/.exec(agent)?.[0];
  return managers.find((manager) => manager.name === name) ?? (managers[0] as PackageManager);
}

/** Only of these scripts do all of them know the name without `run`. */
function short(script: string): string {
  return script === "test" ? script : `run ${script}`;
}
