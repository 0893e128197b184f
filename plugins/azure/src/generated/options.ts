// Generated from config.schema.json by `mlflow-auth plugins --types`. Don't edit: run that again.
import type { CachePolicy, CredentialOptions, SecretSource } from "@mlflow-auth/core/plugin";

/**
 * MLflow credentials from Azure Key Vault.
 */
export interface AzureOptions {
  /**
   * The vault's address, always https. Its domain says which cloud it is in, and so where to log in.
   */
  vaultUrl: string;
  /**
   * Which secret holds the credential, as text: a token, `user:password`, or JSON with `token`, with `username` and `password`, or with one field.
   */
  secret: {
    /**
     * The secret's name.
     */
    name: string;
    /**
     * The id of a version. Default: the newest.
     */
    version?: string;
    /**
     * The one field of a JSON secret that holds the credential. Default: `token`, or `username` and `password`, or the only field there is.
     */
    field?: string;
  };
  /**
   * How to log in to Microsoft Entra ID. Default: `method: default`.
   */
  auth?:
    DefaultAuth | ClientSecretAuth | ClientCertificateAuth | ManagedIdentityAuth | WorkloadIdentityAuth | AzureCliAuth;
  /**
   * Where to log in. Default: where the cloud of the vault's domain does: Azure, Azure China or Azure US Government.
   */
  authorityHost?: string;
  /**
   * How a secret is sent.
   */
  credential: CredentialOptions;
  /**
   * How long a secret is used.
   */
  cache: Required<CachePolicy>;
  /**
   * TLS towards the vault and Microsoft Entra ID.
   */
  tls: {
    /**
     * PEM file of the authorities to trust in place of the system's, read again at each fetch.
     */
    caFile?: string;
  };
}
/**
 * As the Azure SDK's DefaultAzureCredential: a secret or a certificate by variables, workload identity, managed identity, the Azure CLI and other tools of developers.
 */
export interface DefaultAuth {
  /**
   * How to log in.
   */
  method: "default";
}
/**
 * An app registration with a secret.
 */
export interface ClientSecretAuth {
  /**
   * How to log in.
   */
  method: "client-secret";
  /**
   * The id of the tenant that the vault belongs to.
   */
  tenantId: string;
  /**
   * The id of the application.
   */
  clientId: string;
  /**
   * The value (not the id) of a secret of that application, read again at each login.
   */
  clientSecret: SecretSource;
}
/**
 * An app registration with a certificate.
 */
export interface ClientCertificateAuth {
  /**
   * How to log in.
   */
  method: "client-certificate";
  /**
   * The id of the tenant that the vault belongs to.
   */
  tenantId: string;
  /**
   * The id of the application.
   */
  clientId: string;
  /**
   * PEM file of the certificate and its private key, read again at each login.
   */
  certificateFile: string;
  /**
   * The private key's passphrase, where it has one.
   */
  certificatePassword?: SecretSource;
}
/**
 * The identity of the machine, app, container or Arc server that the program runs on.
 */
export interface ManagedIdentityAuth {
  /**
   * How to log in.
   */
  method: "managed-identity";
  /**
   * The client id of a user-assigned identity. Default: the system-assigned one.
   */
  clientId?: string;
}
/**
 * A token that somebody whom the application trusts has issued, such as Kubernetes or a CI system.
 */
export interface WorkloadIdentityAuth {
  /**
   * How to log in.
   */
  method: "workload-identity";
  /**
   * The id of the tenant that the vault belongs to.
   */
  tenantId: string;
  /**
   * The id of the application, or of the user-assigned identity.
   */
  clientId: string;
  /**
   * The file with that token, read again at each login.
   */
  tokenFile: string;
}
/**
 * Whoever is logged in with `az login`.
 */
export interface AzureCliAuth {
  /**
   * How to log in.
   */
  method: "azure-cli";
  /**
   * The id of the tenant to ask for. Default: the vault's.
   */
  tenantId?: string;
}
