/** The package.json of a new plugin. */
import { type Kind, kinds } from "./kinds.js";
import type { PluginName } from "./name.js";
import type { OwnPackages } from "./own-packages.js";

/** As far as it is looked at. */
interface Manifest {
  readonly name: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** The packages of mlflow-auth that a template's package.json names for work on it. */
export function ownDependencies(template: string): string[] {
  const { devDependencies } = JSON.parse(template) as Manifest;
  return Object.keys(devDependencies).filter(isOwn);
}

/**
 * Fills the template in: what it gives, where its functions are, and where the packages of mlflow-auth come from.
 *
 * @param main the module of a kind, as Node loads it: `./dist/index.js`
 */
export function manifestOf(
  template: string,
  name: PluginName,
  given: readonly Kind[],
  own: OwnPackages,
  main: string,
): string {
  const manifest = JSON.parse(template) as Manifest;
  const entryPoints = given.map((kind) => [kinds[kind].group, { [name.plugin]: `${main}:${kinds[kind].factory}` }]);
  const [last = "", ...others] = given.map((kind) => kinds[kind].gives).reverse();
  const gives = others.length === 0 ? last : `${others.reverse().join(", ")} and ${last}`;
  const { scripts } = manifest;
  const filled = {
    ...manifest,
    description: `MLflow ${gives} from ${name.type}`,
    "entry-points": Object.fromEntries(entryPoints),
    scripts: { ...scripts, ...(scripts["try"] && { try: `${scripts["try"]} ${given.join(" ")}` }) },
    peerDependencies: { ...manifest.peerDependencies, "@mlflow-auth/core": own.range },
    devDependencies: sorted({ ...manifest.devDependencies, ...own.specs }),
    ...(own.clone !== undefined && { resolutions: between(own) }),
  };
  return `${JSON.stringify(filled, undefined, 2)}\n`;
}

/**
 * What pnpm needs to be told of packages that depend on each other and are in no registry; undefined where they are. npm finds them
 * among the devDependencies, yarn by the `resolutions` of package.json.
 */
export function pnpmOverrides(own: OwnPackages): string | undefined {
  if (own.clone === undefined) return undefined;
  const lines = Object.entries(between(own)).map(([name, spec]) => `  "${name}": "${spec}"\n`);
  return `overrides:\n${lines.join("")}`;
}

function between({ specs }: OwnPackages): Record<string, string> {
  return Object.fromEntries(Object.entries(specs).filter(([name]) => name === "@mlflow-auth/schema"));
}

function isOwn(name: string): boolean {
  return name === "mlflow-auth" || name.startsWith("@mlflow-auth/");
}

/** As npm itself writes them. */
function sorted(dependencies: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(dependencies).sort(([a], [b]) => (a < b ? -1 : 1)));
}
