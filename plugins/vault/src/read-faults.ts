/** Why a secret could not be read, and what to do about it: first where it was looked for, then who may read it. */
import type { MlflowAuthError, PluginContext } from "@mlflow-auth/core/plugin";
import { errorText, field, isInvalidToken, namespaceHint, serverFault, type VaultAnswer } from "./faults.js";
import type { VaultOptions } from "./generated/options.js";

/** What came of reading a secret, and where it was tried. */
export interface Reading {
  readonly answer: VaultAnswer;
  readonly mount: string;
  /** Below the mount, without the `data/` of the API. */
  readonly path: string;
  /** The path as policies have it, for example `secret/data/mlflow/auth`. */
  readonly apiPath: string;
  /** For messages: `secret/mlflow/auth`. */
  readonly name: string;
  /** Of the mount, as far as it is known. */
  readonly kvVersion: 1 | 2;
  /** The fields of the secret; undefined unless the answer is one. */
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Why a secret could not be read.
 *
 * @param given where the token stands that it was read with; undefined where the plugin logged in itself
 */
export function readFault(
  reading: Reading,
  given: string | undefined,
  options: VaultOptions,
  context: PluginContext,
): MlflowAuthError {
  const { answer, apiPath, name } = reading;
  if (options.secret.version !== undefined && reading.kvVersion === 1) {
    const message = `secret.version is set, and the mount of ${name} is KV version 1, which keeps no versions`;
    return context.error("SECRET_NOT_FOUND", message, { remedy: "leave out secret.version" });
  }
  const fault = serverFault(answer, options, context);
  if (fault !== undefined) return fault;
  if (options.auth?.method === "none") {
    const unauthenticated = agentFault(answer, options, context);
    if (unauthenticated !== undefined) return unauthenticated;
  }
  if (answer.status === 403 && isInvalidToken(answer)) {
    const place = given === undefined ? "" : ` in ${given}`;
    const replace = given === undefined ? "get a new one" : `put a new one into ${given}`;
    return context.error(
      "LOGIN_FAILED",
      `Vault does not accept the token${place}: it expired, was revoked, or is another Vault's`,
      {
        remedy: `${replace} (\`vault login\`, or \`vault token create\`), or let the plugin log in itself, for example with auth.method: approle`,
      },
    );
  }
  if (answer.status === 401 || answer.status === 403) {
    const whose = options.auth?.method === "none" ? "the agent's token" : "the token";
    const policy = `give ${whose} a policy with: \`path "${apiPath}" { capabilities = ["read"] }\``;
    return context.error("SECRET_DENIED", `Vault denied reading ${name} (status ${answer.status})`, {
      remedy: `${placeFirst(reading)}, ${policy}. It may also be the namespace: ${namespaceHint(options)}`,
    });
  }
  if (answer.status === 404) return notFound(reading, options, context);
  const remedy = "check secret.mount and secret.path: the mount must be a KV engine (`vault secrets list`)";
  return answer.status === 200
    ? context.error("SECRET_FORMAT", `what Vault has at ${name} holds no secret`, { remedy })
    : context.error("SECRET_NOT_FOUND", `Vault can't read ${name} (status ${answer.status})`, { remedy });
}

/** Vault denies what does not exist in the same words as what a policy leaves out, and a policy for a slip helps nobody. */
function placeFirst(reading: Reading): string {
  const { mount, path, name } = reading;
  const below = belowMount(reading);
  return below === undefined
    ? `check secret.mount (${mount}) and secret.path (${path}) first, for Vault says the same of a place that does not exist. If both are right`
    : `secret.path goes below secret.mount and begins with it: ${instead(below)}. If the secret really is at ${name}`;
}

/** What `secret.path` probably ought to be, where it begins with the mount; empty where nothing is left of it. */
function belowMount({ mount, path, kvVersion }: Reading): string | undefined {
  if (path !== mount && !path.startsWith(`${mount}/`)) return undefined;
  const rest = path.slice(mount.length + 1);
  return kvVersion === 2 ? rest.replace(/^data(\/|$)/, "") : rest;
}

const instead = (below: string) => (below === "" ? "write the secret's own path" : `write secret.path: ${below}`);

/** What keeps an agent from adding a token that Vault accepts; undefined where it has added one. */
function agentFault(
  answer: VaultAnswer,
  { address }: VaultOptions,
  context: PluginContext,
): MlflowAuthError | undefined {
  if (isInvalidToken(answer)) {
    return context.error("LOGIN_FAILED", `Vault does not accept the token that the agent at ${address} added`, {
      remedy: "see the agent's log: its login (auto_auth) has ended or fails",
    });
  }
  // Denied by a policy, Vault (seen with 1.18) says more than these words.
  const told = errorText(answer.body).trim();
  const bare = (answer.status === 403 && told === "permission denied") || /missing client token/.test(told);
  if (!bare) return undefined;
  return context.error("LOGIN_FAILED", `nobody added a token to the request to ${address}, as method: none expects`, {
    remedy:
      "set address (VAULT_ADDR) to Vault Agent or Vault Proxy, and give that an auto_auth, and api_proxy { use_auto_auth_token = true }; its log says whether its login worked. For Vault itself, name another auth.method",
  });
}

function notFound(reading: Reading, options: VaultOptions, context: PluginContext): MlflowAuthError {
  const { answer, mount, path, name } = reading;
  const metadata = field(field(answer.body, "data"), "metadata");
  const version = field(metadata, "version");
  const which = Number.isInteger(version) ? `version ${version}` : "the newest version";
  const missing = (message: string, remedy: string) => context.error("SECRET_NOT_FOUND", message, { remedy });
  const pinned = options.secret.version;
  const another =
    pinned === undefined
      ? `write a new one: \`vault kv put -mount=${mount} ${path} token=-\``
      : "set another secret.version, or none";
  if (field(metadata, "destroyed") === true) return missing(`${which} of ${name} was destroyed for good`, another);
  if (metadata !== undefined) {
    const undelete = Number.isInteger(version)
      ? `bring it back: \`vault kv undelete -versions=${version} -mount=${mount} ${path}\`, or `
      : "";
    return missing(`${which} of ${name} was deleted`, `${undelete}${another}`);
  }
  if (/no handler for route/.test(errorText(answer.body))) {
    return missing(
      `Vault has no secrets engine mounted at ${mount}`,
      `check secret.mount with \`vault secrets list\`, and ${namespaceHint(options)}`,
    );
  }
  const below = belowMount(reading);
  if (below !== undefined) {
    return missing(
      `Vault has no secret ${name}`,
      `secret.path goes without the mount, which is secret.mount: ${instead(below)}`,
    );
  }
  if (pinned !== undefined) {
    return missing(
      `Vault has no version ${pinned} of ${name}`,
      `check secret.version and secret.path: \`vault kv metadata get -mount=${mount} ${path}\``,
    );
  }
  return missing(
    `Vault has no secret ${name}`,
    `check secret.mount and secret.path; to write it: \`vault kv put -mount=${mount} ${path} token=-\``,
  );
}
