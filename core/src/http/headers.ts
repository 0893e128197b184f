/** What a plugin may set as a header, and what must not be sent. */
import type { ErrorCode } from "../errors/codes.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { ProviderHeaders } from "../provider/provider.js";
import { isSecret, type Secret } from "../secret/secret.js";
import { headerKey } from "./client-credentials.js";

/** RFC 9110, 5.6.2: a token. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;
/** RFC 9110, 5.5: visible characters with spaces and tabs between them; no CR, LF or NUL. */
const VALUE = /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/;
const LONGEST_VALUE = 8 * 1024;

/** Headers that belong to one connection (RFC 9110, 7.6.1), and never to the next: names in lower case. */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * What frames or routes a message belongs to the transport, not to a plugin. Proxy-Authorization is no such header here: fronts of servers
 * take it (Google's IAP), and a corporate proxy never sees what is in the tunnel.
 */
const RESERVED = new Set(
  "connection content-encoding content-length expect host http2-settings keep-alive proxy-authenticate proxy-connection te trailer transfer-encoding upgrade".split(
    " ",
  ),
);

/** Whether a header, in whatever spelling, is for the transport alone to set. */
export const isTransportHeader = (name: string) => RESERVED.has(headerKey(name));

/**
 * The headers that a provider gave, one by one.
 *
 * @throws MlflowAuthError `PLUGIN_RESULT` or `HEADER_INVALID`, which names the instance and never quotes a value; or what a getter
 *   among them throws
 */
export function checkHeaders(given: ProviderHeaders, instance: string): [name: string, value: Secret | string][] {
  // The entries of a Headers object, a Map or a list are no properties.
  if (typeof given !== "object" || given === null || Symbol.iterator in given) {
    throw new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} gave headers that are not a plain object`, {
      plugin: instance,
      remedy: "report this to the plugin's author",
    });
  }
  const entries = Object.entries(given);
  for (const [name, value] of entries) check(name, value, instance);
  return entries;
}

function check(name: string, value: unknown, instance: string): void {
  const refuse = (code: ErrorCode, what: string, remedy: string) =>
    new MlflowAuthError(code, `plugin ${instance} ${what}`, { plugin: instance, remedy });
  if (!NAME.test(name)) {
    throw refuse(
      "HEADER_INVALID",
      "set a header whose name HTTP does not allow",
      "check the header names in its options",
    );
  }
  if (isTransportHeader(name)) {
    throw refuse("HEADER_INVALID", `set ${name}, which belongs to the transport`, "use another header");
  }
  const text = isSecret(value) ? value.reveal() : value;
  if (typeof text !== "string") {
    throw refuse("PLUGIN_RESULT", `gave ${name} a value that is not a string`, "report this to the plugin's author");
  }
  if (text.length > LONGEST_VALUE) {
    throw refuse(
      "HEADER_INVALID",
      `gave ${name} a value longer than 8 KiB`,
      "check that the secret is the credential itself",
    );
  }
  if (!VALUE.test(text)) {
    const what = `gave ${name} a value that HTTP does not allow: empty, with white space at an end, a line break or a control character, or not Latin-1`;
    throw refuse("HEADER_INVALID", what, "store the credential without such characters");
  }
}

/**
 * Two plugins that set one header, or one that sets it twice.
 *
 * @param owner the instance that set it first
 * @param server the URI of the server that the request is for
 */
export function headerCollision(name: string, owner: string, instance: string, server: string): MlflowAuthError {
  const message =
    owner === instance
      ? `plugin ${instance} set the header ${name} twice`
      : `plugins ${owner} and ${instance} both set the header ${name}`;
  return new MlflowAuthError("HEADER_COLLISION", `${message} for ${server}`, {
    plugin: instance,
    server,
    remedy: `leave one of them out of \`auth\` or \`headers\` of ${server}, or give one another header name`,
  });
}
