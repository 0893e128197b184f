/** 401: the credential was refused. How it was sent, and what the server asks for, tell what to change. */
import type { AuthorizedHeaders } from "@mlflow-auth/core/internal";
import type { Answer } from "./probe.js";
import { textOf } from "./redirects.js";
import type { Refusal, Sent } from "./refusals.js";

export function notAccepted(answer: Answer, { authorization, clocksApart }: Sent): Refusal {
  const { provider } = authorization;
  if (provider === undefined) {
    return {
      found: "the server wants a credential (401), and the file has none for it",
      remedy: "enable a plugin that has one under `plugins`, and name it in the server's `auth`",
    };
  }
  const { name, scheme, shown } = sentBy(authorization, provider);
  const wanted = schemesIn([answer.headers["www-authenticate"]].flat().join(", "));
  const found = `the server refused the credential of ${provider} (401), sent as ${shown}`;
  const asks = wanted.length === 0 ? found : `${found}; it asks for ${wanted.join(" or ")}`;
  const clock = clocksApart ? "set the clocks right first (see clock); then " : "";
  return { found: asks, remedy: clock + howToSend(provider, name, scheme, wanted) };
}

function howToSend(provider: string, name: string, scheme: string | undefined, wanted: readonly string[]): string {
  const instance = `plugins.${provider}`;
  const isAuthorization = name.toLowerCase() === "authorization";
  if (wanted.length > 0 && !isAuthorization) {
    return `have ${instance} send it in the header that is asked for: credential.header: Authorization`;
  }
  if (wanted.length > 0 && scheme !== undefined && !wanted.includes(scheme)) {
    const mode = wanted.find((one) => one === "Basic" || one === "Bearer");
    return mode === undefined
      ? `the server takes no ${scheme}: ask who runs it for a way in with a token`
      : `have ${instance} send what is asked for: credential.mode: ${mode.toLowerCase()}`;
  }
  const replace = `store the credential that the server accepts where ${instance} reads it: the one there is out of date, or another server's`;
  if (wanted.length > 0) return replace;
  return `${replace}. If the server looks at another header than ${name}, such as X-Api-Key, name it in credential.header of ${instance}`;
}

/** How the credential went, by names that are none of its own. */
function sentBy({ headers, sources }: AuthorizedHeaders, provider: string) {
  const [name, value] = headers.find(([header]) => sources[header] === provider) ?? ["no header", ""];
  const text = textOf(value);
  const scheme = ["Bearer", "Basic"].find((word) => text.startsWith(`${word} `));
  return { name, scheme, shown: scheme === undefined ? name : `${name}: ${scheme}` };
}

/** The schemes of a WWW-Authenticate, as far as they are known here: nothing else of it is repeated. */
function schemesIn(challenge: string): string[] {
  const bare = challenge.replaceAll(/"[^"]*"/g, "");
  return ["Basic", "Bearer", "Digest", "Negotiate"].filter((name) => new RegExp(`\\b${name}\\b`, "i").test(bare));
}
