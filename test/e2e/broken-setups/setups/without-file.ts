/** What is wrong where there is no file, and the environment stands in its place. */
import type { Patient } from "../patient.ts";
import type { BrokenSetup } from "../setup.ts";

/** A user of mlflow-secrets-auth, whose environment is taken as it is, but for these variables. */
const withEnvironment =
  (changed: Readonly<Record<string, string | undefined>>) =>
  ({ put, set, unset, scene }: Patient): void => {
    put(undefined);
    set("MLFLOW_TRACKING_URI", scene.front.uri);
    set("MLFLOW_AUTH_PLUGINS", "vault");
    set("VAULT_ADDR", scene.vault.address);
    set("MLFLOW_VAULT_SECRET_PATH", "secret/mlflow/auth");
    for (const [name, value] of Object.entries(changed)) value === undefined ? unset(name) : set(name, value);
  };

export const brokenWithoutFile: readonly BrokenSetup[] = [
  {
    name: "without a file, nothing says which server",
    breaks: withEnvironment({ MLFLOW_TRACKING_URI: undefined }),
    link: "file",
    code: "ENVIRONMENT_INVALID",
    says: /MLFLOW_TRACKING_URI does not say which server gets them/,
    remedy: /set (MLFLOW_TRACKING_URI)=/,
    follow: ({ set, scene }, name = "") => set(name, scene.front.uri),
  },
  {
    name: "without a file, a plugin's name has a slip",
    breaks: withEnvironment({ MLFLOW_AUTH_PLUGINS: "valut" }),
    link: "file",
    code: "PLUGIN_NOT_INSTALLED",
    says: /valut, which MLFLOW_AUTH_PLUGINS switches on: .*; did you mean `vault`\?/,
    remedy: /^correct (MLFLOW_AUTH_PLUGINS)$/,
    follow: ({ set }, name = "") => set(name, "vault"),
  },
  {
    name: "without a file, Vault's address is missing",
    breaks: withEnvironment({ VAULT_ADDR: undefined }),
    link: "file",
    code: "MISSING_FIELD",
    says: /`plugins\.vault\.address` is missing, and so is the variable VAULT_ADDR/,
    remedy: /set (VAULT_ADDR)/,
    follow: ({ set, scene }, name = "") => set(name, scene.vault.address),
  },
  {
    name: "without a file, the allow list does not have the server",
    breaks: withEnvironment({ MLFLOW_SECRETS_ALLOWED_HOSTS: "mlflow.example.com" }),
    link: "file",
    code: "ENVIRONMENT_INVALID",
    says: /MLFLOW_SECRETS_ALLOWED_HOSTS does not allow 127\.0\.0\.1/,
    remedy: /add it to (MLFLOW_SECRETS_ALLOWED_HOSTS)/,
    follow: ({ set, env }, name = "") => set(name, `${env[name]},127.0.0.1`),
  },
];
