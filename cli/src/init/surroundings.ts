/** What `init` finds where the file is going to be. */
import { dirname } from "node:path";
import {
  createOptionsCheck,
  type DataObject,
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
} from "@mlflow-auth/core/internal/config";
import { listPlugins } from "../installed/list-plugins.js";
import type { DraftInstance } from "./draft.js";
import { OptionForm } from "./option-form.js";

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
    remedy: `${installed.install(ownPackage("vault"))} (or another one), and run init again`,
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
      try {
        const found = findPlugin({ plugin: name, package: from }, installed);
        const options: DataObject = Object.create(null);
        return { name, installed: found, form: formOf(found, check), options, declined: new Set() };
      } catch (error) {
        if (!isMlflowAuthError(error)) throw error;
        const remedy =
          error.code === "PLUGIN_AMBIGUOUS"
            ? `add --set ${name}.package=NAME`
            : "see to that and run init again; `mlflow-auth plugins` lists what is installed";
        // In a file, the place of the problem would say which one is meant.
        const isNamed = error.code !== "PLUGIN_NOT_INSTALLED" || error.message.includes(`\`${name}\``);
        const message = isNamed ? error.message : `${name}: ${error.message}`;
        throw new MlflowAuthError(error.code, message, { remedy });
      }
    },
  };
}

/** Looked through once, so that a schema in circles is known before it is asked about. */
function formOf({ schema, package: owner }: InstalledPlugin, check: OptionsCheck): OptionForm {
  const form = new OptionForm(schema, check);
  try {
    form.withVariables();
    form.open({});
    return form;
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    const message = `the package ${owner.name} has a configSchema that refers to itself without end`;
    throw new MlflowAuthError("PLUGIN_MANIFEST", message);
  }
}
