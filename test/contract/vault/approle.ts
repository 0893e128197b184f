/** Logins with AppRole, and secret ids that come wrapped. */
import { get, login, post, renewal, type VaultCall, type VaultCase } from "./call.ts";

export const appRole: VaultCase[] = [
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

export const wrapping: VaultCase[] = [
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
