/** From an installed command to one that can be run: the first moment at which code of its package runs. */
import type { InstalledCommand } from "./discovery/check-manifest.js";
import { followImports } from "./discovery/follow-imports.js";
import { loadFunction } from "./discovery/load-entry.js";
import { isMlflowAuthError, MlflowAuthError } from "./errors/mlflow-auth-error.js";
import { thrownKind } from "./errors/printable.js";
import type { TellThrown } from "./logging/tell-thrown.js";
import type { Command } from "./provider/command.js";
import type { Clock } from "./time/clock.js";

/** Milliseconds that a command gets to be imported and made. */
const LONGEST_START = 15_000;

/**
 * Imports a command and has it made. What it imports is followed to the end of the process, which is its own.
 *
 * @throws MlflowAuthError `PLUGIN_UNTRUSTED`, `PLUGIN_LOAD`, `PLUGIN_TIMEOUT`, or the command's own
 */
export function loadCommand(installed: InstalledCommand, clock: Clock, tellThrown?: TellThrown): Promise<Command> {
  const { entry, package: owner } = installed;
  followImports(entry.module, installed);
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      const message = `the command ${entry.name} of ${owner.name} did not start within ${LONGEST_START / 1000} s`;
      const remedy = `report this to the author of ${owner.name}: nothing may be waited for before it runs`;
      reject(new MlflowAuthError("PLUGIN_TIMEOUT", message, { plugin: entry.name, remedy }));
    }, LONGEST_START);
    make(installed, tellThrown)
      .then(resolve, reject)
      .finally(() => timer.cancel());
  });
}

async function make({ entry, package: owner }: InstalledCommand, tellThrown: TellThrown | undefined): Promise<Command> {
  const factory = await loadFunction(entry, tellThrown);
  const fault = (what: string) =>
    new MlflowAuthError("PLUGIN_LOAD", `${entry.export} of ${owner.name} ${what}`, {
      plugin: entry.name,
      remedy: `install another version of ${owner.name}, or tell its author`,
    });
  let made: unknown;
  try {
    made = await factory();
  } catch (thrown) {
    tellThrown?.(thrown, `the command ${entry.name}`);
    throw isMlflowAuthError(thrown) ? thrown : fault(`failed with ${thrownKind(thrown)}`);
  }
  if (!hasRun(made)) throw fault("made a command without run()");
  return made;
}

/** A property that throws when it is read is none. */
function hasRun(made: unknown): made is Command {
  try {
    return typeof (made as { run?: unknown } | null | undefined)?.run === "function";
  } catch {
    return false;
  }
}
