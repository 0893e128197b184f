/** What `init` finds where the file is going to be. */
import { dirname } from "node:path";
import {
  createOptionsCheck,
  findPlugin,
  type Group,
  type Installed,
  type InstalledPlugin,
  isMlflowAuthError,
  MlflowAuthError,
  type OptionsCheck,
  ownPackage,
  ownPlugins,
  readInstalled,
  SEARCH,
} from "@mlflow-auth/core/internal/config";
import { type DraftInstance, emptyInstance } from "@mlflow-auth/core/internal/environment";
import { listPlugins } from "../installed/list-plugins.js";

/** A plugin that can be chosen, or that is shown with the reason why not. */
export interface InstalledChoice {
  readonly name: string;
  readonly package: string;
  readonly interfaces: readonly Group[];
  /** Given where it can't be used as it is. */
  readonly fault?: { readonly code: string } | undefined;
}

/** The plugins that the file can use. */
export interface Surroundings {
  readonly file: string;
  readonly installed: Installed;
  readonly choices: readonly InstalledChoice[];
  /** Checks data by a schema; see `createOptionsCheck`. */
  readonly check: OptionsCheck;
  /** @throws MlflowAuthError where the plugin can't be used */
  instance(name: string, from?: string): DraftInstance;
}

/** Without any plugin, there is nothing to write a file about. */
export function noPlugin({ installed }: Surroundings): MlflowAuthError {
  const message = `no plugin is installed here; those of this project are ${ownPlugins.join(", ")}`;
  return new MlflowAuthError("PLUGIN_NOT_INSTALLED", message, {
    remedy: `${installed.install(ownPackage("vault"))} (or another one; \`${SEARCH}\` lists those of others), and run init again`,
  });
}

/**
 * Reads what is installed where the file is going to be.
 *
 * @param file its absolute path
 */
export async function lookAround(file: string): Promise<Surroundings> {
  const installed = readInstalled({ folder: dirname(file), env: process.env });
  const check = await createOptionsCheck();
  const choices = listPlugins(installed).flatMap(({ name: owner, plugins }) =>
    plugins.map(({ name, interfaces, fault }) => ({ name, package: owner, interfaces, fault })),
  );
  return {
    file,
    installed,
    choices,
    check,
    instance(name, from) {
      let found: InstalledPlugin;
      try {
        found = findPlugin({ plugin: name, package: from }, installed);
      } catch (error) {
        if (!isMlflowAuthError(error)) throw error;
        const remedy =
          error.code === "PLUGIN_AMBIGUOUS"
            ? `add --set ${name}.package=NAME`
            : "see to that and run init again; `mlflow-auth plugins` lists what is installed";
        // In a file, the place of the problem would say which one is meant. Looked for in the text only so that it is not said twice.
        const isNamed = error.code !== "PLUGIN_NOT_INSTALLED" || error.message.includes(`\`${name}\``);
        const message = isNamed ? error.message : `${name}: ${error.message}`;
        throw new MlflowAuthError(error.code, message, { remedy });
      }
      return emptyInstance(name, found);
    },
  };
}
