/** A plugin `x`, and what becomes of it where it is looked for. */
import * as assert from "uvu/assert";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { type LoadConfigOptions, loadConfig } from "../../src/load-config.js";
import type { PluginPackage } from "./plugin-packages.ts";

export const plugin: PluginPackage = { name: "plugin-x", auth: "x", schema: { type: "object" } };
export const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { x: {} } };

/** The folder that the plugin is taken from, or the only problem there is. */
export async function outcome(options: Partial<LoadConfigOptions> & { cwd: string }): Promise<string> {
  try {
    const { instances } = await loadConfig({ env: {}, ...options });
    return instances[0]?.package.folder ?? "none";
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    assert.is(error.problems.length, 1, JSON.stringify(error.problems));
    return `${error.problems[0]?.code} ${error.problems[0]?.message}`;
  }
}
