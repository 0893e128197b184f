/** Datadog's API key headers, as its Python tracer adds them to MLflow's requests. */
import {
  type Factory,
  headerValue,
  type PluginContext,
  type ProviderHeaders,
  type Secret,
  type SecretSource,
} from "@mlflow-auth/core/plugin";
import type { DatadogOptions } from "./generated/options.js";

/** Milliseconds after which a key that comes from a file is read again. */
const REREAD = 300_000;
const policy = { ttl: REREAD };

/** Adds the keys as headers; inactive without an API key. */
export const createRequestHeaderProvider: Factory<"mlflow.request_header_provider", DatadogOptions> = (
  options,
  context,
) => {
  const { apiKey, appKey, requireModelLab } = options;
  const enabled = !requireModelLab || isTruthy(context.env["DD_MODEL_LAB_ENABLED"]);
  let last: Record<string, Secret> = Object.freeze({});

  async function read(source: SecretSource): Promise<ProviderHeaders> {
    const headers: Record<string, Secret> = { "DD-API-KEY": await readKey(source, "the API key", context) };
    if (appKey !== undefined) headers["DD-APPLICATION-KEY"] = await readKey(appKey, "the application key", context);
    // The same object again where no key changed: core checks a new one's headers anew.
    if (!sameKeys(headers, last)) last = Object.freeze(headers);
    return last;
  }

  const fetch = async () => ({ value: await read(apiKey as SecretSource) });
  return {
    inContext: () => enabled && apiKey !== undefined,
    requestHeaders: () => context.secrets.get("keys", fetch, policy),
  };
};

async function readKey(source: SecretSource, what: string, context: PluginContext): Promise<Secret> {
  return headerValue(await source.read(), { name: `${what} in ${source.origin}`, error: context.error });
}

function sameKeys(a: Record<string, Secret>, b: Record<string, Secret>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => b[name]?.equals(a[name] as Secret) === true);
}

/** As the tracer reads its switches. */
function isTruthy(value: string | undefined): boolean {
  return /^(?:1|true|yes|on)$/i.test(value?.trim() ?? "");
}
