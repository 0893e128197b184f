/** The ways to log in to Vault: what each sends, and what Vault's refusal of it means. */
import { fileSource, type SecretSource } from "@mlflow-auth/core/plugin";
import { errorText, type VaultAnswer } from "./answer.js";
import type { AppRoleAuth, JwtAuth, KubernetesAuth } from "./generated/options.js";

export interface LoginMethod {
  /** Where it is mounted, without `auth/` and the slashes around it. */
  readonly mount: string;
  /** The body of the login. Credentials are read anew for each. */
  data(): Promise<Record<string, string>>;
  /** Undefined where Vault's answer says nothing that is particular to this method. */
  refusal(answer: VaultAnswer): Refusal | undefined;
}

export interface Refusal {
  readonly message: string;
  readonly remedy: string;
}

export function loginMethod(auth: AppRoleAuth | KubernetesAuth | JwtAuth): LoginMethod {
  const mount = auth.mount.replaceAll(/^\/+|\/+$/g, "");
  switch (auth.method) {
    case "approle":
      return appRole(auth, mount);
    case "kubernetes":
      return kubernetes(auth, mount);
    case "jwt":
      return jwt(auth, mount);
  }
}

function appRole({ roleId, secretId }: AppRoleAuth, mount: string): LoginMethod {
  return {
    mount,
    data: async () => ({ role_id: roleId, secret_id: await text(secretId) }),
    refusal(answer) {
      if (answer.status !== 400) return undefined;
      const told = errorText(answer.body);
      return /role/i.test(told) && !/secret/i.test(told)
        ? {
            message: `Vault does not know the role id of auth/${mount}`,
            remedy: `check auth.roleId (VAULT_ROLE_ID): vault read auth/${mount}/role/ROLE/role-id`,
          }
        : {
            message: `Vault refused the role id or the secret id of auth/${mount}`,
            remedy: `compare auth.roleId (VAULT_ROLE_ID): vault read auth/${mount}/role/ROLE/role-id; if that is right, the secret id may have expired or been used up, so make a new one: vault write -f auth/${mount}/role/ROLE/secret-id`,
          };
    },
  };
}

function kubernetes({ role, jwtFile }: KubernetesAuth, mount: string): LoginMethod {
  const serviceAccount = fileSource(jwtFile);
  return {
    mount,
    data: async () => ({ role, jwt: await text(serviceAccount) }),
    refusal(answer) {
      if (isUnknownRole(answer)) return unknownRole(mount);
      if (answer.status !== 403) return undefined;
      return {
        message: `Vault refused the service account's token at auth/${mount}`,
        remedy: `compare its names, namespaces and audience with the pod's: vault read auth/${mount}/role/ROLE. Vault says the same where it can't ask the cluster (vault read auth/${mount}/config), and where there is no such auth method: vault auth list`,
      };
    },
  };
}

function jwt({ role, jwt: source }: JwtAuth, mount: string): LoginMethod {
  return {
    mount,
    data: async () => ({ ...(role === undefined ? {} : { role }), jwt: await text(source) }),
    refusal(answer) {
      if (isUnknownRole(answer)) return unknownRole(mount);
      if (answer.status !== 400) return undefined;
      return {
        message: `Vault refused the JWT in ${source.origin} at auth/${mount}`,
        remedy: `it may have expired, or its issuer, audience or claims are not those of the role: vault read auth/${mount}/role/ROLE, vault read auth/${mount}/config`,
      };
    },
  };
}

/** As Vault 1.18's two plugins put it. */
function isUnknownRole({ status, body }: VaultAnswer): boolean {
  return status === 400 && /missing role|invalid role name|role .* could not be found/i.test(errorText(body));
}

const unknownRole = (mount: string): Refusal => ({
  message: `Vault does not know the role at auth/${mount}`,
  remedy: `check auth.role: vault list auth/${mount}/role`,
});

async function text(source: SecretSource): Promise<string> {
  return (await source.read()).reveal().trim();
}
