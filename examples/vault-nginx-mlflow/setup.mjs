/** Once, as Vault's administrator: a policy, a role that may read the token and nothing else, and the first token. */
import { readFileSync, writeFileSync } from "node:fs";
import { vault } from "./vault.mjs";

// `vault server -dev` has mounted a KV engine of version 2 at secret/ already.
await vault("PUT", "sys/policies/acl/mlflow", { policy: readFileSync("policy.hcl", "utf8") });
const methods = await vault("GET", "sys/auth");
if (!methods["approle/"]) await vault("POST", "sys/auth/approle", { type: "approle" });
await vault("POST", "auth/approle/role/training", { token_policies: ["mlflow"], token_ttl: "20m" });
await import("./rotate.mjs");

const { role_id } = await vault("GET", "auth/approle/role/training/role-id");
const { secret_id } = await vault("POST", "auth/approle/role/training/secret-id", {});
const login = `export VAULT_ROLE_ID=${role_id}\nexport VAULT_SECRET_ID=${secret_id}\n`;
writeFileSync("login.env", login, { mode: 0o600 });
console.log("Vault is set up; login.env holds what a training job logs in with");
