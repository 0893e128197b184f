/** From where the token lies, or what a command printed, to a credential and its end. */
import { stat } from "node:fs/promises";
import {
  type FetchedCredential,
  isMlflowAuthError,
  type PluginContext,
  readJwt,
  type SecretSource,
} from "@mlflow-auth/core/plugin";
import { readAnswer } from "./answer.js";
import { expired } from "./faults.js";
import type { TokenOptions } from "./generated/options.js";

/**
 * Reads the token once. A token's own end counts before the one that the answer names beside it: some tools tell that one in a local time.
 *
 * @throws MlflowAuthError of this instance
 */
export async function fetchSecret(
  source: SecretSource,
  { field, ttl }: Pick<TokenOptions, "field" | "ttl">,
  context: PluginContext,
): Promise<FetchedCredential> {
  const text = await read(source, context);
  const name = `the token of ${source.origin}`;
  const { token, expiresAt: told } = readAnswer(text, { name, field, now: context.clock.wallTime(), context });
  const claims = readJwt(token);
  const expiresAt = claims?.expiresAt ?? told;
  if (expiresAt === undefined) return { token, name, lease: ttl };
  if (expiresAt <= context.clock.wallTime()) throw expired(expiresAt, { source, name, context });
  return { token, name, expiresAt };
}

async function read(source: SecretSource, context: PluginContext): Promise<string> {
  try {
    return (await source.read()).reveal();
  } catch (thrown) {
    if (!isMlflowAuthError(thrown) || thrown.plugin !== undefined) throw thrown;
    const { code, message, remedy } = thrown;
    throw context.error(code, message, { remedy, transient: await isBeingReplaced(source.path) });
  }
}

/** Whoever writes a token anew may leave nothing there for a moment: what was read before is as good as it was. */
async function isBeingReplaced(path: string | undefined): Promise<boolean> {
  if (path === undefined) return false;
  try {
    return (await stat(path)).size === 0;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "ENOENT";
  }
}
