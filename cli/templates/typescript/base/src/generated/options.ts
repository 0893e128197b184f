// Generated from config.schema.json by `mlflow-auth plugins --types`. Don't edit: run that again.
import type { CachePolicy, SecretSource } from "@mlflow-auth/core/plugin";

/**
 * Options of the plugin acme.
 */
export interface AcmeOptions {
  /**
   * Acme's address, without a slash at its end.
   */
  address: string;
  /**
   * The API key, read again whenever it is needed.
   */
  apiKey: SecretSource;
  /**
   * How long one request to Acme may take.
   */
  requestTimeout: number;
  /**
   * How long a secret is used.
   */
  cache: Required<CachePolicy>;
}
