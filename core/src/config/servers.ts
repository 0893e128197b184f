/** Both forms of the server list, brought into one; and the rules that a server's address must keep. */
import { isTransportHeader } from "../http/headers.js";
import { isLoopback } from "../http/hosts.js";
import { leadsOut } from "../http/paths.js";
import type { TlsOptions } from "../provider/context.js";
import type { GatewayOptions, ServerTls } from "./config.js";
import { type ProblemList, pointerTo } from "./problems.js";
import { isObject } from "./schema-walk.js";

/** A server as the file has it, with the place of each of its fields. */
export interface ListedServer {
  /** Canonical, see `ServerConfig.uri`; undefined where it was refused. */
  readonly uri: string | undefined;
  /** JSON pointer of the object that holds `auth`, `headers` and `tags`: `""` in the short form. */
  readonly pointer: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly allowInsecure: boolean;
  readonly tls: ServerTls | undefined;
  readonly allowsAnonymous: boolean;
  readonly gateway: GatewayOptions | undefined;
  readonly connections: number | undefined;
}

const shortForm = "trackingUri auth headers tags allowInsecure tls anonymous gateway connections".split(" ");

/** What is known of the variables that fill places. */
interface PlaceVariables {
  /** Names the variable that a place is filled by, as a part of a sentence. */
  filledBy(place: string): string;
  /** The variable to which a place falls back. */
  variableOf(place: string): string | undefined;
}

/** @param given the keys that the file itself has, before anything was completed */
export function listServers(
  file: Readonly<Record<string, unknown>>,
  given: ReadonlySet<string>,
  problems: ProblemList,
  variables: PlaceVariables,
): ListedServer[] {
  if (!given.has("servers")) return listShort(file, problems, variables);
  for (const key of shortForm.filter((name) => given.has(name))) {
    const message = `\`${key}\` belongs to the short form and can't stand beside \`servers\`: move it into an entry of \`servers\``;
    problems.add("FIELD_CONFLICT", pointerTo("", key), "key", message);
  }
  const servers = Array.isArray(file["servers"]) ? file["servers"] : [];
  const seen = new Map<string, number>();
  return servers.flatMap((fields, index) => {
    if (!isObject(fields)) return [];
    const pointer = pointerTo("/servers", index);
    const server = list(fields, pointer, pointerTo(pointer, "uri"), problems, variables);
    const first = server.uri === undefined ? undefined : seen.get(server.uri);
    if (first !== undefined) {
      const message = `\`servers[${index}].uri\` is the same as \`servers[${first}].uri\`: one entry decides for one address`;
      problems.add("SERVER_DUPLICATE", pointerTo(pointer, "uri"), "value", message);
    } else if (server.uri !== undefined) seen.set(server.uri, index);
    return [server];
  });
}

function listShort(
  file: Readonly<Record<string, unknown>>,
  problems: ProblemList,
  variables: PlaceVariables,
): ListedServer[] {
  if (file["trackingUri"] === undefined) {
    const message = "neither `trackingUri` nor `servers` is given, and MLFLOW_TRACKING_URI is not set";
    problems.add("MISSING_FIELD", "/trackingUri", "key", message);
  }
  return [list(file, "", "/trackingUri", problems, variables)];
}

function list(
  fields: Readonly<Record<string, unknown>>,
  pointer: string,
  place: string,
  problems: ProblemList,
  variables: PlaceVariables,
): ListedServer {
  const given = fields[place.slice(place.lastIndexOf("/") + 1)];
  const allowInsecure = fields["allowInsecure"] === true;
  const allowsAnonymous = fields["anonymous"] === "allowed";
  const gateway = gatewayOf(fields["gateway"], pointerTo(pointer, "gateway"), problems);
  const tls = tlsOf(fields["tls"], variables.variableOf(pointerTo(pointer, "tls", "ca")));
  const connections = typeof fields["connections"] === "number" ? fields["connections"] : undefined;
  const server = { pointer, fields, allowInsecure, tls, allowsAnonymous, gateway, connections, uri: undefined };
  if (typeof given !== "string" || problems.covers(place)) return server;
  const judged = judgeUri(given);
  if (typeof judged === "string")
    problems.add("SERVER_URI", place, "value", `the address${variables.filledBy(place)} ${judged}`);
  else if (judged.cleartext && !allowInsecure && !problems.covers(pointerTo(pointer, "allowInsecure"))) {
    const by = variables.filledBy(place);
    const who = by === "" ? "credentials would travel" : `by the address${by} credentials would travel`;
    const message = `${who} in the clear: use https, or say \`allowInsecure: true\` for this server`;
    problems.add("SERVER_CLEARTEXT", place, "value", message);
  }
  return typeof judged === "string" ? server : { ...server, uri: judged.uri };
}

