/** Tokens of Vault: which ones are taken, for what, and how long they last. */
import { get, type Memory, post, renewal, type VaultCall, type VaultCase } from "./call.ts";

const READER = `
path "secret/data/mlflow/*" { capabilities = ["read"] }
path "kv/mlflow/*" { capabilities = ["read"] }
path "kv/mlflow/forbidden" { capabilities = ["deny"] }
path "kv/+/one" { capabilities = ["list"] }`;

export const tokens: VaultCase[] = [
  { title: "writes a policy", call: () => ({ ...post("sys/policies/acl/reader", { policy: READER }), method: "PUT" }) },
  {
    title: "makes a token",
    call: () => post("auth/token/create", { policies: ["reader"], ttl: "1h" }),
    remember: (answer) => ({ reader: answer.auth.client_token }),
  },
  { title: "looks up the root token", call: () => get("auth/token/lookup-self") },
  { title: "looks up a token", call: ({ reader }) => ({ ...get("auth/token/lookup-self"), token: reader }) },
  { title: "renews a token", call: ({ reader }) => ({ ...post("auth/token/renew-self", {}), token: reader }) },
  { title: "lets a reader read", call: ({ reader }) => ({ ...get("kv/mlflow/auth"), token: reader }) },
  { title: "lets a reader miss", call: ({ reader }) => ({ ...get("kv/mlflow/nope"), token: reader }) },
  { title: "denies what no rule grants", call: ({ reader }) => ({ ...get("kv/other"), token: reader }) },
  {
    title: "denies what a longer rule denies",
    call: ({ reader }) => ({ ...get("kv/mlflow/forbidden"), token: reader }),
  },
  { title: "denies another capability", call: ({ reader }) => ({ ...get("kv/x/one"), token: reader }) },
  { title: "denies writing", call: ({ reader }) => ({ ...post("kv/mlflow/auth", { a: 1 }), token: reader }) },
  { title: "denies where nothing is mounted", call: ({ reader }) => ({ ...get("nope/x"), token: reader }) },
  {
    title: "tells a reader its mount",
    call: ({ reader }) => ({ ...get("sys/internal/ui/mounts/secret/a"), token: reader }),
  },
  {
    title: "does not tell another's",
    call: ({ reader }) => ({ ...get("sys/internal/ui/mounts/team/deep/x"), token: reader }),
  },
  { title: "reads with a Bearer token", call: ({ reader }) => bearer(reader) },
  { title: "refuses to read without a token", call: () => ({ ...get("kv/mlflow/auth"), token: undefined }) },
  { title: "refuses to read with an unknown token", call: () => ({ ...get("kv/mlflow/auth"), token: "bad" }) },
  { title: "refuses a look-up without a token", call: () => ({ ...get("auth/token/lookup-self"), token: undefined }) },
  { title: "refuses a look-up of an unknown token", call: () => ({ ...get("auth/token/lookup-self"), token: "bad" }) },
  { title: "tells no mount without a token", call: () => ({ ...get("sys/internal/ui/mounts/kv"), token: undefined }) },
  { title: "tells no mount to an unknown token", call: () => ({ ...get("sys/internal/ui/mounts/kv"), token: "bad" }) },
  { title: "tells no routes without a token", call: () => ({ ...get("nope/x"), token: undefined }) },
  {
    title: "revokes a token",
    call: ({ reader }) => ({ method: "POST", path: "auth/token/revoke-self", token: reader }),
  },
  { title: "refuses a revoked token", call: ({ reader }) => ({ ...get("kv/mlflow/auth"), token: reader }) },
  {
    title: "makes a token with a given id",
    call: () => post("auth/token/create", { id: "mine", policies: ["reader"], ttl: "5m" }),
  },
  {
    title: "makes no second token with that id",
    call: () => post("auth/token/create", { id: "mine", policies: ["reader"] }),
  },
  { title: "revokes another's token", call: () => post("auth/token/revoke", { token: "mine" }) },
  { title: "refuses another's revoked token", call: () => ({ ...get("kv/mlflow/auth"), token: "mine" }) },
];

/** Tokens by how long they last: what they are told to be, renewed, and looked up after that. */
export const lives: VaultCase[] = Object.entries({
  renewable: { ttl: "1h" },
  periodic: { period: "10m", ttl: "1h" },
  "not renewable": { ttl: "1h", renewable: false },
  batch: { ttl: "1h", type: "batch" },
  limited: { ttl: "2h", explicit_max_ttl: "1h" },
  "without the default policy's": { ttl: "1h", no_default_policy: true },
}).flatMap(([name, options]) => {
  const by = (call: VaultCall, memory: Memory): VaultCall => ({ ...call, token: memory[name] });
  return [
    {
      title: `makes a ${name} token`,
      call: () => post("auth/token/create", { policies: ["reader"], ...options }),
      remember: (answer) => ({ [name]: answer.auth.client_token }),
    },
    { title: `looks up a ${name} token`, call: (memory) => by(get("auth/token/lookup-self"), memory) },
    { title: `renews a ${name} token for less`, call: (memory) => by(renewal({ increment: "5m" }), memory) },
    { title: `looks up a renewed ${name} token`, call: (memory) => by(get("auth/token/lookup-self"), memory) },
    {
      title: `revokes a ${name} token`,
      call: (memory) => by({ method: "POST", path: "auth/token/revoke-self" }, memory),
    },
  ] satisfies VaultCase[];
});

export const lifeFaults: VaultCase[] = [
  { title: "does not renew the root token", call: () => renewal({}) },
  { title: "does not renew an unknown token", call: () => ({ ...renewal({}), token: "bad" }) },
  { title: "makes no token of an unknown type", call: () => post("auth/token/create", { type: "nope" }) },
];

function bearer(token = ""): VaultCall {
  return { ...get("kv/mlflow/auth"), token: undefined, headers: { Authorization: `Bearer ${token}` } };
}
