/** Plugin packages and whole installations, made in temporary folders. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const made: string[] = [];
process.on("exit", () => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new folder that is removed at the end of the process; its path holds no symlink. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mlflow-auth-core-")));
  made.push(folder);
  return folder;
}

/** Writes files by their relative paths; objects as JSON. */
export function write(folder: string, files: Record<string, string | object>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
}

export const groupOf = {
  auth: "mlflow.request_auth_provider",
  headers: "mlflow.request_header_provider",
  tags: "mlflow.run_context_provider",
} as const;

export interface PluginPackage {
  name: string;
  /** Entry-point names by interface. */
  auth?: string;
  headers?: string;
  tags?: string;
  schema?: object;
  /** Source of ./index.js. */
  module?: string;
  /** Replaces parts of the package.json. */
  manifest?: object;
}

/** The files of a plugin package. */
export function pluginFiles({
  name,
  schema,
  module,
  manifest,
  ...names
}: PluginPackage): Record<string, string | object> {
  const entryPoints = Object.fromEntries(
    (["auth", "headers", "tags"] as const).flatMap((kind) => {
      const entry = names[kind];
      return entry === undefined ? [] : [[groupOf[kind], { [entry]: `./index.js:create_${kind}` }]];
    }),
  );
  return {
    "package.json": {
      name,
      version: "1.2.3",
      type: "module",
      exports: {},
      "entry-points": entryPoints,
      "mlflow-auth-plugin": { apiVersion: 1, ...(schema && { configSchema: "./config.schema.json" }) },
      ...manifest,
    },
    "index.js": module ?? `throw new Error("nobody may import this");`,
    ...(schema && { "config.schema.json": schema }),
  };
}

/** Installs packages into `node_modules` of a folder, as npm would. */
export function install(folder: string, ...packages: PluginPackage[]): void {
  for (const plugin of packages) write(join(folder, "node_modules", plugin.name), pluginFiles(plugin));
}

/** A project folder whose package.json names the packages that are installed in it. */
export function project(...packages: PluginPackage[]): string {
  const folder = temporaryFolder();
  const dependencies = Object.fromEntries(packages.map(({ name }) => [name, "1.2.3"]));
  write(folder, { "package.json": { name: "project", dependencies }, ".git/HEAD": "" });
  install(folder, ...packages);
  return folder;
}
