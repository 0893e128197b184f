/** Loads files and objects in a project with one plugin of each kind. */

import type { Config } from "../../src/config/config.js";
import { isMlflowAuthError, type MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadConfig } from "../../src/load-config.js";
import { project, write } from "../discovery/plugin-packages.ts";
import { backend, labels, second, stamp } from "./sample-plugins.ts";

/** The project's folder. */
export const folder = project(backend, second, stamp, labels);
/** The first two lines of a file that is right. */
export const head = "version: 1\ntrackingUri: https://mlflow.example.com\n";

export async function load(text: string, env: Record<string, string> = {}): Promise<Config> {
  write(folder, { "mlflow-auth.yaml": text });
  return loadConfig({ cwd: folder, env });
}

export async function problemsOf(config: unknown, env: Record<string, string> = {}): Promise<string[]> {
  const error = await failureOf(loadConfig({ config: config as never, cwd: folder, env }));
  return error.problems.map(({ code, message }) => `${code} ${message}`);
}

export async function failureOf(config: Promise<Config>): Promise<MlflowAuthError> {
  try {
    await config;
  } catch (error) {
    if (isMlflowAuthError(error)) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}
