/** How a fault is told: its parts, the error of them, and the words for the secret and the vault that it is about. */
import type { ErrorCode, MlflowAuthError, PluginContext } from "@mlflow-auth/core/plugin";
import type { AzureOptions } from "./generated/options.js";

/** What is thrown in place of an answer, and what to do about it. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly transient?: boolean;
}

/** An error of this instance. */
export function errorOf({ code, message, remedy, transient = false }: Fault, context: PluginContext): MlflowAuthError {
  return context.error(code, message, { remedy, transient });
}

/** `team` of `https://team.vault.azure.net`, as the Azure CLI names it. */
export function vaultNameOf(vaultUrl: string): string {
  return new URL(vaultUrl).hostname.split(".", 1)[0] as string;
}

/** As in `denied reading …`. */
export const named = ({ secret: { name, version } }: AzureOptions) =>
  `the secret ${name}${version === undefined ? "" : ` (version ${version})`}`;

/** How the Azure CLI names it. */
export const where = ({ vaultUrl, secret }: AzureOptions) =>
  `--vault-name ${vaultNameOf(vaultUrl)} --name ${secret.name}`;
