// Generated from config.schema.json by `mlflow-auth plugins --types`. Don't edit: run that again.
import type { SecretSource } from "@mlflow-auth/core/plugin";

/**
 * MLflow behind Hokusai's proxy, with its API key as X-API-Key.
 */
export interface HokusaiOptions {
  /**
   * The API key. Default: `api_key` in the section `[default]` of ~/.hokusai/config.
   */
  apiKey?: SecretSource;
  /**
   * `proxy`: every request needs the key. `direct`: reads go out without one where there is none and the server has `anonymous: allowed`. Default: `direct` for https://registry.hokus.ai/mlflow, else `proxy`.
   */
  access?: "direct" | "proxy";
  /**
   * Where the server has MLflow's API: below `/api` alone, or below `/ajax-api` alone; requests that ask for the other are led there. `as-asked`: below both. Default: `ajax-api` with direct access, else `as-asked`.
   */
  paths?: "as-asked" | "api" | "ajax-api";
  /**
   * Whether a server in memory answers in place of MLflow: nothing is sent, and all is gone when the program ends.
   */
  mock: boolean;
  /**
   * What becomes of what a run logs while MLflow can't be reached or answers 5xx. `continue`: it is not recorded, a warning says so, and the program goes on. `fail`: the program gets the failure. Default: `continue` where HOKUSAI_OPTIONAL_MLFLOW is `1`, `true`, `yes` or `on`, else `fail`.
   */
  onUnavailable?: "fail" | "continue";
  /**
   * Hokusai's own API, where `mlflow-auth hokusai register-baseline` registers models.
   */
  endpoint: string;
}
