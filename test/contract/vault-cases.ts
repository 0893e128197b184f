/**
 * Calls to Vault, in an order in which later ones build on earlier ones. Vault's own method LIST is missing: Node's HTTP parser
 * refuses it, so the fake lists by `GET …?list=true` alone.
 */
export interface VaultCall {
  method: string;
  path: string;
  body?: unknown;
  /** Default: the root token. Undefined: none. */
  token?: string | undefined;
  headers?: Record<string, string>;
}

/** What earlier answers gave: tokens, role and secret ids. */
export type Memory = Record<string, string>;

export interface VaultCase {
  title: string;
  call(memory: Memory): VaultCall;
  // biome-ignore lint/suspicious/noExplicitAny: the answers are as many as there are calls
  remember?(answer: any): Memory;
}

const get = (path: string): VaultCall => ({ method: "GET", path });
const post = (path: string, body: unknown): VaultCall => ({ method: "POST", path, body });
const login = (body: unknown): VaultCall => ({ ...post("auth/approle/login", body), token: undefined });

const READER = `
path "secret/data/mlflow/*" { capabilities = ["read"] }
path "kv/mlflow/*" { capabilities = ["read"] }
path "kv/mlflow/forbidden" { capabilities = ["deny"] }
path "kv/+/one" { capabilities = ["list"] }`;

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

const tokens: VaultCase[] = [
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
const lives: VaultCase[] = Object.entries({
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

const renewal = (body: unknown): VaultCall => post("auth/token/renew-self", body);

const lifeFaults: VaultCase[] = [
  { title: "does not renew the root token", call: () => renewal({}) },
  { title: "does not renew an unknown token", call: () => ({ ...renewal({}), token: "bad" }) },
  { title: "makes no token of an unknown type", call: () => post("auth/token/create", { type: "nope" }) },
];

function bearer(token = ""): VaultCall {
  return { ...get("kv/mlflow/auth"), token: undefined, headers: { Authorization: `Bearer ${token}` } };
}

const appRole: VaultCase[] = [
  { title: "denies a login where no method is mounted", call: () => login({ role_id: "a", secret_id: "b" }) },
  { title: "mounts AppRole", call: () => post("sys/auth/approle", { type: "approle" }) },
  { title: "refuses to mount it twice", call: () => post("sys/auth/approle", { type: "approle" }) },
  {
    title: "makes a role",
    call: () => post("auth/approle/role/trainer", { token_policies: ["reader"], token_ttl: "20m" }),
  },
  {
    title: "tells the role's id",
    call: () => get("auth/approle/role/trainer/role-id"),
    remember: (answer) => ({ role_id: answer.data.role_id }),
  },
  {
    title: "makes a secret id",
    call: () => post("auth/approle/role/trainer/secret-id", {}),
    remember: (answer) => ({ secret_id: answer.data.secret_id }),
  },
  {
    title: "logs in",
    call: ({ role_id, secret_id }) => login({ role_id, secret_id }),
    remember: (answer) => ({ trainer: answer.auth.client_token }),
  },
  { title: "lets the login's token read", call: ({ trainer }) => ({ ...get("kv/mlflow/auth"), token: trainer }) },
  {
    title: "looks up the login's token",
    call: ({ trainer }) => ({ ...get("auth/token/lookup-self"), token: trainer }),
  },
  { title: "refuses a wrong secret id", call: ({ role_id }) => login({ role_id, secret_id: "b" }) },
  { title: "refuses a wrong role id", call: ({ secret_id }) => login({ role_id: "a", secret_id }) },
  { title: "misses the secret id", call: ({ role_id }) => login({ role_id }) },
  { title: "misses the role id", call: ({ secret_id }) => login({ secret_id }) },
  { title: "misses both", call: () => login({}) },
  { title: "refuses a login that is no JSON", call: () => login("{bad") },
  {
    title: "writes a role again",
    call: () => post("auth/approle/role/trainer", { token_policies: ["reader"], token_ttl: "20m" }),
  },
  {
    title: "which keeps its id and its secret ids",
    call: ({ role_id, secret_id }) => login({ role_id, secret_id }),
  },
  { title: "knows no other role", call: () => get("auth/approle/role/nope/role-id") },
  {
    title: "takes a given secret id",
    call: () => post("auth/approle/role/trainer/custom-secret-id", { secret_id: "s" }),
  },
  { title: "takes a given role id", call: () => post("auth/approle/role/trainer/role-id", { role_id: "r" }) },
  { title: "logs in with both", call: () => login({ role_id: "r", secret_id: "s" }) },
  {
    title: "makes a role of batch tokens",
    call: () => post("auth/approle/role/batch", { token_policies: ["reader"], token_ttl: "20m", token_type: "batch" }),
  },
  {
    title: "makes a role of periodic tokens",
    call: () => post("auth/approle/role/periodic", { token_policies: ["reader"], token_period: "20m" }),
  },
  ...["batch", "periodic"].flatMap((name): VaultCase[] => [
    {
      title: `tells the id of ${name}`,
      call: () => get(`auth/approle/role/${name}/role-id`),
      remember: (answer) => ({ role_id: answer.data.role_id }),
    },
    {
      title: `makes a secret id of ${name}`,
      call: () => post(`auth/approle/role/${name}/secret-id`, {}),
      remember: (answer) => ({ secret_id: answer.data.secret_id }),
    },
    {
      title: `logs in to ${name}`,
      call: ({ role_id, secret_id }) => login({ role_id, secret_id }),
      remember: (answer) => ({ [name]: answer.auth.client_token }),
    },
    { title: `renews a login to ${name}`, call: (memory) => ({ ...renewal({}), token: memory[name] }) },
    {
      title: `looks up a login to ${name}`,
      call: (memory) => ({ ...get("auth/token/lookup-self"), token: memory[name] }),
    },
  ]),
  { title: "denies a login at another mount", call: () => ({ ...login({ role_id: "r" }), path: "auth/nope/login" }) },
];

const lookup = (token: string | undefined): VaultCall => ({ ...get("sys/wrapping/lookup"), token });
const unwrap = (token: string | undefined): VaultCall => ({ ...post("sys/wrapping/unwrap", {}), token });
const wrapped = (call: VaultCall): VaultCall => ({ ...call, headers: { "X-Vault-Wrap-TTL": "5m" } });

const wrapping: VaultCase[] = [
  {
    title: "wraps a secret id",
    call: () => wrapped(post("auth/approle/role/trainer/secret-id", {})),
    remember: (answer) => ({ wrapping: answer.wrap_info.token }),
  },
  { title: "tells who made a wrapping token", call: ({ wrapping: token }) => lookup(token) },
  { title: "unwraps once", call: ({ wrapping: token }) => unwrap(token) },
  { title: "does not unwrap twice", call: ({ wrapping: token }) => unwrap(token) },
  { title: "knows no spent wrapping token", call: ({ wrapping: token }) => lookup(token) },
  { title: "unwraps no other token", call: () => unwrap("bad") },
  { title: "looks up no other token", call: () => lookup("bad") },
  {
    title: "wraps anything",
    call: () => wrapped(post("sys/wrapping/wrap", { secret_id: "s" })),
    remember: (answer) => ({ wrapping: answer.wrap_info.token }),
  },
  { title: "tells that anybody made it", call: ({ wrapping: token }) => lookup(token) },
  { title: "unwraps anything", call: ({ wrapping: token }) => unwrap(token) },
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
