/** A user's project for one failure, and the codes that come out of it by the library and by the command. */
import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMlflowAuthError, loadMlflowAuth, type MlflowAuth } from "@mlflow-auth/core";
import { loadConfig } from "@mlflow-auth/core/internal";
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { builtCommand } from "../built-command.ts";
import { killAtEnd } from "../servers/process/lifeline.ts";
import { temporaryFolder } from "../servers/process/temporary-folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export const URI = "https://mlflow.example.com";

/** What a plugin of the trial is. */
export interface MadePlugin {
  /** Its entry-point name, and its package's name but for `mlflow-auth-plugin-`. */
  readonly name: string;
  /** The body of its factory's returned object, by group: `auth`, `headers`, `tags`. */
  readonly auth?: string;
  readonly headers?: string;
  readonly tags?: string;
  /** `run` of its command. */
  readonly command?: string;
  /** Before all of that. */
  readonly top?: string;
  readonly apiVersion?: number;
  /** The versions of core that it is made for. Default: it says nothing. */
  readonly core?: string;
  /** Default: after the name. */
  readonly package?: string;
}

const groups = {
  auth: ["mlflow.request_auth_provider", "createAuth"],
  headers: ["mlflow.request_header_provider", "createHeaders"],
  tags: ["mlflow.run_context_provider", "createTags"],
} as const;

const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

export class Trial {
  readonly folder: string;
  readonly #dependencies: Record<string, string> = {};

  constructor() {
    const { path, remove } = temporaryFolder("trial");
    closeAfterwards(remove);
    this.folder = path;
    // The search for the file ends here.
    mkdirSync(join(path, ".git"));
    this.#link("@mlflow-auth/core", "core");
    for (const name of ["vault", "datadog"]) this.#link(`@mlflow-auth/plugin-${name}`, `plugins/${name}`);
  }

  write(name: string, text: string): string {
    const file = join(this.folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  #link(name: string, place: string): void {
    mkdirSync(dirname(join(this.folder, "node_modules", name)), { recursive: true });
    symlinkSync(join(root, place), join(this.folder, "node_modules", name));
    this.#depend(name);
  }

  #depend(name: string): void {
    this.#dependencies[name] = "*";
    this.write("package.json", JSON.stringify({ name: "trial", type: "module", dependencies: this.#dependencies }));
  }

  plugin({ name, command, top = "", apiVersion = 1, core, package: given, ...bodies }: MadePlugin): this {
    const packageName = given ?? `mlflow-auth-plugin-${name}`;
    const provided = Object.entries(groups).filter(([kind]) => bodies[kind as keyof typeof groups] !== undefined);
    const entries: [string, object][] = provided.map(([, [group, factory]]) => [
      group,
      { [name]: `./index.js:${factory}` },
    ]);
    if (command !== undefined) entries.push(["mlflow_auth.command", { [name]: "./index.js:createCommand" }]);
    const factories = provided.map(
      ([kind, [, factory]]) =>
        `export const ${factory} = (options, context) => ({ ${bodies[kind as keyof typeof groups]} });`,
    );
    if (command !== undefined) {
      factories.push(`export const createCommand = () => ({ async run(args, context) { ${command} } });`);
    }
    const place = `node_modules/${packageName}`;
    const manifest = {
      name: packageName,
      version: "1.0.0",
      type: "module",
      "entry-points": Object.fromEntries(entries),
      "mlflow-auth-plugin": { apiVersion, configSchema: "./config.schema.json" },
      ...(core !== undefined && { peerDependencies: { "@mlflow-auth/core": core } }),
    };
    this.write(`${place}/package.json`, JSON.stringify(manifest));
    this.write(`${place}/config.schema.json`, '{ "type": "object" }');
    this.write(`${place}/index.js`, [top, ...factories].join("\n"));
    this.#depend(packageName);
    return this;
  }

  /** The codes of the error, its problems and the warnings that loading the file gives. */
  async file(text: string, env: Record<string, string> = {}): Promise<string[]> {
    this.write("mlflow-auth.yaml", text);
    return this.#codesOf(async () => (await loadConfig({ cwd: this.folder, env })).warnings.map(({ code }) => code));
  }

  /** The same for whatever `act` does with the library. */
  async library(
    config: object,
    act: (auth: MlflowAuth) => Promise<unknown>,
    env: Record<string, string> = {},
  ): Promise<string[]> {
    return this.#codesOf(async () => {
      const options = { config: { version: 1, ...config } as never, cwd: this.folder, env, logger };
      const auth = await loadMlflowAuth(options);
      closeAfterwards(() => auth.close());
      await act(auth);
      return [];
    });
  }

  async #codesOf(act: () => Promise<readonly string[]>): Promise<string[]> {
    try {
      return [...(await act())];
    } catch (thrown) {
      if (!isMlflowAuthError(thrown)) throw thrown;
      return [thrown.code, ...(thrown.problems ?? []).map(({ code }) => code)];
    }
  }

  /** The codes that stand in what a command says, whatever it is run by. */
  async command(args: readonly string[], env: Record<string, string> = {}, node = process.execPath): Promise<string[]> {
    const all = { PATH: process.env["PATH"] ?? "", HOME: this.folder, ...env };
    const child = spawn(node, [builtCommand, ...args], {
      cwd: this.folder,
      env: all,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const forget = child.pid === undefined ? quiet : killAtEnd(child.pid);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
    await new Promise((resolve) => child.on("close", resolve));
    forget();
    return said.match(/\b[A-Z]+(?:_[A-Z]+)*\b/g) ?? [];
  }
}
