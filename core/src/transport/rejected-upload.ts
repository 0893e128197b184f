/** An upload that met a rotated secret: the new one is here, but the body has gone by, so only its client can send it again. */
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { AuthorizedHeaders } from "../pipeline/compose.js";
import { isSecret } from "../secret/secret.js";
import type { RequestUrl } from "./client-request.js";

/**
 * The uploads that clients were told to send again, as {@link uploadKey} has them, each with the headers that the new secret gives, and
 * until when it is waited for, on the monotonic clock. An entry goes once such an upload has been let through.
 */
export type AwaitedUploads = Map<string, { readonly renewed: AuthorizedHeaders; readonly until: number }>;

/** Milliseconds. A client that repeats at once needs none; of one that does not, nothing may be left at the next rotation. */
const LONGEST_WAIT = 600_000;

/** Uploads that are waited for at a time. Of more the oldest are forgotten: they may be told so once more. */
const MOST = 1_000;

/**
 * What the client of such an upload is told, once for each renewal: a client that repeats at once sends it with the new secret.
 *
 * @param rejected what the upload carried
 * @param renewed what it would carry now
 * @param now on the monotonic clock
 * @returns undefined if this is the upload that was to be sent again: the server rejects the new secret, too, and its answer is passed on
 */
export function rejectedUpload(
  awaited: AwaitedUploads,
  url: RequestUrl,
  rejected: AuthorizedHeaders,
  renewed: AuthorizedHeaders,
  now: number,
): MlflowAuthError | undefined {
  const key = uploadKey(url);
  const before = awaited.get(key);
  if (before !== undefined && now < before.until && sameHeaders(before.renewed, rejected)) return undefined;
  awaited.delete(key);
  awaited.set(key, { renewed, until: now + LONGEST_WAIT });
  if (awaited.size > MOST) awaited.delete(awaited.keys().next().value as string);
  const { uri } = rejected.server;
  return new MlflowAuthError(
    "UPLOAD_REJECTED",
    `${uri} rejected the credential of an upload; the secret has been renewed since, but the body is a stream that can't be sent a second time`,
    { transient: true, server: uri, remedy: "send the request again: it will carry the new credential" },
  );
}

/** What makes two uploads the same one. */
export function uploadKey({ method, url }: RequestUrl): string {
  return `${method} ${url}`;
}

function sameHeaders(a: AuthorizedHeaders, b: AuthorizedHeaders): boolean {
  return a === b || textOf(a) === textOf(b);
}

function textOf({ headers }: AuthorizedHeaders): string {
  return headers.map(([name, value]) => `${name}: ${isSecret(value) ? value.reveal() : value}`).join("\n");
}
