import type { Secret } from "./secret.js";

/**
 * What a secret field of the file becomes in a plugin's options, however it was written: a literal, `${NAME}`, `{ env: NAME }`
 * or `{ file: PATH }`. Ask it at each login or fetch: a file is read again every time, so a rotated one is picked up.
 */
export interface SecretSource {
  /**
   * @throws MlflowAuthError `SECRET_SOURCE` if the variable is unset or empty, or the file is missing, empty, larger than 64 KiB
   *   or no regular file. The error names the variable or the file, never the value.
   */
  read(): Promise<Secret>;
  /** Where it comes from, for messages: `the file /run/secrets/token`, `the variable VAULT_TOKEN`, `the configuration file`. */
  readonly origin: string;
  /** The variable's name where the file says `{ env: NAME }`: `exec` keeps it from the programs that it runs. */
  readonly variable?: string | undefined;
}
