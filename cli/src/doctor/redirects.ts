/** A redirect or an HTML page where MLflow answers JSON: MLflow has moved, or a person is to sign in. */
import type { AuthorizedHeaders } from "@mlflow-auth/core/internal";
import { READ_PATH, type SentRead } from "./examination.js";
import type { Explanation } from "./finding.js";
import { type Answer, header } from "./probe.js";
import { textOf } from "./sent-token.js";

/** Characters of an address that is shown. A server can send any text in a path. */
const LONGEST_BASE = 200;

/** A redirect to the same place below another address, as from http to https, or to where MLflow was moved. */
export function moved(answer: Answer, { url, authorized }: SentRead): Explanation | undefined {
  const { status } = answer;
  const to = locationOf(answer, url);
  if (to === null || !to.pathname.endsWith(READ_PATH) || !/^https?:$/.test(to.protocol)) return undefined;
  const base = to.origin + to.pathname.slice(0, -READ_PATH.length);
  if (base.length > LONGEST_BASE || repeats(base, authorized)) return undefined;
  if (url.startsWith("https:") && to.protocol === "http:") {
    return {
      found: `the server sends clients on to ${base} (${status}), where everything would travel in the clear`,
      remedy:
        "have it send them on to https: mostly the proxy that ends TLS in front of it does not tell it so (X-Forwarded-Proto). Don't write that address into the file",
    };
  }
  const write = `write ${base} into the file as the server's address`;
  return {
    found: `the server sends clients on to ${base} (${status}), where the credential does not follow`,
    // Whoever can answer in a server's place must not get its credential by a piece of advice.
    remedy: to.hostname === new URL(url).hostname ? write : `if you know that ${to.host} is yours, ${write}`,
  };
}

/** Whether a server gives back what was sent to it, in the form of a URL: nothing of that is printed. */
function repeats(text: string, { headers }: AuthorizedHeaders): boolean {
  // A host name comes in lower case, a path with escapes.
  const readings = [text, decoded(text)].map((reading) => reading.toLowerCase());
  return headers
    .flatMap(([, value]) => partsOf(textOf(value)))
    .some((part) => part.length > 3 && readings.some((reading) => reading.includes(part.toLowerCase())));
}

/** A credential without its scheme, and the password that Basic hides in it. */
function partsOf(value: string): string[] {
  const [scheme = "", ...rest] = value.split(" ");
  if (scheme.toLowerCase() !== "basic") return [scheme, ...rest];
  const pair = Buffer.from(rest.join(" "), "base64").toString();
  return [...rest, pair, pair.slice(pair.indexOf(":") + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A page where a person is to sign in, by a redirect or in MLflow's place. */
export function loginPage(answer: Answer, { url, authorized }: SentRead): Explanation {
  const { status } = answer;
  const to = locationOf(answer, url);
  const where = to === null || to.origin === "null" || repeats(to.host, authorized) ? "" : ` at ${to.host}`;
  const found =
    status === 200
      ? "an HTML page came where MLflow answers JSON, as from a proxy in front of it where a person has to sign in (200)"
      : `the server sends clients to a page${where} where a person is to sign in (${status})`;
  const { provider } = authorized;
  if (provider === undefined) {
    return {
      found,
      remedy: "enable a plugin that has a credential for this server, and name it in the server's `auth`",
    };
  }
  return {
    found: `${found}; it does not take the credential of ${provider}`,
    remedy: `store a credential that this server accepts from programs where plugins.${provider} reads it, and check credential.mode and credential.header; if it accepts none, ask its operator for an address that leads past it`,
  };
}

function locationOf(answer: Answer, url: string): URL | null {
  const location = header(answer, "location");
  return location === "" ? null : URL.parse(location, url);
}
