/** Registers a model with Hokusai itself, whether MLflow is there or not. */
import {
  environmentSource,
  isMlflowAuthError,
  MlflowAuthError,
  type Secret,
  textSource,
} from "@mlflow-auth/core/plugin";
import { type BaselineAnswer, type SendBaseline, sendByFetch } from "./baseline-request.js";
import { type KeyContext, readKey } from "./fetch-secret.js";
import { isObject, objectIn } from "./json-object.js";

/** What is registered. */
export interface Baseline {
  readonly modelType: string;
  /** The MLflow run that made it. Default: none. */
  readonly runId?: string | undefined;
  /** Anything that is JSON: the model's id, its version and metrics among it. Default: nothing. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

/** How it is registered. */
export interface BaselineSettings {
  /** Default: the environment variable HOKUSAI_API_KEY, else `api_key` in the section `[default]` of ~/.hokusai/config. */
  readonly apiKey?: Secret | string | undefined;
  /** Default: HOKUSAI_API_ENDPOINT, else `https://registry.hokus.ai/api`. */
  readonly endpoint?: string | undefined;
  /** One try within 30 s. Default: Node's `fetch`. */
  readonly send?: SendBaseline | undefined;
  /** Default: timers. */
  readonly wait?: ((milliseconds: number) => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What Hokusai made of it. */
export interface RegisteredBaseline {
  readonly modelId: string;
  readonly modelType: string;
  readonly version: string;
  readonly metrics?: Readonly<Record<string, unknown>>;
  readonly mlflowVersion?: string;
  /** As Hokusai writes it, mostly ISO 8601. */
  readonly timestamp: string;
}

/** Milliseconds before the second and the third try. */
const WAITS = [1_000, 2_000];
/** Hokusai's own API. */
export const DEFAULT_ENDPOINT = "https://registry.hokus.ai/api";

/**
 * Registers a baseline model: three tries of up to 30 s, where the connection fails, nothing answers, or the answer is 5xx; waits of
 * 1 s and 2 s. A refusal is not tried again. After a try that went unanswered, what was registered may be there twice.
 *
 * @throws MlflowAuthError `SECRET_SOURCE` without a key; `LOGIN_FAILED` for a key that is not accepted; `SECRET_DENIED` for one that may
 *   not; `USAGE` for what Hokusai does not take; `SERVER_CLEARTEXT` for http beyond loopback; `SERVER_UNREACHABLE` for anything else
 */
export async function registerBaseline(
  baseline: Baseline,
  settings: BaselineSettings = {},
): Promise<RegisteredBaseline> {
  const { send = sendByFetch, wait = pause, signal } = settings;
  const url = addressOf(settings.endpoint ?? (process.env["HOKUSAI_API_ENDPOINT"] || DEFAULT_ENDPOINT));
  const request = { url, key: await keyOf(settings), body: bodyOf(baseline), signal };
  for (let tries = 0; ; tries++) {
    const pausing = WAITS[tries];
    let answer: BaselineAnswer;
    try {
      answer = await send(request);
    } catch (thrown) {
      if (!isMlflowAuthError(thrown) || !thrown.transient || pausing === undefined || signal?.aborted) throw thrown;
      await wait(pausing);
      continue;
    }
    if (answer.status < 500 || pausing === undefined || signal?.aborted) return registeredBy(answer, url);
    await wait(pausing);
  }
}

function addressOf(endpoint: string): URL {
  const url = URL.parse(`${endpoint.replace(/\/+$/, "")}/api/v1/models/baseline`);
  // As the schema has it: behind a query or a fragment the path would be none.
  const usable = url !== null && /^https?:$/.test(url.protocol) && !/[\s?#@\\]/.test(endpoint);
  if (!usable) {
    throw new MlflowAuthError("USAGE", "the endpoint of Hokusai is no http or https address", {
      remedy: `check HOKUSAI_API_ENDPOINT; Hokusai's own is ${DEFAULT_ENDPOINT}`,
    });
  }
  if (url.protocol === "https:" || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)) return url;
  throw new MlflowAuthError("SERVER_CLEARTEXT", `the API key would be sent in the clear to ${url.origin}`, {
    remedy: "use https",
  });
}

async function keyOf({ apiKey }: BaselineSettings): Promise<Secret> {
  const text = typeof apiKey === "string" ? apiKey : apiKey?.reveal();
  const source =
    text !== undefined
      ? textSource(text, "the call")
      : process.env["HOKUSAI_API_KEY"] && environmentSource("HOKUSAI_API_KEY", process.env);
  return (await readKey({ ...(source && { apiKey: source }) }, { env: process.env, error: errorOf })).key;
}

const errorOf: KeyContext["error"] = (code, message, details) => new MlflowAuthError(code, message, details);

function bodyOf({ modelType, runId = undefined, metadata = {} }: Baseline): string {
  if (typeof modelType !== "string" || modelType.trim() === "") {
    throw new MlflowAuthError("USAGE", "a baseline needs a model type", { remedy: "say which, such as lead_scoring" });
  }
  return JSON.stringify({ model_type: modelType, mlflow_run_id: runId ?? null, metadata });
}

function registeredBy({ status, text }: BaselineAnswer, { origin }: URL): RegisteredBaseline {
  if (status < 200 || status > 299) throw refusal(status, text, origin);
  const { model_id, model_type, version, metrics, mlflow_version, timestamp } = objectIn(text) ?? {};
  if (typeof model_id !== "string" || typeof model_type !== "string" || version === undefined) {
    throw new MlflowAuthError("SERVER_UNREACHABLE", `${origin} does not answer as Hokusai does (status ${status})`, {
      remedy: "check HOKUSAI_API_ENDPOINT, and what stands in front of it",
    });
  }
  return {
    modelId: model_id,
    modelType: model_type,
    version: String(version),
    ...(isObject(metrics) && { metrics }),
    ...(typeof mlflow_version === "string" && { mlflowVersion: mlflow_version }),
    timestamp: String(timestamp ?? ""),
  };
}

/** None of the answer's own words is repeated: they may quote the request. */
function refusal(status: number, text: string, origin: string): MlflowAuthError {
  const error = (...[code, what, remedy]: [code: MlflowAuthError["code"], what: string, remedy: string]) =>
    new MlflowAuthError(code, `${origin} ${what} (status ${status})`, { remedy, transient: status >= 500 });
  switch (status) {
    case 401:
      return error("LOGIN_FAILED", "does not accept the API key", "check HOKUSAI_API_KEY: it is wrong or has expired");
    case 403:
      return error(
        "SECRET_DENIED",
        "accepts the API key and does not let it register models",
        text.includes('"REGISTRY_ADMIN_REQUIRED"')
          ? "use the key of an administrator of the model registry"
          : "have the key's owner given that permission",
      );
    case 400:
    case 422:
      return error("USAGE", "does not take this model", "check the model type, the run's id and the metadata");
    case 429:
      return error("SERVER_UNREACHABLE", "gets too many requests of this key", "wait a minute, and try again");
    default:
      return status >= 500
        ? error("SERVER_UNREACHABLE", "fails, three times", "wait, and try again")
        : error("SERVER_UNREACHABLE", "does not register models at this address", "check HOKUSAI_API_ENDPOINT");
  }
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => void setTimeout(resolve, milliseconds));
