/** Vault's HTTP API: node-vault over core's HTTP client. */
import {
  type ConnectionFailureKind,
  connectionFailureOf,
  type HttpClient,
  type HttpRequest,
  isMlflowAuthError,
  type MlflowAuthError,
  type PluginContext,
  type Secret,
  type TlsOptionNames,
} from "@mlflow-auth/core/plugin";
import type { VaultAnswer } from "./faults.js";
import type { VaultOptions } from "./generated/options.js";

/** How one call is made. */
export interface Call {
  /** Undefined for a login, which has none, and where an agent at the address adds one. */
  readonly token?: Secret | undefined;
  /** One try, for what can as well be done next time, or must not be done twice. Default: three tries. */
  readonly tries?: HttpRequest["tries"];
  /** Milliseconds for all of them. Default 10,000; where it is tried once, 2,000. */
  readonly timeout?: HttpRequest["timeout"];
}

/** Asks Vault. Paths are below `/v1/`, their segments encoded. Vault's own errors are answers, with their status. */
export interface VaultClient {
  /** @throws MlflowAuthError `SECRET_UNREACHABLE` if no answer came, `SECRET_SOURCE` for a TLS file that can't be used */
  read(path: string, call: Call): Promise<VaultAnswer>;
  write(path: string, data: Readonly<Record<string, string>>, call: Call): Promise<VaultAnswer>;
}

/** What node-vault passes on with a request. */
interface Passed {
  headers: NonNullable<HttpRequest["headers"]>;
  tries: Call["tries"];
  timeout: Call["timeout"];
}

/** As much of node-vault as is used. */
interface NodeVault {
  token: string;
  namespace: string;
  pathPrefix: string;
  read(path: string, passed: Passed): Promise<unknown>;
  write(path: string, data: unknown, passed: Passed): Promise<unknown>;
}

/** What node-vault asks of the library that it sends with (its option `request-promise`). */
interface SentByNodeVault extends Passed {
  uri: string;
  method: string;
  json?: unknown;
}

/** Asks nothing before the first call. The client's connections are closed with the context's. */
export function createVaultClient(options: VaultOptions, context: PluginContext): VaultClient {
  const { allowInsecure, tls } = options;
  const { caFile: ca, certFile: cert, keyFile: key, insecureSkipVerify } = tls;
  const socketPath = socketOf(options);
  const own = { ca, cert, key, tlsNames, allowInsecure, insecureSkipVerify };
  const http = context.http.with(socketPath === undefined ? own : { ...own, socketPath });
  let vault: NodeVault | undefined;

  async function ask(call: (vault: NodeVault) => Promise<unknown>): Promise<VaultAnswer> {
    vault ??= await createNodeVault(options, http);
    try {
      return { status: 200, body: await call(vault) };
    } catch (thrown) {
      const { response } = thrown as { response?: { statusCode: number; body: unknown } };
      // node-vault's own error quotes Vault's answer: only the answer is kept, for faults.ts to read.
      if (response !== undefined) return { status: response.statusCode, body: response.body };
      throw isMlflowAuthError(thrown) ? unanswered(thrown, options, context) : thrown;
    }
  }

  return {
    read: (path, call) => ask((vault) => vault.read(path, passed(call))),
    write: (path, data, call) => ask((vault) => vault.write(path, data, passed(call))),
  };
}

/** The Unix socket of an address such as `unix:///run/vault/agent.sock`, in which form Vault's own command takes it. */
function socketOf({ address }: VaultOptions): string | undefined {
  return /^unix:\/\/(\/.+)$/i.exec(address)?.[1];
}

function passed({ token, tries, timeout }: Call): Passed {
  // The first tells Vault's agent that this request does not come from a browser that was tricked into it.
  const headers = { "X-Vault-Request": "true", ...(token === undefined ? {} : { "X-Vault-Token": token }) };
  return { headers, tries, timeout };
}

