/**
 * Calls to Vault, in an order in which later ones build on earlier ones. Vault's own method LIST is missing: Node's HTTP parser
 * refuses it, so the fake lists by `GET …?list=true` alone.
 */
import { appRole, wrapping } from "./vault/approle.ts";
import { get, login, post, type VaultCase } from "./vault/call.ts";
import { lifeFaults, lives, tokens } from "./vault/tokens.ts";

const mounting: VaultCase[] = [
  { title: "mounts KV version 2", call: () => post("sys/mounts/secret", { type: "kv", options: { version: "2" } }) },
  { title: "mounts KV version 1", call: () => post("sys/mounts/kv", { type: "kv", options: { version: "1" } }) },
  { title: "mounts version 1 unless told otherwise", call: () => post("sys/mounts/plain", { type: "kv" }) },
  { title: "mounts kv-v2 at a deep path", call: () => post("sys/mounts/team/deep", { type: "kv-v2" }) },
  { title: "refuses a second mount at one path", call: () => post("sys/mounts/secret", { type: "kv" }) },
  { title: "refuses an unknown engine", call: () => post("sys/mounts/x", { type: "nope" }) },
  { title: "tells version 2 by a path below the mount", call: () => get("sys/internal/ui/mounts/secret/mlflow/auth") },
  { title: "tells version 2 by the mount itself", call: () => get("sys/internal/ui/mounts/secret") },
  { title: "tells version 1", call: () => get("sys/internal/ui/mounts/kv/mlflow/auth") },
  { title: "tells a plain mount", call: () => get("sys/internal/ui/mounts/plain/x") },
  { title: "tells a deep mount", call: () => get("sys/internal/ui/mounts/team/deep/x/y") },
  { title: "refuses to tell where nothing is mounted", call: () => get("sys/internal/ui/mounts/nope/x") },
  { title: "refuses to tell by half a mount's name", call: () => get("sys/internal/ui/mounts/sec") },
  { title: "has no route where nothing is mounted", call: () => get("nope/x") },
];

const secrets: VaultCase[] = [
  { title: "v2 writes", call: () => post("secret/data/mlflow/auth", { data: { token: "one" } }) },
  {
    title: "v2 writes again",
    call: () => ({ ...post("secret/data/mlflow/auth", { data: { token: "two" } }), method: "PUT" }),
  },
  { title: "v2 reads the latest", call: () => get("secret/data/mlflow/auth") },
  { title: "v2 reads an old version", call: () => get("secret/data/mlflow/auth?version=1") },
  { title: "v2 misses a version", call: () => get("secret/data/mlflow/auth?version=9") },
  { title: "v2 misses a secret", call: () => get("secret/data/nope") },
  { title: "v2 warns of a version 1 path", call: () => get("secret/mlflow/auth") },
  { title: "v2 warns of the data folder", call: () => get("secret/data/") },
  { title: "v2 reads metadata", call: () => get("secret/metadata/mlflow/auth") },
  { title: "v2 lists", call: () => get("secret/metadata/mlflow?list=true") },
  { title: "v2 refuses what is not wrapped in data", call: () => post("secret/data/mlflow/auth", { token: "x" }) },
  { title: "v2 deletes softly", call: () => ({ method: "DELETE", path: "secret/data/mlflow/auth" }) },
  { title: "v2 shows that it was deleted", call: () => get("secret/data/mlflow/auth") },
  { title: "v2 writes after a deletion", call: () => post("secret/data/mlflow/auth", { data: { token: "three" } }) },
  { title: "v2 reads after a deletion", call: () => get("secret/data/mlflow/auth") },
  { title: "v2 deletes an old version", call: () => post("secret/delete/mlflow/auth", { versions: [1] }) },
  { title: "v2 shows that the old version was deleted", call: () => get("secret/data/mlflow/auth?version=1") },
  { title: "v2 removes for good", call: () => ({ method: "DELETE", path: "secret/metadata/mlflow/auth" }) },
  { title: "v2 misses what was removed", call: () => get("secret/data/mlflow/auth") },
  { title: "v1 writes", call: () => post("kv/mlflow/auth", { token: "one", n: 1 }) },
  { title: "v1 reads", call: () => get("kv/mlflow/auth") },
  { title: "v1 misses a secret", call: () => get("kv/nope") },
  { title: "v1 misses a version 2 path", call: () => get("kv/data/mlflow/auth") },
  { title: "v1 refuses an empty secret", call: () => post("kv/empty", {}) },
  { title: "v1 writes with a ttl", call: () => post("kv/short", { token: "one", ttl: "30s" }) },
  { title: "v1 grants the ttl as the lease", call: () => get("kv/short") },
  { title: "v1 writes with a lease", call: () => post("kv/leased", { token: "one", lease: "1h" }) },
  { title: "v1 grants the lease", call: () => get("kv/leased") },
  { title: "v1 lists", call: () => get("kv?list=true") },
  { title: "v1 deletes", call: () => ({ method: "DELETE", path: "kv/short" }) },
  { title: "v1 misses what was deleted", call: () => get("kv/short") },
  { title: "v1 reads nothing at the mount itself", call: () => get("kv/") },
  { title: "refuses a body that is no JSON", call: () => post("kv/mlflow/auth", "{bad") },
];

const sealing: VaultCase[] = [
  { title: "unmounts", call: () => ({ method: "DELETE", path: "sys/mounts/team/deep" }) },
  { title: "has no route after that", call: () => get("team/deep/data/x") },
  { title: "is not sealed by just anybody", call: () => ({ method: "PUT", path: "sys/seal", token: undefined }) },
  { title: "is sealed", call: () => ({ method: "PUT", path: "sys/seal" }) },
  { title: "reads nothing when sealed", call: () => get("kv/mlflow/auth") },
  { title: "tells no mount when sealed", call: () => get("sys/internal/ui/mounts/kv") },
  { title: "logs nobody in when sealed", call: () => login({ role_id: "r", secret_id: "s" }) },
  { title: "refuses everybody when sealed", call: () => ({ ...get("nope/x"), token: undefined }) },
];

export const vaultCases: VaultCase[] = [
  ...mounting,
  ...secrets,
  ...tokens,
  ...lives,
  ...lifeFaults,
  ...appRole,
  ...wrapping,
  ...sealing,
];
