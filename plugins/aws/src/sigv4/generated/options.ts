// Generated from sigv4/config.schema.json by `mlflow-auth plugins --types`. Don't edit: run that again.
/**
 * Signs each request with AWS Signature Version 4: for API Gateway, any named service, or SageMaker's managed MLflow.
 */
export interface Sigv4Options {
  /**
   * The service that requests are signed for. Default: `execute-api`, which is API Gateway.
   */
  service?: string;
  /**
   * The region that requests are signed for. Default: the one in the host of the server, as in `api-id.execute-api.eu-central-1.amazonaws.com`, else AWS_REGION or AWS_DEFAULT_REGION, else the profile's.
   */
  region?: string;
  /**
   * SageMaker's managed MLflow: the ARN of the tracking server or of the MLflow app. It says the service and the region, and goes along with each request.
   */
  arn?: string;
  /**
   * A profile of ~/.aws/config and ~/.aws/credentials, SSO and web identity included. Default: AWS_PROFILE, else the AWS SDK's own chain: variables, SSO, profile, web identity, container, instance.
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
   * TLS towards AWS, where the login asks it.
   */
  tls: {
    /**
     * PEM file of the authorities to trust in place of the system's, read again at each login. Default: AWS_CA_BUNDLE.
     */
    caFile?: string;
  };
}
