/** Why a variable is not there, where an `exec` around the program took it out. */

/** The variable in which `exec` tells a program the names of those that it took out of its environment, with commas between. */
export const removalVariable = "MLFLOW_AUTH_REMOVED";

/** Whether a variable is not there for an `exec` around this program took it out, and nobody has set it since. */
export function wasRemoved(name: string, env: Readonly<Record<string, string | undefined>>): boolean {
  return !env[name] && env[removalVariable]?.split(",").includes(name) === true;
}

/** What was done to it, behind its name, and what to do. */
export function removal(name: string): { readonly state: string; readonly remedy: string } {
  return {
    state: "was taken out of the environment by the `mlflow-auth exec` around this program",
    remedy: `run this outside of that one, or give that one --keep-env=${name}`,
  };
}
