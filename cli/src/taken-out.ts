/** What an `exec` around this command took out of its environment: whoever misses it is told that, and not that it was forgotten. */
import {
  formatError,
  isMlflowAuthError,
  type MlflowAuthError,
  removal,
  removalVariable,
} from "@mlflow-auth/core/internal/config";

type Environment = Readonly<Record<string, string | undefined>>;

/** Names of variables that nobody has set since. */
export function takenOut(env: Environment): string[] {
  return (env[removalVariable] ?? "").split(",").filter((name) => name !== "" && !env[name]);
}

/** Those of them that a text or an error names. */
export function takenOutIn(said: unknown, env: Environment): string[] {
  const text = isMlflowAuthError(said) ? formatError(said) : typeof said === "string" ? said : "";
  const words = new Set(text.match(/\w+/g));
  return takenOut(env).filter((name) => words.has(name));
}

/** How the outer `exec` is told to leave them there. */
export function keepOptions(names: readonly string[]): string {
  return names.map((name) => `--keep-env=${name}`).join(" ");
}

/**
 * What to know where a command fails for want of them: that they were taken out, where the error itself does not say so, and whether the
 * `exec` around the command has the same file and server, so that nothing is wrong there.
 *
 * @param config what the command was given as its file
 * @returns a sentence, or empty
 */
export async function failedWithin(thrown: unknown, config: string | undefined, env: Environment): Promise<string> {
  // Who used a command wrongly lacks nothing.
  const names = isMlflowAuthError(thrown) && thrown.code !== "USAGE" ? takenOutIn(thrown, env) : [];
  // The switch that stands for a file may be the one in whose place `exec` puts its own.
  const isUnfound = isMlflowAuthError(thrown) && thrown.code === "CONFIG_NOT_FOUND";
  if (names.length === 0 && !isUnfound) return "";
  const { findOuterExec } = await import("./nested-exec.js");
  const took = `the exec around this command took ${names.join(", ") || "what stands for a file"} out`;
  if ((await findOuterExec({ config }, env)) !== undefined) {
    return `${took}, and has the same file and server: programs here get the credential by its proxy, which \`mlflow-auth doctor\` tries`;
  }
  // Looked for in the text only so that it is not said twice.
  const isSaid =
    isUnfound || names.some((name) => formatError(thrown as MlflowAuthError).includes(removal(name).state));
  return isSaid ? "" : `${took}: run this outside of that one, or give that one ${keepOptions(names)}`;
}
