/**
 * The keys with which Descope signs the sessions of a project, each under an id. Which id a token names is up to whoever made it, so an
 * unknown one must not be a way to make this machine ask Descope again and again.
 */
import type { HttpClient, HttpResponse, PluginContext } from "@mlflow-auth/core/plugin";
import type { JWK, JWTVerifyGetKey } from "jose";
import { keysFault, unknownKey } from "./faults.js";
import type { DescopeOptions } from "./generated/options.js";

/** Finds the key of a token, as jose asks for it. */
export type KeySet = JWTVerifyGetKey;

/**
 * Milliseconds between two fetches of the set, whatever came of the first: two a minute at most, and a key that Descope has just begun to
 * use is known after half a minute.
 */
const SPACING = 30_000;
/** Milliseconds after which a set is fetched anew though it has the key: Descope may have withdrawn one. */
const LONGEST_AGE = 3_600_000;

/** @throws (the set) MlflowAuthError `SECRET_UNREACHABLE`, `SECRET_NOT_FOUND` or `SECRET_FORMAT`, which is transient for an unknown key */
export function createKeySet(
  { projectId, address }: Pick<DescopeOptions, "projectId"> & { readonly address: string },
  http: HttpClient,
  context: PluginContext,
): KeySet {
  const { clock } = context;
  let set: { readonly find: KeySet; readonly ids: ReadonlySet<string>; readonly fetchedAt: number } | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let flight: Promise<void> | undefined;
  let fault: unknown;

  async function fetch(): Promise<void> {
    askedAt = clock.now();
    try {
      const url = `${address}/v2/keys/${projectId}`;
      // Where there are keys already, what fails now can as well be done next time.
      const answer = await http.send({ url, ...(set !== undefined && { tries: "once" as const }) });
      const keys = keysIn(answer, projectId, context);
      const { createLocalJWKSet } = await import("jose");
      const ids = new Set(keys.map(({ kid }) => kid));
      set = { find: createLocalJWKSet({ keys }), ids, fetchedAt: clock.now() };
      fault = undefined;
    } catch (thrown) {
      fault = thrown;
    } finally {
      flight = undefined;
    }
  }

  /** Has the set fetched where that may help and may be done. */
  async function seeTo(id: string): Promise<void> {
    const now = clock.now();
    if (set?.ids.has(id) && now - set.fetchedAt < LONGEST_AGE) return;
    if (flight === undefined && now - askedAt < SPACING) return;
    flight ??= fetch();
    await flight;
  }

  return async (header, token) => {
    const { kid = "" } = header ?? {};
    await seeTo(kid);
    if (set?.ids.has(kid)) return await set.find(header, token);
    if (fault !== undefined) throw fault;
    throw unknownKey(projectId, context);
  };
}

/** Those that can verify RS256, one for each id. */
function keysIn(answer: HttpResponse, projectId: string, context: PluginContext): UsableKey[] {
  if (answer.status === 200) {
    const keys = listOf(answer.text);
    if (keys !== undefined) {
      const usable = keys.filter(isUsable).map(({ kid, kty, n, e }) => ({ kid, kty, n, e }));
      // Whichever stands first: jose takes none of two.
      return [...new Map(usable.reverse().map((key) => [key.kid, key])).values()];
    }
  }
  throw keysFault(answer, projectId, context);
}

function listOf(text: string): unknown[] | undefined {
  try {
    const { keys } = JSON.parse(text);
    return Array.isArray(keys) ? keys : undefined;
  } catch {
    return undefined;
  }
}

/** What jose makes a key of. A private part and all else that a set may say of a key is left behind. */
type UsableKey = Required<Pick<JWK, "kid" | "kty" | "n" | "e">>;

/** Base64url of 2048 bits, the least for RS256 (RFC 7518, 3.3). */
const MODULUS = /^[\w-]{342,}$/;

/** Whatever else stands in the set is no key: what is signed with it is told as signed by somebody else, not as broken. */
function isUsable(key: unknown): key is UsableKey {
  const { kid, kty, alg = "RS256", use = "sig", n, e } = (key ?? {}) as Partial<JWK>;
  const isNamed = typeof kid === "string" && kid !== "";
  const isRsa = kty === "RSA" && MODULUS.test(String(n)) && /^[\w-]+$/.test(String(e));
  return isNamed && isRsa && alg === "RS256" && use === "sig";
}
