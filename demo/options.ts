/** The command line of the demo. */
import { parseArgs } from "node:util";

export type Mode = "bearer" | "basic";

export interface DemoOptions {
  readonly mode: Mode;
  /** Real servers in place of the small ones. */
  readonly real: boolean;
  readonly keep: boolean;
  readonly help: boolean;
}

export const help = `
The main job of mlflow-auth, from a secret store to runs on an MLflow server that refuses what carries no credential.

  npm run demo                      small servers that need nothing but Node
  npm run demo -- --real            the real Vault, nginx and MLflow, and a Python program
  npm run demo -- --mode basic      a user and a password (default: bearer, a token)
  npm run demo -- --keep            leaves everything running, to try it by hand, until Ctrl-C
  npm run demo -- --help
`.trim();

/** @throws UsageError */
export function parseOptions(args: readonly string[]): DemoOptions {
  const { mode, ...switches } = parse(args);
  if (mode !== "bearer" && mode !== "basic") throw new UsageError("--mode takes bearer or basic");
  return { mode, ...switches };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        mode: { type: "string", default: "bearer" },
        real: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    // Node adds advice about arguments that begin with a dash, which the demo does not take.
    const [sentence = ""] = (error as Error).message.split(". ");
    throw new UsageError(sentence.replace(/\.$/, ""));
  }
}

export class UsageError extends Error {}
