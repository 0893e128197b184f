/** From Vault to a credential: log in, read one secret of a KV engine of either version, understand its fields. */
import { type FetchedCredential, type PluginContext, type Secret, selectCredential } from "@mlflow-auth/core/plugin";
import { encode, type VaultClient } from "./client.js";
import { field, isInvalidToken, leaseOf, type VaultAnswer } from "./faults.js";
import type { VaultOptions } from "./generated/options.js";
import { type Reading, readFault } from "./read-faults.js";
import type { Login } from "./tokens.js";

/** What a fetch needs of Vault. */
export interface Vault {
  readonly login: Login;
  readonly kv: KvReader;
}

/**
 * Fetches the credential once.
 *
 * @throws MlflowAuthError of the codes `LOGIN_FAILED`, `SECRET_*`
 */
export async function fetchSecret(
  { login, kv }: Vault,
  options: VaultOptions,
  context: PluginContext,
): Promise<FetchedCredential> {
  const started = context.clock.now();
  const token = await login.token();
  let reading = await kv.read(token);
  // A login that Vault ended before its time (revoked, used up, another policy now) shows as a denial like any other.
  if (reading.answer.status === 403 && login.forget(token)) reading = await kv.read(await login.token());
  if (reading.fields === undefined) throw readFault(reading, login.given(), options, context);
  await login.renewIfDue();
  const name = `the secret ${reading.name}`;
  // A version 1 secret carries its lease as a field.
  const chosen = { field: options.secret.field, option: "secret.field", ignored: ["ttl"] };
  const credential = selectCredential(reading.fields, { name, error: context.error }, chosen);
  return { ...credential, name, lease: leaseOf(reading.answer.body, context.clock.now() - started) };
}

interface Layout {
  readonly version: 1 | 2;
  readonly mount: string;
  readonly path: string;
}

/**
 * Reads the one secret that the options name.
 *
 * @throws MlflowAuthError as the client does
 */
export interface KvReader {
  read(token: Secret | undefined): Promise<Reading>;
}

/**
 * Asks the mount for its version as Vault's own command does (`sys/internal/ui/mounts`), once, and again when the secret is no
 * longer where it was. Where that question is not answered (a proxy lets only some paths through, or the policy is odd), both
 * versions' paths are tried; a denial by either is not hidden behind the other's "not found".
 */
export function createKvReader(options: VaultOptions, client: VaultClient): KvReader {
  const { version: wanted } = options.secret;
  const configured = { mount: trimSlashes(options.secret.mount), path: trimSlashes(options.secret.path) };
  let known: Layout | undefined;

  async function read(token: Secret | undefined): Promise<Reading> {
    if (known !== undefined) {
      const reading = await readAt(known, token);
      if (reading.answer.status !== 404) return reading;
      known = undefined;
    }
    const asked = await client.read(encode(`sys/internal/ui/mounts/${configured.mount}/${configured.path}`), { token });
    if (asked.status === 200 && asked.body !== undefined) {
      known = layoutOf(asked.body, configured);
      return await readAt(known, token);
    }
    const open = (asked.status === 403 && !isInvalidToken(asked)) || asked.status === 404 || asked.status === 405;
    return open ? await tryBoth(token) : readingOf({ ...configured, version: 2 }, asked);
  }

  async function tryBoth(token: Secret | undefined): Promise<Reading> {
    const two = await readAt({ ...configured, version: 2 }, token);
    const final = two.fields !== undefined || wanted !== undefined;
    if (final || ![200, 403, 404, 405].includes(two.answer.status)) return two;
    const one = await readAt({ ...configured, version: 1 }, token);
    if (one.fields !== undefined) return one;
    return two.answer.status === 403 || isDeleted(two.answer) ? two : one;
  }

  async function readAt(layout: Layout, token: Secret | undefined): Promise<Reading> {
    const reading = readingOf(layout);
    // Only version 2 keeps versions: version 1 would give the newest, whatever was asked for.
    if (wanted !== undefined && layout.version === 1) return reading;
    const query = wanted === undefined ? "" : `?version=${wanted}`;
    return readingOf(layout, await client.read(encode(reading.apiPath) + query, { token }));
  }

  return { read };
}

function readingOf(layout: Layout, answer: VaultAnswer = { status: 0, body: undefined }): Reading {
  const { version, mount } = layout;
  // In the API a version 2 path begins with data/, and people copy it from there. A secret that is really named so is data/data/…
  const path = version === 2 ? layout.path.replace(/^data\/+(?=.)/, "") : layout.path;
  const apiPath = version === 2 ? `${mount}/data/${path}` : `${mount}/${path}`;
  return {
    answer,
    mount,
    path,
    apiPath,
    name: `${mount}/${path}`,
    kvVersion: version,
    fields: fieldsOf(answer, version),
  };
}

function fieldsOf({ status, body }: VaultAnswer, version: 1 | 2): Record<string, unknown> | undefined {
  if (status !== 200) return undefined;
  const data = field(body, "data");
  // Without metadata it is a version 1 secret whose path begins with data/.
  const fields = version === 1 ? data : field(data, "metadata") === undefined ? undefined : field(data, "data");
  return typeof fields === "object" && !Array.isArray(fields) ? (fields as Record<string, unknown>) : undefined;
}

/** A version 2 mount answers 404 with metadata where a version exists no more. */
function isDeleted({ status, body }: VaultAnswer): boolean {
  return status === 404 && field(field(body, "data"), "metadata") !== undefined;
}

/** Where a mount really ends and the path below it begins is Vault's knowledge: `team` + `kv/x` may be the mount `team/kv`. */
function layoutOf(body: unknown, configured: { mount: string; path: string }): Layout {
  const data = field(body, "data");
  const version = field(field(data, "options"), "version") === "2" ? 2 : 1;
  const prefix = field(data, "path");
  const whole = `${configured.mount}/${configured.path}`;
  if (typeof prefix !== "string" || prefix.length < 2 || !whole.startsWith(prefix) || whole === prefix) {
    return { version, ...configured };
  }
  return { version, mount: trimSlashes(prefix), path: whole.slice(prefix.length) };
}

function trimSlashes(path: string): string {
  return path.replaceAll(/^\/+|\/+$/g, "").replaceAll(/\/{2,}/g, "/");
}
