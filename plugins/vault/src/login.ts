/** How the plugin comes to a Vault token by logging in, and the ways to do that: what each sends, and what its rejection means. */
import { fileSource, headerValue, type PluginContext, Secret, type SecretSource } from "@mlflow-auth/core/plugin";
import { type Call, encode, type VaultClient } from "./client.js";
import { errorText, field, type LoginRejection, loginFault, noToken, type VaultAnswer } from "./faults.js";
import type { AppRoleAuth, JwtAuth, KubernetesAuth, VaultOptions } from "./generated/options.js";
import { createRenewalTimer, grantedLife, type Login, postponed, renew, type TokenLife } from "./tokens.js";

/**
 * Logs in where there is no token, or only one that has ended, and keeps what it got: a token is renewed, and replaced by that
 * of another login where it can't be renewed, or not for much longer. A token that can be renewed is cared for also while nobody
 * asks for a secret: the secret id or the JWT that it was had for may be good for one login only.
 */
export function createLogin(
  method: LoginMethod,
  options: VaultOptions,
  client: VaultClient,
  context: PluginContext,
): Login {
  const { clock } = context;
  let held: TokenLife | undefined;
  let flight: Promise<TokenLife> | undefined;
  const timer = createRenewalTimer(clock, renewIfDue);

  async function logIn(tries?: Call["tries"]): Promise<TokenLife> {
    const asked = clock.now();
    const answer = await client.write(encode(`auth/${method.mount}/login`), await method.data(), { tries });
    if (answer.status !== 200 || answer.body === undefined) throw loginFault(answer, method, options, context);
    const auth = field(answer.body, "auth");
    const token = field(auth, "client_token");
    if (typeof token !== "string" || token === "") throw noToken(answer, method.mount, context);
    const secret = headerValue(new Secret(token), { name: "the token that Vault gave", error: context.error });
    return grantedLife(secret, auth, asked);
  }

  async function prolong(life: TokenLife): Promise<TokenLife> {
    const renewed = life.renewable ? await renew(life, client, clock) : life;
    if (renewed === "unreachable") return postponed(life, clock.now());
    if (renewed.renewable) return renewed;
    try {
      return await logIn("once");
    } catch (error) {
      const { message, code } = error as { message: string; code?: string };
      context.logger.warn(
        { plugin: context.instance, ...(code === undefined ? {} : { code }) },
        `plugin ${context.instance} goes on with the login that it has: ${message}`,
      );
      return postponed(renewed, clock.now());
    }
  }

  async function renewIfDue(): Promise<void> {
    const life = held;
    if (life !== undefined && clock.now() >= life.dueAt) {
      // A caller who comes meanwhile must not do the same.
      held = postponed(life, clock.now());
      const longer = await prolong(life);
      if (held?.token === life.token) held = longer;
    }
    const { renewable = false, endsAt = 0, dueAt = Infinity } = held ?? {};
    timer.at(renewable && clock.now() < endsAt ? dueAt : Infinity);
  }

  return {
    async token() {
      if (held !== undefined && clock.now() < held.endsAt) return held.token;
      flight ??= logIn()
        .then((life) => (held = life))
        .finally(() => (flight = undefined));
      return (await flight).token;
    },
    forget(token) {
      if (held?.token === token) held = undefined;
      return true;
    },
    given: () => undefined,
    renewIfDue,
    close: timer.close,
  };
}

/** One way to log in. */
export interface LoginMethod {
  /** Where it is mounted, without `auth/` and the slashes around it. */
  readonly mount: string;
  /** The body of the login. Credentials are read anew for each. */
  data(): Promise<Record<string, string>>;
  /** Undefined where Vault's answer says nothing that is particular to this method. */
  rejection(answer: VaultAnswer): LoginRejection | undefined;
}

/** The way that the options name. */
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

function appRole({ roleId, secretId, wrapped }: AppRoleAuth, mount: string): LoginMethod {
  return {
    mount,
    data: async () => ({ role_id: roleId, secret_id: await text(secretId) }),
    rejection(answer) {
      if (answer.status !== 400) return undefined;
      const told = errorText(answer.body);
      return /role/i.test(told) && !/secret/i.test(told)
        ? {
            message: `Vault does not know the role id of auth/${mount}`,
            remedy: `check auth.roleId (VAULT_ROLE_ID): \`vault read auth/${mount}/role/ROLE/role-id\``,
          }
        : {
            message: `Vault refused the role id or the secret id of auth/${mount}`,
            remedy: `compare auth.roleId (VAULT_ROLE_ID): \`vault read auth/${mount}/role/ROLE/role-id\`; if that is right, the secret id may have expired or been used up, so make a new one: \`vault write ${wrapped ? "-wrap-ttl=10m " : ""}-f auth/${mount}/role/ROLE/secret-id\`${wrapped ? `, and put it into ${secretId.origin}` : ". If it is a wrapping token (-wrap-ttl), set auth.wrapped: true"}`,
          };
    },
  };
}

function kubernetes({ role, jwtFile }: KubernetesAuth, mount: string): LoginMethod {
  const serviceAccount = fileSource(jwtFile);
  return {
    mount,
    data: async () => ({ role, jwt: await text(serviceAccount) }),
    rejection(answer) {
      if (isUnknownRole(answer)) return unknownRole(mount);
      if (answer.status !== 403) return undefined;
      return {
        message: `Vault refused the service account's token at auth/${mount}`,
        remedy: `compare its names, namespaces and audience with the pod's: \`vault read auth/${mount}/role/ROLE\`. Vault says the same where it can't ask the cluster (\`vault read auth/${mount}/config\`), and where there is no such auth method: \`vault auth list\``,
      };
    },
  };
}

function jwt({ role, jwt: source }: JwtAuth, mount: string): LoginMethod {
  return {
    mount,
    data: async () => ({ ...(role === undefined ? {} : { role }), jwt: await text(source) }),
    rejection(answer) {
      if (isUnknownRole(answer)) return unknownRole(mount);
      if (answer.status !== 400) return undefined;
      return {
        message: `Vault refused the JWT in ${source.origin} at auth/${mount}`,
        remedy: `it may have expired, or its issuer, audience or claims are not those of the role: \`vault read auth/${mount}/role/ROLE\`, \`vault read auth/${mount}/config\``,
      };
    },
  };
}

/** As Vault 1.18's two plugins put it. */
function isUnknownRole({ status, body }: VaultAnswer): boolean {
  return status === 400 && /missing role|invalid role name|role .* could not be found/i.test(errorText(body));
}

const unknownRole = (mount: string): LoginRejection => ({
  message: `Vault does not know the role at auth/${mount}`,
  remedy: `check auth.role: \`vault list auth/${mount}/role\``,
});

async function text(source: SecretSource): Promise<string> {
  return (await source.read()).reveal().trim();
}
