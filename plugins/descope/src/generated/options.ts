// Generated from config.schema.json by `mlflow-auth plugins --types`. Don't edit: run that again.
import type { CredentialOptions, SecretSource } from "@mlflow-auth/core/plugin";

/**
 * Credentials, identity headers and run tags from a session of Descope.
 */
export interface DescopeOptions {
  /**
   * The id of the Descope project that sessions belong to.
   */
  projectId: string;
  /**
   * An access key, which is exchanged for a session: the right login for training jobs. Beside it sessionToken and refreshToken are left alone.
   */
  accessKey?: SecretSource;
  /**
   * The JWT of a session, read again as it nears its end.
   */
  sessionToken?: SecretSource;
  /**
   * Renews the session, also one that has ended.
   */
  refreshToken?: SecretSource;
  /**
   * What `aud` of a session must name. Default: it is not looked at.
   */
  audience?: string;
  /**
   * Roles whose users are administrators: their permission level is MANAGE. The variable holds them with commas between them.
   *
   * Items: The name of a role.
   */
  adminRoles: string[];
  /**
   * The permission level where neither a role nor a permission of the session says another.
   */
  defaultPermission: "READ" | "EDIT" | "MANAGE";
  /**
   * The claim that holds the user's name; where a session lacks it, `email` does, else `sub`.
   */
  usernameClaim: string;
  /**
   * Descope's address. Default: `https://api.descope.com`, or that of the region that the project's id names.
   */
  baseUrl?: string;
  /**
   * Of the login page of a server-side gateway: which of Descope's flows it shows. Clients have no use for it.
   */
  flowId: string;
  /**
   * Of that login page: where a user goes from there. Clients have no use for it.
   */
  redirectUrl: string;
  /**
   * Of that login page: whether its cookies go over https alone. Clients have no use for it.
   */
  cookieSecure: boolean;
  /**
   * How a secret is sent.
   */
  credential: CredentialOptions;
  /**
   * TLS towards Descope.
   */
  tls: {
    /**
     * PEM file of the authorities to trust in place of the system's, read again at each fetch.
     */
    caFile?: string;
  };
}
