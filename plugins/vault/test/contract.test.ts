import { type AuthSetup, canary, packageContract, providerContract, secretSource } from "@mlflow-auth/core/testing";
import { startFakeVault } from "@mlflow-auth/test/servers/vault-fake";
import { suite } from "@mlflow-auth/test/suite";
import { appRole, type GivenOptions, seed, startProvider, token, write } from "./start-provider.ts";

const test = suite("vault plugin keeps the provider contract");

async function setup(login: "token" | "approle"): Promise<AuthSetup> {
  const vault = await startFakeVault();
  await seed(vault);
  const canaries = [canary(), canary()];
  const [first, second] = canaries;
  await write(vault, "secret/mlflow/auth", { username: "user", password: first });
  const given: GivenOptions = { credential: { mode: "basic" } };
  if (login === "token") {
    const secret = await token(vault);
    canaries.push(secret);
    given.auth = { method: "token", token: secretSource(secret) };
  } else {
    const { VAULT_ROLE_ID, VAULT_SECRET_ID } = await appRole(vault);
    canaries.push(VAULT_SECRET_ID);
    given.auth = {
      method: "approle",
      roleId: VAULT_ROLE_ID,
      secretId: secretSource(VAULT_SECRET_ID),
      mount: "approle",
      wrapped: false,
    };
  }
  const { provider, context } = await startProvider(vault.address, given);
  vault.requests.length = 0;
  return {
    provider,
    context,
    canaries,
    backend: {
      fetches: () =>
        vault.requests.filter(({ method, path }) => method === "GET" && path === "secret/data/mlflow/auth").length,
      rotate: () => write(vault, "secret/mlflow/auth", { username: "user", password: second }),
      break: () => {
        vault.faults.reset = true;
      },
      deny: () => {
        vault.faults.status = 403;
      },
      fix: () => {
        Object.assign(vault.faults, { reset: false, status: undefined });
      },
    },
    async stop() {
      await context.close();
      await vault.stop();
    },
  };
}

for (const login of ["token", "approle"] as const) {
  for (const { name, run } of providerContract({ auth: () => setup(login) })) test(`${login}: ${name}`, run);
}
for (const { name, run } of packageContract(new URL("..", import.meta.url))) test(name, run);

test.run();
