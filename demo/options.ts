/** The command line of the demo. */
import { parseArgs } from "node:util";
import type { Mode } from "./providers/provider.ts";
import { type ProviderName, providers } from "./providers.ts";

/** What the command line says. */
export interface DemoOptions {
  readonly mode: Mode;
  /** Who gives the credential. */
  readonly provider: ProviderName;
  /** Real servers in place of the small ones. */
  readonly real: boolean;
  /** Leaves everything running until Ctrl-C. */
  readonly keep: boolean;
  readonly help: boolean;
}

/** What `--help` prints. */
export const help = `
The main job of mlflow-auth: from a secret store to runs on an MLflow server that refuses requests without a credential.

  npm run demo                      small servers that need nothing but Node
  npm run demo -- --real            the real Vault, nginx and MLflow, and a Python program
  npm run demo -- --mode basic      a user and a password (default: bearer, a token)
  npm run demo -- --provider NAME   the credential from ${Object.keys(providers).join(", ")} (default: vault)
  npm run demo -- --keep            leaves everything running, to try it by hand, until Ctrl-C
  npm run demo -- --help
`.trim();

/** Reads the arguments behind `npm run demo --`. @throws UsageError if they can't be understood */
export function parseOptions(args: readonly string[]): DemoOptions {
  const { mode, provider, ...switches } = parse(args);
  if (mode !== "bearer" && mode !== "basic") throw new UsageError("--mode takes bearer or basic");
  if (!isProvider(provider)) throw new UsageError(`--provider takes ${Object.keys(providers).join(", ")}`);
  const modes: readonly Mode[] = providers[provider].modes;
  if (!modes.includes(mode)) throw new UsageError(`--provider ${provider} takes --mode ${modes.join(" or ")}`);
  return { mode, provider, ...switches };
}

function isProvider(name: string): name is ProviderName {
  return Object.hasOwn(providers, name);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        mode: { type: "string", default: "bearer" },
        provider: { type: "string", default: "vault" },
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

/** The command line is wrong. The message says what, for the user. */
export class UsageError extends Error {}
