/** Whoever administers Vault, and types there what doctor says. The command `vault` is not at hand: its calls are. */
import { requestVault } from "../../servers/vault.ts";
import type { Patient } from "./patient.ts";

/**
 * Types a command of Vault's, word for word, and gives what it prints.
 *
 * @param value what stands behind `=-`, which `vault` reads from its input
 * @throws Error for a command that is unknown here, which a person could not type either
 */
// biome-ignore lint/suspicious/noExplicitAny: the answers are as many as there are commands
export async function typeVault({ scene }: Patient, command: string, value = ""): Promise<any> {
  const { vault } = scene;
  const [program, ...words] = command.trim().split(/\s+/);
  if (program !== "vault") throw new Error(`no command of Vault's: ${command}`);
  const options = Object.fromEntries(words.filter((word) => word.startsWith("-")).map((word) => word.split("=")));
  const [verb, ...rest] = words.filter((word) => !word.startsWith("-"));
  const [path = "", ...fields] = verb === "kv" ? rest.slice(1) : rest;
  const mount = options["-mount"];
  switch (verb === "kv" ? `kv ${rest[0]}` : verb) {
    case "kv put":
      return vault.put(`${mount}/${path}`, Object.fromEntries(fields.map((field) => [field.replace("=-", ""), value])));
    case "kv undelete":
      return vault.request("POST", `${mount}/undelete/${path}`, { versions: [options["-versions"]] });
    case "read":
      return (await vault.request("GET", path)).data;
    case "list":
      return (await vault.request("LIST", path)).data.keys;
    case "write": {
      const wrap = options["-wrap-ttl"];
      if (wrap === undefined) return (await vault.request("POST", path, {})).data;
      const headers = { "X-Vault-Wrap-TTL": wrap };
      const answer = await requestVault(vault.address, "POST", path, {}, vault.rootToken, headers);
      return (answer as { wrap_info: unknown }).wrap_info;
    }
    case "secrets":
      return Object.keys((await vault.request("GET", "sys/mounts")).data);
    case "auth":
      return Object.keys((await vault.request("GET", "sys/auth")).data);
    default:
      throw new Error(`unknown here: ${command}`);
  }
}

/** A token with a policy of these words, as an administrator gives it upon `give the token a policy with: …`. */
export async function tokenWithPolicy(
  { scene: { vault, watch } }: Patient,
  policy: string,
  others: readonly string[] = ["mlflow"],
): Promise<string> {
  const name = `granted-${crypto.randomUUID()}`;
  await vault.request("PUT", `sys/policies/acl/${name}`, { policy });
  const { auth } = await vault.request("POST", "auth/token/create", { policies: [...others, name] });
  return watch.add("a granted token", auth.client_token);
}
