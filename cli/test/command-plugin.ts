/** A project whose one plugin package gives a command beside its provider, and more packages with commands. */
import { createSite, type Site } from "./project.js";

export interface CommandSite extends Site {
  /** The command `test` becomes this: the body of `run(args, context)`. */
  command(body: string, top?: string): void;
  /** Installs a package that gives the command `name` and nothing else. @param declare whether package.json names it. Default true */
  add(packageName: string, name: string, options?: AddOptions): void;
}

export interface AddOptions {
  readonly declare?: boolean;
  /** What the entry point says. */
  readonly entry?: unknown;
  readonly apiVersion?: number;
  /** The whole module. Default: the command prints its package's name. */
  readonly module?: string;
  /** Further entry points, by group. */
  readonly others?: object;
}

const PLUGIN = "mlflow-auth-plugin-test";
const ENTRY = "./command.js:createCommand";

export async function createCommandSite(): Promise<CommandSite> {
  const site = await createSite();
  const { project } = site;
  const provider = { "mlflow.request_auth_provider": { test: "./index.js:createRequestAuthProvider" } };
  const declared: Record<string, string> = { [PLUGIN]: "1.0.0" };
  const write = (name: string, entryPoints: object, apiVersion: number, configSchema?: string) =>
    project.write(
      `node_modules/${name}/package.json`,
      JSON.stringify({
        name,
        version: "1.0.0",
        type: "module",
        "entry-points": entryPoints,
        "mlflow-auth-plugin": { apiVersion, ...(configSchema && { configSchema }) },
      }),
    );
  write(PLUGIN, { ...provider, "mlflow_auth.command": { test: ENTRY } }, 1, "./config.schema.json");
  return {
    ...site,
    command(body, top = "") {
      const module = `${top}\nexport const createCommand = () => ({ async run(args, context) {\n${body}\n} });\n`;
      project.write(`node_modules/${PLUGIN}/command.js`, module);
    },
    add(name, command, { declare = true, entry = ENTRY, apiVersion = 1, module, others = {} } = {}) {
      write(name, { ...others, "mlflow_auth.command": { [command]: entry } }, apiVersion);
      const prints = `export const createCommand = () => ({ run(_, { stdout }) { stdout.write("${name}\\n"); } });`;
      project.write(`node_modules/${name}/command.js`, module ?? prints);
      if (declare) declared[name] = "1.0.0";
      project.write("package.json", JSON.stringify({ name: "project", dependencies: declared }));
    },
  };
}
