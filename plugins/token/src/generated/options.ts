// Generated from config.schema.json by `mlflow-auth plugins --types`. Don't edit: run that again.
import type { CredentialOptions, SecretSource } from "@mlflow-auth/core/plugin";

/**
 * A token that lies in a file or a variable, or that a command prints, such as `gcloud auth print-identity-token`.
 */
export interface TokenOptions {
  /**
   * Where the token lies: `{ file: PATH }`, which is read again as soon as it changes, or `{ env: NAME }`.
   */
  token?: SecretSource;
  /**
   * The command that prints the token, and its arguments, each apart. It is run without a shell; for one write `[sh, -c, "…"]`.
   *
   * @minItems 1
   *
   * Items: The command's name or path, or one of its arguments.
   */
  command?: string[];
  /**
   * The folder that the command runs in.
   */
  cwd: string;
  /**
   * After how long the command is killed, with all that it started.
   */
  commandTimeout: number;
  /**
   * Where the token stands in JSON, with a dot before what lies deeper. Default: where `az`, `kubectl` and OAuth have it.
   */
  field?: string;
  /**
   * For how long a token is used that does not say when it ends. One that does is renewed ahead of that.
   */
  ttl: number;
  /**
   * How a secret is sent.
   */
  credential: CredentialOptions;
}
