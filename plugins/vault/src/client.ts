/** Vault's HTTP API: node-vault over core's HTTP client. */
import { readFile } from "node:fs/promises";
import { type HttpClient, isMlflowAuthError, type PluginContext, type Secret } from "@mlflow-auth/core/plugin";
import type { VaultAnswer } from "./answer.js";
import { unreachable } from "./faults.js";
import type { VaultOptions } from "./generated/options.js";

/** Paths are below `/v1/`, their segments encoded. */
export interface VaultClient {
  /** @throws MlflowAuthError `SECRET_UNREACHABLE` if no answer came */
  read(path: string, token: Secret): Promise<VaultAnswer>;
  /** Sends no token: it is for logins. */
  write(path: string, data: Readonly<Record<string, string>>): Promise<VaultAnswer>;
}

/** As much of node-vault as is used. */
interface NodeVault {
  token: string;
  namespace: string;
  pathPrefix: string;
  read(path: string, options: { headers: Record<string, string> }): Promise<unknown>;
  write(path: string, data: unknown, options: { headers: Record<string, string> }): Promise<unknown>;
}

/** What node-vault asks of the library that it sends with (its option `request-promise`). */
interface SentByNodeVault {
  uri: string;
  method: string;
  headers: Record<string, string>;
  json?: unknown;
}

/** Tells Vault's agent that this is no request which a browser was tricked into. */
const HEADERS = { "X-Vault-Request": "true" };

export function createVaultClient(options: VaultOptions, context: PluginContext): VaultClient {
  let open: { readonly ca: string | undefined; readonly vault: NodeVault } | undefined;

  /** Reads the CA file again each time: it may be replaced while the program runs. */
  async function connect(): Promise<NodeVault> {
    const ca = await readCa(options, context);
    if (open === undefined || open.ca !== ca) open = { ca, vault: await createNodeVault(options, context, ca) };
    return open.vault;
  }

  async function ask(call: (vault: NodeVault) => Promise<unknown>): Promise<VaultAnswer> {
    const vault = await connect();
    try {
      return { status: 200, body: await call(vault) };
    } catch (thrown) {
      const { response } = thrown as { response?: { statusCode: number; body: unknown } };
      // node-vault's own error quotes Vault's answer: only the answer is kept, for faults.ts to read.
      if (response !== undefined) return { status: response.statusCode, body: response.body };
      throw isMlflowAuthError(thrown) ? unreachable(thrown, context) : thrown;
    }
  }

  return {
    read: (path, token) =>
      ask((vault) => vault.read(path, { headers: { ...HEADERS, "X-Vault-Token": token.reveal() } })),
    write: (path, data) => ask((vault) => vault.write(path, data, { headers: { ...HEADERS } })),
  };
}

async function createNodeVault(
  options: VaultOptions,
  context: PluginContext,
  ca: string | undefined,
): Promise<NodeVault> {
  const { address, namespace, allowInsecure, tls } = options;
  const http = context.http.with({ ca, allowInsecure, insecureSkipVerify: tls.insecureSkipVerify });
  // Imported late: it brings axios along, and a program that never asks Vault should not pay for that.
  const { default: nodeVault } = await import("node-vault");
  const vault = nodeVault({
    endpoint: address.replace(/\/+$/, ""),
    "request-promise": { defaults: () => (sent: SentByNodeVault) => send(sent, http) },
    // Its own prints request bodies, with the secret id in them.
    debug: () => undefined,
  } as never) as unknown as NodeVault;
  // What it is not given it takes from process.env, which is not necessarily ours. The token goes along with each request.
  vault.token = "";
  vault.namespace = namespace ?? "";
  vault.pathPrefix = "";
  return vault;
}

async function send({ uri, method, headers, json }: SentByNodeVault, http: HttpClient) {
  const body = json === undefined ? {} : { body: JSON.stringify(json) };
  const contentType = json === undefined ? {} : { "Content-Type": "application/json" };
  const answer = await http.send({ url: uri, method, headers: { ...headers, ...contentType }, ...body });
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

async function readCa({ tls }: VaultOptions, context: PluginContext): Promise<string | undefined> {
  if (tls.caFile === undefined) return undefined;
  try {
    return await readFile(tls.caFile, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown reason";
    throw context.error("SECRET_SOURCE", `the CA file ${tls.caFile} can't be read: ${reason}`, {
      remedy: "correct tls.caFile (VAULT_CACERT), or the file's permissions",
    });
  }
}
