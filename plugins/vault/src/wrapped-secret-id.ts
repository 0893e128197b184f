/** Secret ids that come wrapped: a token that can be exchanged for the secret id once, so that nobody has read it on the way. */
import { headerValue, type PluginContext, Secret, type SecretSource } from "@mlflow-auth/core/plugin";
import type { VaultClient } from "./client.js";
import { errorText, field, serverFault, type VaultAnswer } from "./faults.js";
import type { AppRoleAuth, VaultOptions } from "./generated/options.js";

/** Milliseconds: no shorter than for what is tried several times. */
const TIMEOUT = 10_000;

/**
 * A source of the secret id, which exchanges the wrapping token at the first login and keeps what it got for the next ones, for as long as
 * the same token stands there. The token must come from a call that makes secret ids: who has taken it out on the way can put something
 * else into a new one, but can't make that look like Vault's.
 */
export function unwrapped(
  { secretId: source, mount }: AppRoleAuth,
  client: VaultClient,
  options: VaultOptions,
  context: PluginContext,
): SecretSource {
  const { origin } = source;
  const place = mount.replaceAll(/^\/+|\/+$/g, "");
  let kept: { readonly token: Secret; readonly secretId: Secret } | undefined;
  let flight: Promise<Secret> | undefined;

  async function read(): Promise<Secret> {
    const given = await source.read();
    const token = headerValue(given, { name: `the wrapping token in ${origin}`, error: context.error });
    if (kept?.token.equals(token)) return kept.secretId;
    const looked = await client.read("sys/wrapping/lookup", { token });
    if (looked.status !== 200 || looked.body === undefined) throw fault(looked);
    if (!makesSecretIds(field(field(looked.body, "data"), "creation_path"), place)) throw anothers();
    // Asked twice, Vault would say that it has been exchanged already.
    const answer = await client.write("sys/wrapping/unwrap", {}, { token, tries: "once", timeout: TIMEOUT });
    if (answer.status !== 200 || answer.body === undefined) throw fault(answer);
    const text = field(field(answer.body, "data"), "secret_id");
    if (typeof text !== "string" || text === "") throw anothers();
    kept = { token, secretId: new Secret(text) };
    return kept.secretId;
  }

  function fault(answer: VaultAnswer) {
    const server = serverFault(answer, options, context);
    if (server !== undefined) return server;
    const isSpent = answer.status === 400 && /wrapping token/i.test(errorText(answer.body));
    return isSpent
      ? context.error(
          "LOGIN_FAILED",
          `Vault does not accept the wrapping token in ${origin}: it expired, or was used`,
          {
            remedy: `${makeNew}. It works once, so that a second program, or a run of mlflow-auth headers or doctor, needs one of its own; if nobody of yours has used it, somebody else has the secret id. If it is no wrapping token but a secret id, leave out auth.wrapped`,
          },
        )
      : context.error(
          "LOGIN_FAILED",
          `Vault can't exchange the wrapping token in ${origin} (status ${answer.status})`,
          {
            remedy: "check that what stands in front of Vault lets sys/wrapping/lookup and sys/wrapping/unwrap through",
          },
        );
  }

  const anothers = () =>
    context.error("LOGIN_FAILED", `the wrapping token in ${origin} was not made for a secret id of auth/${place}`, {
      remedy: `check auth.mount. If it is right, somebody may have taken the secret id out and wrapped something else: destroy that role's secret ids, and ${makeNew}`,
    });

  const makeNew = `put a new one there: \`vault write -wrap-ttl=10m -f auth/${place}/role/ROLE/secret-id\``;

  return {
    origin,
    read: () => (flight ??= read().finally(() => (flight = undefined))),
  };
}

/** A namespace may stand in front of it. */
function makesSecretIds(path: unknown, mount: string): boolean {
  if (typeof path !== "string") return false;
  const steps = path.split("/");
  const [group, , call = ""] = steps.splice(-3);
  const method = `/${steps.join("/")}`;
  return group === "role" && /^(custom-)?secret-id$/.test(call) && method.endsWith(`/auth/${mount}`);
}
