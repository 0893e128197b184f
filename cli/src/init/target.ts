/** The file that `init` writes: never one that exists. */
import { lstatSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { MlflowAuthError, workingFolder } from "@mlflow-auth/core/internal/config";
import { fileName } from "../where-from.js";

/** Why a file can't be the one that is written, or undefined. */
export function refusalOf(file: string): MlflowAuthError | undefined {
  if (/\.json$/i.test(file)) {
    return new MlflowAuthError("USAGE", `${fileName(file)} would be read as JSON, and init writes YAML`, {
      remedy: "name a file that ends in .yaml",
    });
  }
  try {
    if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return alreadyThere(file);
    if (lstatSync(dirname(file), { throwIfNoEntry: false }) === undefined) return cantWrite(file, "ENOENT");
  } catch (thrown) {
    return cantWrite(file, (thrown as NodeJS.ErrnoException).code ?? "unknown reason");
  }
  return undefined;
}

/**
 * Writes a file that does not exist, for its owner to change and all to read.
 *
 * @throws MlflowAuthError `USAGE` if it exists by now, or can't be written
 */
export function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx", mode: 0o644 });
  } catch (thrown) {
    const { code = "", syscall } = thrown as NodeJS.ErrnoException;
    if (code === "EEXIST") throw alreadyThere(file);
    // It was made, and is not whole.
    if (syscall === "write") rmSync(file, { force: true });
    throw cantWrite(file, code);
  }
}

/**
 * What `--config` says, else where every other command would look, else here.
 *
 * @throws MlflowAuthError `USAGE` if there is no working directory any more and the path is relative to it
 */
export function targetOf(config: string | undefined): string {
  const { env } = process;
  return resolve(
    workingFolder({ configFile: config, env }),
    config ?? (env["MLFLOW_AUTH_CONFIG"] || "mlflow-auth.yaml"),
  );
}

function alreadyThere(file: string): MlflowAuthError {
  return new MlflowAuthError("USAGE", `${fileName(file)} exists already, and init overwrites nothing`, {
    remedy: "edit it and run `mlflow-auth validate`, or write another one with --config FILE",
  });
}

function cantWrite(file: string, code: string): MlflowAuthError {
  const message = code === "ENOENT" ? "its folder does not exist" : `it can't be written (${code})`;
  return new MlflowAuthError("USAGE", `${fileName(file)} is not written: ${message}`, {
    remedy: code === "ENOENT" ? `mkdir -p ${dirname(file)}` : "check that you may write in that folder",
  });
}
