/** Puts what the pipelines gave together into the headers of one request, and refuses what must not be sent. */
import type { ServerConfig } from "../config/config.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { anonymous, type ProviderHeaders } from "../provider/provider.js";
import type { Secret } from "../secret/secret.js";
import type { Answer } from "./auth.js";
import { checkHeaders, headerKey } from "./check-headers.js";
import type { Additions, HeaderSlot } from "./headers.js";
import { pluginFault } from "./slot.js";

export { headerKey };

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

export function compose(
  server: ServerConfig,
  answer: Answer | undefined,
  additions: Additions,
  slots: readonly HeaderSlot[],
): Authorization {
  const headers: [string, Secret | string][] = [];
  const owners = new Map<string, string>();
  const sources: Record<string, string> = Object.create(null);

  function add(instance: string, read: () => ProviderHeaders): void {
    for (const [name, value] of entriesOf(read, instance)) {
      const owner = owners.get(headerKey(name));
      if (owner !== undefined) throw collision(name, owner, instance, server);
      owners.set(headerKey(name), instance);
      sources[name] = instance;
      headers.push([name, value]);
    }
  }

  const credential = answer !== undefined && answer.auth !== anonymous ? answer : undefined;
  if (credential !== undefined)
    add(credential.slot.instance, () => (credential.auth as { headers: ProviderHeaders }).headers);
  for (const [index, given] of additions.entries()) {
    if (given !== undefined) add((slots[index] as HeaderSlot).instance, () => given);
  }
  return Object.freeze({
    server,
    headers: Object.freeze(headers),
    sources: Object.freeze(sources),
    strips: answer !== undefined,
    provider: credential?.slot.instance,
  });
}

function entriesOf(read: () => ProviderHeaders, instance: string): [name: string, value: Secret | string][] {
  try {
    return checkHeaders(read(), instance);
  } catch (thrown) {
    throw pluginFault(thrown, instance);
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
