// Generated from config.schema.json by `mlflow-auth plugins --types`. Don't edit: run that again.
import type { CachePolicy, CredentialOptions } from "@mlflow-auth/core/plugin";

/**
 * MLflow credentials from AWS Secrets Manager.
 */
export interface AwsOptions {
  /**
   * Which secret holds the credential, as text or bytes: a token, `user:password`, or JSON with `token`, with `username` and `password`, or with one field.
   */
  secret: {
    /**
     * The secret's name or its ARN.
     */
    id: string;
    /**
     * A staging label, or the id of a version. Default: AWSCURRENT.
     */
    version?: string;
    /**
     * The one field of a JSON secret that holds the credential. Default: `token`, or `username` and `password`, or the only field there is.
     */
    field?: string;
  };
  /**
   * The secret's region. Default: the one in its ARN, else what the AWS SDK finds, as in the profile.
   */
  region?: string;
  /**
   * A profile of ~/.aws/config and ~/.aws/credentials, SSO and web identity included. Default: the AWS SDK's own chain: variables, SSO, profile, web identity, container, instance.
   */
  profile?: string;
  /**
   * A role to assume with that login. Default: AWS_ROLE_ARN with AWS_ROLE_SESSION_NAME, unless AWS_WEB_IDENTITY_TOKEN_FILE says that the SDK takes them itself.
   */
  role?: {
    /**
     * The role's ARN.
     */
    arn: string;
    /**
     * What the role's trust policy wants to see, where it belongs to somebody else.
     */
    externalId?: string;
    /**
     * How CloudTrail names the session.
     */
    sessionName: string;
  };
  /**
   * Another address of Secrets Manager, such as that of a VPC endpoint.
   */
  endpoint?: string;
  /**
   * Whether the secret may travel over plain http from an `endpoint` that is not loopback.
   */
  allowInsecure: boolean;
  /**
   * How a secret is sent.
   */
  credential: CredentialOptions;
  /**
   * How long a secret is used.
   */
  cache: Required<CachePolicy>;
  /**
   * TLS towards AWS.
   */
  tls: {
    /**
     * PEM file of the authorities to trust in place of the system's, read again at each fetch.
     */
    caFile?: string;
  };
}