async function createNodeVault(options: VaultOptions, http: HttpClient): Promise<NodeVault> {
  // Imported late: it brings axios along, and a program that never asks Vault should not pay for that.
  const { default: nodeVault } = await import("node-vault");
  const vault = nodeVault({
    endpoint: socketOf(options) === undefined ? options.address.replace(/\/+$/, "") : "http://localhost",
    "request-promise": { defaults: () => (sent: SentByNodeVault) => send(sent, http) },
    // Its own prints request bodies, with the secret id in them.
    debug: () => undefined,
  } as never) as unknown as NodeVault;
  // What it is not given it takes from process.env, which is not necessarily ours. The token goes along with each request.
  vault.token = "";
  vault.namespace = options.namespace ?? "";
  vault.pathPrefix = "";
  return vault;
}

async function send({ uri, method, headers, json, tries, timeout }: SentByNodeVault, http: HttpClient) {
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  const contentType = json === undefined ? {} : { "Content-Type": "application/json" };
  const answer = await http.send({
    url: uri,
    method,
    headers: { ...headers, ...contentType },
    ...body,
    tries,
    timeout,
  });
  // An empty path: where it holds `sys/health`, as a secret's may, node-vault takes every status for success.
  return { statusCode: answer.status, body: parseJson(answer.text), request: { path: "" } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A path whose segments are encoded, and its slashes kept. */
export function encode(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** What the plugin's options of TLS files are called. */
const tlsNames: TlsOptionNames = {
  ca: "tls.caFile (VAULT_CACERT)",
  cert: "tls.certFile (VAULT_CLIENT_CERT)",
  key: "tls.keyFile (VAULT_CLIENT_KEY)",
};

const clientCertificate = "tls.certFile and tls.keyFile (VAULT_CLIENT_CERT, VAULT_CLIENT_KEY)";
const renewed = "have Vault's certificate renewed, and check the clock of this machine";

/** What to do about a failure of TLS. For those that are not listed: name the authority. */
const tlsRemedies: Readonly<Partial<Record<ConnectionFailureKind, string>>> = {
  "client-certificate": `Vault, or a proxy in front of it, wants another client certificate: give ${clientCertificate}, valid and from an authority that it trusts`,
  expired: renewed,
  "not-yet-valid": renewed,
  "other-name": "in address (VAULT_ADDR) use a name that Vault's certificate was issued for",
  "other-purpose": "have Vault given a certificate for servers: the one it has is for another purpose",
  "no-tls":
    "nothing speaks TLS there: correct the port of address (VAULT_ADDR), or write http:// if that Vault speaks no TLS",
};

/** No answer came from Vault, or a TLS file kept it from being asked: core's error in Vault's terms. */
function unanswered(error: MlflowAuthError, options: VaultOptions, context: PluginContext): MlflowAuthError {
  const { code, message, remedy, transient } = error;
  if (code === "TLS_FILE") return context.error("SECRET_SOURCE", message, { remedy });
  if (code !== "SECRET_UNREACHABLE") return error;
  const { isTls, kind } = connectionFailureOf(error);
  const byKind = (kind && tlsRemedies[kind]) ?? `give the authority that signed Vault's certificate in ${tlsNames.ca}`;
  const check =
    socketOf(options) === undefined
      ? `check address (VAULT_ADDR), and from this machine: \`vault status\`${kind === "hung-up" ? hangUpHint(options) : ""}`
      : "check that the agent runs, that its configuration has a listener with the socket of address (VAULT_ADDR), and that this user may write to it (socket_mode, socket_user)";
  return context.error("SECRET_UNREACHABLE", `Vault does not answer: ${message}`, {
    remedy: isTls ? byKind : check,
    transient,
  });
}

/** With TLS 1.3 a server that wants another client certificate hangs up after the handshake, and no code says why. */
function hangUpHint({ address, tls }: VaultOptions): string {
  if (!address.toLowerCase().startsWith("https:")) return "";
  return tls.certFile === undefined
    ? `. If Vault wants a client certificate, give ${clientCertificate}`
    : `. Check that Vault accepts the client certificate in ${clientCertificate}: its authority, and that it has not expired`;
}
