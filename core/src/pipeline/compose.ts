/** Puts what the pipelines gave together into the headers of one request, and refuses what must not be sent. */
import type { ServerConfig } from "../config/config.js";
import type { ErrorCode } from "../errors/codes.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { anonymous, type ProviderHeaders } from "../provider/provider.js";
import { isSecret, type Secret } from "../secret/secret.js";
import type { Answer } from "./auth.js";
import type { Additions, HeaderSlot } from "./headers.js";

/** A request's headers and where they came from. Frozen; the same object is reused while nothing changed. */
export interface Authorization {
  readonly server: ServerConfig;
  readonly headers: readonly (readonly [name: string, value: Secret | string])[];
  /** Header name, as in `headers`, to the instance that set it. */
  readonly sources: Readonly<Record<string, string>>;
  /** Every credential that the client brought must be removed first: the server has an auth provider. */
  readonly strips: boolean;
  /** The instance whose credential this is; undefined without one, or where the request goes bare on purpose. */
  readonly provider: string | undefined;
}

/** RFC 9110, 5.6.2: a token. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,256}$/;
/** RFC 9110, 5.5: visible characters with spaces and tabs between them; no CR, LF or NUL. */
const VALUE = /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/;
const LONGEST_VALUE = 8 * 1024;

/** What frames or routes a message belongs to the transport, not to a plugin. */
const RESERVED = new Set(
  "connection content-encoding content-length expect host http2-settings keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade".split(
    " ",
  ),
);

export function compose(
  server: ServerConfig,
  answer: Answer | undefined,
  additions: Additions,
  slots: readonly HeaderSlot[],
): Authorization {
  const headers: [string, Secret | string][] = [];
  const owners = new Map<string, string>();
  const sources: Record<string, string> = Object.create(null);

  function add(given: ProviderHeaders, instance: string): void {
    for (const [name, value] of Object.entries(given)) {
      check(name, value, instance);
      const owner = owners.get(headerKey(name));
      if (owner !== undefined) throw collision(name, owner, instance, server);
      owners.set(headerKey(name), instance);
      sources[name] = instance;
      headers.push([name, value]);
    }
  }

  const credential = answer !== undefined && answer.auth !== anonymous ? answer : undefined;
  if (credential !== undefined)
    add((credential.auth as { headers: ProviderHeaders }).headers, credential.slot.instance);
  for (const [index, given] of additions.entries()) {
    if (given !== undefined)
      add(objectOrThrow(given, slots[index] as HeaderSlot), (slots[index] as HeaderSlot).instance);
  }
  return Object.freeze({
    server,
    headers: Object.freeze(headers),
    sources: Object.freeze(sources),
    strips: answer !== undefined,
    provider: credential?.slot.instance,
  });
}

/** Whether both send the same: the way to find out that a secret was rotated. */
export function sameHeaders(a: Authorization, b: Authorization): boolean {
  if (a === b) return true;
  const text = (value: Secret | string) => (isSecret(value) ? value.reveal() : value);
  const flat = ({ headers }: Authorization) => headers.flatMap(([name, value]) => [name, text(value)]);
  const others = flat(b);
  return a.headers.length === b.headers.length && flat(a).every((item, index) => item === others[index]);
}

/** How header names are compared: without regard to case, and with `_` as `-`, for many servers read them so. */
export function headerKey(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes("_") ? lower.replaceAll("_", "-") : lower;
}

function objectOrThrow(given: ProviderHeaders, { instance }: HeaderSlot): ProviderHeaders {
  if (typeof given === "object" && given !== null) return given;
  throw new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} answered requestHeaders() with no object`, {
    plugin: instance,
  });
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
  if (RESERVED.has(headerKey(name))) {
    throw refuse("HEADER_INVALID", `set ${name}, which belongs to the transport`, "use another header");
  }
  const text = isSecret(value) ? value.reveal() : value;
  if (typeof text !== "string") {
    throw refuse("PLUGIN_RESULT", `gave ${name} a value that is no string`, "report this to the plugin's author");
  }
  if (text.length > LONGEST_VALUE) {
    throw refuse(
      "HEADER_INVALID",
      `gave ${name} a value longer than 8 KiB`,
      "check that the secret is the credential itself",
    );
  }
  if (!VALUE.test(text)) {
    const what = `gave ${name} a value that HTTP does not allow: empty, with a line break or a control character, or not Latin-1`;
    throw refuse("HEADER_INVALID", what, "store the credential without such characters");
  }
}

function collision(name: string, owner: string, instance: string, server: ServerConfig): MlflowAuthError {
  const message =
    owner === instance
      ? `plugin ${instance} set the header ${name} twice`
      : `plugins ${owner} and ${instance} both set the header ${name}`;
  return new MlflowAuthError("HEADER_COLLISION", `${message} for ${server.uri}`, {
    plugin: instance,
    server: server.uri,
    remedy: `leave one of them out of \`auth\` or \`headers\` of ${server.uri}, or give one another header name`,
  });
}
