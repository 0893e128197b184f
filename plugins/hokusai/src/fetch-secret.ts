/** The API key: from the file, its variable, or the configuration of Hokusai's own SDK. */
import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import {
  type FetchedHeaders,
  fileSource,
  headerValue,
  isMlflowAuthError,
  type MlflowAuthError,
  type PluginContext,
  type ProviderRequest,
  Secret,
} from "@mlflow-auth/core/plugin";
import type { HokusaiOptions } from "./generated/options.js";
import { apiKeyIn } from "./sdk-config.js";

/** Of an instance's options, what says where the key is. */
export type KeyOptions = Partial<Pick<HokusaiOptions, "apiKey">>;

/** In which it goes. */
export const HEADER = "X-API-Key";
const REMEDY =
  "set HOKUSAI_API_KEY, name it in apiKey of this plugin, or write it as api_key into the section [default] of ~/.hokusai/config";

/** Errors that say that there is no key, as against one that can't be read. */
const absences = new WeakSet<object>();

/** Whether an error of {@link fetchKey} says that there is no key at all. */
export function isAbsence(thrown: unknown): boolean {
  return typeof thrown === "object" && thrown !== null && absences.has(thrown);
}

/** What is needed to read it: programs that only register a model have no more. */
export type KeyContext = Pick<PluginContext, "env" | "error">;

/** A key that a header can carry. */
export interface ReadKey {
  readonly key: Secret;
  /** As in `the API key in the file …`. */
  readonly name: string;
}

/** The key as the header that Hokusai wants. @throws as {@link readKey} */
export async function fetchKey(options: KeyOptions, context: PluginContext): Promise<FetchedHeaders> {
  const { key, name } = await readKey(options, context);
  return { headers: { [HEADER]: key }, name };
}

/** @throws MlflowAuthError `SECRET_SOURCE` if there is none or it can't be read, `SECRET_FORMAT` if no header can carry it */
export async function readKey(options: KeyOptions, context: KeyContext): Promise<ReadKey> {
  const { secret, origin } = await readText(options, context);
  const name = `the API key in ${origin}`;
  return { key: headerValue(secret, { name, error: context.error }), name };
}

/** A request that writes, where only reads need no key. */
export function keyNeeded({ method, url }: ProviderRequest, context: PluginContext): MlflowAuthError {
  const message = `${method} ${url.origin}${url.pathname} writes, which needs an API key of Hokusai's, and there is none`;
  return context.error("SECRET_SOURCE", message, { remedy: REMEDY });
}

async function readText(
  { apiKey }: KeyOptions,
  context: KeyContext,
): Promise<{ readonly secret: Secret; readonly origin: string }> {
  if (apiKey !== undefined) return { secret: await apiKey.read(), origin: apiKey.origin };
  const path = configPath(context);
  if (path === undefined || !(await exists(path))) {
    const error = context.error("SECRET_SOURCE", "there is no API key for Hokusai", { remedy: REMEDY });
    absences.add(error);
    throw error;
  }
  // Judged as every file that holds a secret.
  const { read, origin } = fileSource(path);
  try {
    const key = apiKeyIn((await read()).reveal());
    if (key !== undefined) return { secret: new Secret(key), origin };
  } catch (thrown) {
    if (!isMlflowAuthError(thrown)) throw thrown;
    const { code, message, remedy } = thrown;
    throw context.error(code, message, { remedy: `${remedy}: Hokusai's key is api_key in its section [default]` });
  }
  throw context.error("SECRET_SOURCE", `${origin} has no api_key in its section [default]`, { remedy: REMEDY });
}

/** Undefined for a user without a home, as in containers. */
function configPath({ env }: KeyContext): string | undefined {
  try {
    return join(env["HOME"] || homedir(), ".hokusai", "config");
  } catch {
    return undefined;
  }
}

/** A file that may not be looked at is there, and reading it says why it can't be. */
async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    return code !== "ENOENT" && code !== "ENOTDIR";
  }
}
