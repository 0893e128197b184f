/** Which instances serve which server: the names in `auth`, `headers` and `tags`, and what holds where they are left out. */
import type { ErrorCode } from "../errors/codes.js";
import type { Group } from "../provider/provider.js";
import type { InstanceConfig } from "./config.js";
import { didYouMean, listNames } from "./expectation.js";
import { isPrintable, type ProblemList, pointerTo } from "./problems.js";
import type { ListedServer } from "./servers.js";

/** What is known of the instances by the time that names are resolved. */
export interface KnownInstances {
  /** In the file's order; undefined for an instance with problems, of which it is not known what it offers. */
  readonly enabled: ReadonlyMap<string, InstanceConfig | undefined>;
  readonly disabled: ReadonlySet<string>;
}

/** The names of the instances that serve one server, in the order in which they are asked. */
export interface References {
  readonly auth: readonly string[];
  readonly headers: readonly string[];
  readonly tags: readonly string[];
}

/** `also`: what serves where the file names an instance without the list's own interface. */
const lists: Record<keyof References, { group: Group; also?: Group; does: string }> = {
  auth: { group: "mlflow.request_auth_provider", does: "authenticate requests" },
  // A credential beside that of `auth`: two locks, one behind the other.
  headers: { group: "mlflow.request_header_provider", also: "mlflow.request_auth_provider", does: "add headers" },
  tags: { group: "mlflow.run_context_provider", does: "add run tags" },
};

/** Of each server, in their order. */
export function resolveReferences(
  servers: readonly ListedServer[],
  instances: KnownInstances,
  problems: ProblemList,
): References[] {
  refuseAmbiguous(servers, instances, problems);
  return servers.map((server) => resolveServer(server, instances, problems));
}

function resolveServer(server: ListedServer, instances: KnownInstances, problems: ProblemList): References {
  const resolve = (field: keyof References): readonly string[] => {
    const given = server.fields[field];
    const place = pointerTo(server.pointer, field);
    if (given === undefined) return everyAble(field, instances);
    const names = (Array.isArray(given) ? given : [given]).filter((name) => typeof name === "string");
    for (const [index, name] of names.entries()) {
      const fault = faultOf(name, field, instances);
      if (fault)
        problems.add(fault.code, Array.isArray(given) ? pointerTo(place, index) : place, "value", fault.message);
    }
    return [...new Set(names)];
  };
  const references = { auth: resolve("auth"), headers: resolve("headers"), tags: resolve("tags") };
  refuseTwice(server, references, instances, problems);
  return references;
}

/** What only authenticates has one credential, which `auth` and `headers` can't both add. */
function refuseTwice(
  server: ListedServer,
  references: References,
  { enabled }: KnownInstances,
  problems: ProblemList,
): void {
  const { auth, headers } = references;
  for (const [index, name] of headers.entries()) {
    const entries = enabled.get(name)?.entries;
    if (!auth.includes(name) || entries === undefined || entries[lists.headers.group] !== undefined) continue;
    const message = `\`${name}\` is asked for the credential of \`auth\` already, and has no other headers: take it out of \`headers\`, or say \`auth: []\``;
    const place = pointerTo(server.pointer, "headers");
    const isList = Array.isArray(server.fields["headers"]);
    problems.add("FIELD_CONFLICT", isList ? pointerTo(place, index) : place, "value", message);
  }
}

function everyAble(field: keyof References, { enabled }: KnownInstances): string[] {
  return [...enabled].filter(([, instance]) => instance?.entries[lists[field].group]).map(([name]) => name);
}

/** Where several can authenticate, the file has to say which. One slip is told once, however many servers there are. */
function refuseAmbiguous(servers: readonly ListedServer[], instances: KnownInstances, problems: ProblemList): void {
  const able = everyAble("auth", instances);
  const [first, ...others] = servers.filter(({ fields }) => fields["auth"] === undefined);
  if (first === undefined || able.length < 2) return;
  const names = listNames(able.map((name) => `\`${name}\``));
  const elsewhere = others.length === 0 ? "" : `, and so with ${others.length} more of the servers`;
  const message = `several plugins can authenticate: ${names}; say which with \`auth\`, for example \`auth: ${able[0]}\`${elsewhere}`;
  problems.add("AUTH_AMBIGUOUS", pointerTo(first.pointer, "auth"), "key", message);
}

function faultOf(
  name: string,
  field: keyof References,
  { enabled, disabled }: KnownInstances,
): { code: ErrorCode; message: string } | undefined {
  const { group, also, does } = lists[field];
  if (disabled.has(name)) {
    return {
      code: "PLUGIN_UNKNOWN",
      message: "this instance of `plugins` is not enabled: enable it or take its name out",
    };
  }
  if (!enabled.has(name)) {
    // A key that does not look like a name has a problem of its own, and may be a value in the wrong place.
    const known = [...enabled.keys()].filter((key) => enabled.get(key) !== undefined || isPrintable(key));
    const hint = didYouMean(name, known) || `; there are: ${listNames(known) || "none"}`;
    return { code: "PLUGIN_UNKNOWN", message: `\`plugins\` has no instance of this name${hint}` };
  }
  const instance = enabled.get(name);
  if (instance === undefined || instance.entries[group] !== undefined) return undefined;
  if (also !== undefined && instance.entries[also] !== undefined) return undefined;
  return {
    code: "PLUGIN_INTERFACE",
    message: `this plugin can't ${does} (it has no ${group}): take it out of \`${field}\``,
  };
}