/** The canonical URI, or what is wrong with it, after "the address". */
export function judgeUri(text: string): { uri: string; cleartext: boolean } | string {
  const [, scheme, host, path] = /^(https?):\/\/([^/?#\\]*)(.*)$/is.exec(text) ?? [];
  if (scheme === undefined || host === undefined || path === undefined) {
    const variable = /^\$\w/.test(text) ? "; a variable is written `${NAME}`" : "";
    return `must be absolute and begin with https:// or http://${variable}`;
  }
  if (/[^!-~]/.test(text))
    return "must not hold white space or other characters than printable ASCII: write it encoded";
  if (/[?#]/.test(path)) return "must not have a query or a fragment";
  if (host.includes("@")) return "must not hold a user or a password: credentials come from plugins";
  if (host.includes("$")) return "must not have a `$` in its host: a variable is written `${NAME}`";
  if (path.includes("*")) return "may have a `*` only in the leftmost label of its host";
  // What leads out would be refused in every request, too.
  if (/\\|\/\/|%(2[ef]|5c|25)|\/\.{1,2}(\/|$)/i.test(path) || leadsOut(path)) {
    return "must not have a path that servers read differently: no `//`, no `.` or `..` segments, no encoded dots, slashes or percent signs, no NUL";
  }
  const wildcard = /^[^.]*\*[^.]*\../.test(host) && host.indexOf("*") === host.lastIndexOf("*");
  if (host.includes("*") && !wildcard)
    return "may have one `*`, as or in the leftmost label of its host, with a domain behind it";
  // The parser lets `*` pass in a host, and a letter in its place can't change what the rest means.
  const url = URL.parse(`${scheme}://${host.replace("*", "x")}${path}`);
  if (url === null || url.hostname === "") return "is not a URL";
  if (url.hostname.endsWith(".")) return "must not end its host with a dot";
  const canonicalHost = host.includes("*") ? URL.parse(`${scheme}://${host}`)?.host : url.host;
  if (canonicalHost === undefined) return "is not a URL";
  const uri = `${url.protocol}//${canonicalHost}${url.pathname.replace(/\/+$/, "")}`;
  return { uri, cleartext: url.protocol === "http:" && !(isLoopback(url.hostname) && !wildcard) };
}

function gatewayOf(gateway: unknown, pointer: string, problems: ProblemList): GatewayOptions | undefined {
  const { header } = isObject(gateway) ? gateway : {};
  if (typeof header !== "string") return undefined;
  const place = pointerTo(pointer, "header");
  if (isTransportHeader(header) && !problems.covers(place)) {
    problems.add("WRONG_VALUE", place, "value", `${header} belongs to the transport: name another header`);
  }
  return Object.freeze({ header });
}

/** MLflow's client certificate is one file that holds the key, too, so `cert` alone names both. */
function tlsOf(tls: unknown, caFrom: string | undefined): ServerTls | undefined {
  if (!isObject(tls)) return undefined;
  const { ca, cert, key = cert, insecureSkipVerify } = tls as TlsOptions;
  // MLflow's own was set for MLflow, and is as binding as the file.
  const caVariable = caFrom?.startsWith("MLFLOW_") ? undefined : caFrom;
  return Object.freeze({ ca, cert, key, insecureSkipVerify, ...(caVariable && { caVariable }) });
}
