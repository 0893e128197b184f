import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onFreePort } from "./process/free-port.ts";
import { startProcess, untilReady } from "./process/server-process.ts";
import { temporaryFolder } from "./process/temporary-folder.ts";
import { borrowMlflow } from "./shared/borrow.ts";
import { mlflowLoginFolder, mlflowPython } from "./tools.ts";

/** A running MLflow server. */
export interface RealMlflow {
  /** For example `http://127.0.0.1:41234`. */
  readonly uri: string;
  /** A Python that has the `mlflow` client and scikit-learn. */
  readonly python: string;
  stop(): Promise<void>;
}

/**
 * A real MLflow server with nothing in it: no experiment but the default one, no run, no model. In a run of many test files it is
 * borrowed from the runner. Then its port and its next ids are not those of a new one, and it must be left running: `stop` gives it
 * back.
 */
export async function startMlflow(): Promise<RealMlflow> {
  const borrowed = await borrowMlflow();
  if (borrowed === undefined) return startOwnMlflow();
  return { uri: borrowed.uri, python: await mlflowPython(), stop: async () => borrowed.giveBack() };
}

/** How a server differs from the one that tests share. */
export interface OwnMlflowOptions {
  /** More variables of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** MLflow's own login, for this administrator; the password has at least 12 characters. Ask `missing("mlflow-login")` first. */
  readonly login?: { readonly username: string; readonly password: string } | undefined;
}

/** Starts a real MLflow server with an empty SQLite store and its artifacts in a temporary folder. */
export async function startOwnMlflow(options: OwnMlflowOptions = {}): Promise<RealMlflow> {
  const python = await mlflowPython();
  return onFreePort((port) => startOn(port, python, options));
}

async function startOn(port: number, python: string, { env, login }: OwnMlflowOptions): Promise<RealMlflow> {
  const uri = `http://127.0.0.1:${port}`;
  const folder = temporaryFolder("mlflow");
  const server = startProcess({
    command: python,
    args: [
      "-m",
      "mlflow",
      "server",
      ...["--backend-store-uri", `sqlite:///${join(folder.path, "mlflow.db")}`],
      ...["--artifacts-destination", join(folder.path, "artifacts")],
      ...["--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
      ...(login === undefined ? [] : ["--app-name", "basic-auth"]),
    ],
    env: { ...environment(), ...(login && (await loginEnvironment(folder.path, login))), ...env },
    cwd: folder.path,
  });
  const stop = async () => {
    await server.stop();
    folder.remove();
  };
  try {
    await untilReady(server, "MLflow", async () => ((await fetch(`${uri}/health`)).ok ? true : undefined), 120);
  } catch (error) {
    await stop();
    throw error;
  }
  return { uri, python, stop };
}

/** The environment of the server. The caller's own MLflow settings would change it, or send it elsewhere. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("MLFLOW_"));
  return {
    ...Object.fromEntries(own),
    MLFLOW_DISABLE_TELEMETRY: "true",
    // This would start eight more Python processes, which only the evaluation of traces needs.
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
  };
}

/** What MLflow's own login needs: its settings, a key for its forms, and a package that MLflow does not install by itself. */
async function loginEnvironment(
  folder: string,
  { username, password }: NonNullable<OwnMlflowOptions["login"]>,
): Promise<NodeJS.ProcessEnv> {
  const settings = join(folder, "login.ini");
  const lines = [
    "[mlflow]",
    "default_permission = READ",
    `database_uri = sqlite:///${join(folder, "login.db")}`,
    `admin_username = ${username}`,
    `admin_password = ${password}`,
    "authorization_function = mlflow.server.auth:authenticate_request_basic_auth",
  ];
  await writeFile(settings, lines.join("\n"));
  return {
    MLFLOW_AUTH_CONFIG_PATH: settings,
    MLFLOW_FLASK_SERVER_SECRET_KEY: randomUUID(),
    PYTHONPATH: await mlflowLoginFolder(),
  };
}
