// Generated from config.schema.json by `mlflow-auth plugins --types`. Don't edit: run that again.
import type { CachePolicy, CredentialOptions, SecretSource } from "@mlflow-auth/core/plugin";

/**
 * MLflow credentials from HashiCorp Vault.
 */
export interface VaultOptions {
  /**
   * Vault's address. That of Vault's agent, which may be a Unix socket, stands in its place behind one. Plain http needs `allowInsecure` unless the host is loopback.
   */
  address: string;
  /**
   * Whether the login and the secret may travel over plain http to a host that is not loopback.
   */
  allowInsecure: boolean;
  /**
   * Namespace of Vault Enterprise or HCP Vault.
   */
  namespace?: string;
  /**
   * How to log in. Default: the token in VAULT_TOKEN; else AppRole with VAULT_ROLE_ID and VAULT_SECRET_ID; else the token in ~/.vault-token.
   */
  auth?: TokenAuth | AppRoleAuth | NoAuth | KubernetesAuth | JwtAuth;
  /**
   * Which secret holds the credential: in its field `token`, or `username` and `password`, or the only one that it has.
   */
  secret: {
    /**
     * Where the KV engine is mounted; its version is found out. Nested mounts such as `team/kv` work.
     */
    mount: string;
    /**
     * The secret's path below the mount. With KV version 2 a leading `data/`, as the HTTP API has it, is dropped.
     */
    path: string;
    /**
     * Which version of the secret to read, with KV version 2. Default: the newest.
     */
    version?: number;
    /**
     * The one field that holds the credential: a token, `user:password`, or either as JSON. Default: `token`, or `username` and `password`, or the only field there is.
     */
    field?: string;
  };
  /**
   * How a secret is sent.
   */
  credential: CredentialOptions;
  /**
   * How long a secret is used.
   */
  cache: Required<CachePolicy>;
  /**
   * TLS towards Vault.
   */
  tls: {
    /**
     * PEM file of the authorities to trust in place of the system's, read again at each fetch.
     */
    caFile?: string;
    /**
     * PEM file of the certificate that shows Vault who the client is, read again at each fetch. Goes with `keyFile`.
     */
    certFile?: string;
    /**
     * PEM file of that certificate's private key, without a passphrase.
     */
    keyFile?: string;
    /**
     * Accepts any certificate, with a warning. Only for a test server.
     */
    insecureSkipVerify: boolean;
  };
}
/**
 * A token that somebody else has made. It is renewed for as long as Vault renews it.
 */
export interface TokenAuth {
  /**
   * How to log in.
   */
  method: "token";
  /**
   * The token, read again at each fetch. Default: VAULT_TOKEN, else ~/.vault-token.
   */
  token?: SecretSource;
}
/**
 * Vault's login for machines: a role id and a secret id.
 */
export interface AppRoleAuth {
  /**
   * How to log in.
   */
  method: "approle";
  /**
   * The role's id.
   */
  roleId: string;
  /**
   * A secret id of that role.
   */
  secretId: SecretSource;
  /**
   * Whether `secretId` is a wrapping token (`vault write -wrap-ttl=…`), which brings the secret id once.
   */
  wrapped: boolean;
  /**
   * Where the auth method is mounted, without `auth/`.
   */
  mount: string;
}
/**
 * No login and no token: Vault Agent or Vault Proxy stands at `address` and adds the token of its auto-auth.
 */
export interface NoAuth {
  /**
   * How to log in.
   */
  method: "none";
}
/**
 * The service account of the pod that the program runs in.
 */
export interface KubernetesAuth {
  /**
   * How to log in.
   */
  method: "kubernetes";
  /**
   * The role to log in to.
   */
  role: string;
  /**
   * The service account's token, read again at each login.
   */
  jwtFile: string;
  /**
   * Where the auth method is mounted, without `auth/`.
   */
  mount: string;
}
/**
 * A JWT that somebody else issues, as CI systems and cloud platforms do.
 */
export interface JwtAuth {
  /**
   * How to log in.
   */
  method: "jwt";
  /**
   * The role to log in to. Default: the auth method's `default_role`.
   */
  role?: string;
  /**
   * The JWT, read again at each login.
   */
  jwt: SecretSource;
  /**
   * Where the auth method is mounted, without `auth/`.
   */
  mount: string;
}
