// Generated from config.schema.json by `mlflow-auth plugins --types`. Don't edit: run that again.
import type { SecretSource } from "@mlflow-auth/core/plugin";

/**
 * Datadog's API key headers. Without an API key the plugin is inactive, which is not an error.
 */
export interface DatadogOptions {
  /**
   * The API key, sent as DD-API-KEY.
   */
  apiKey?: SecretSource;
  /**
   * The application key, sent as DD-APPLICATION-KEY where there is one.
   */
  appKey?: SecretSource;
  /**
   * Whether to be active only where DD_MODEL_LAB_ENABLED is `1`, `true`, `yes` or `on`.
   */
  requireModelLab: boolean;
}
