/** A user of AWS at home, an AWS, and all that the SDK may ask for a login. */
import { canary } from "@mlflow-auth/core/testing";
import { setVariables, withVariables } from "@mlflow-auth/test/process-variables";
import { type FakeAwsLogins, startFakeAwsLogins } from "@mlflow-auth/test/servers/aws-logins-fake";
import {
  type AwsKeys,
  type FakeSecretsManager,
  makeKeys,
  startFakeSecretsManager,
} from "@mlflow-auth/test/servers/secrets-manager-fake";
import type { StartedProvider } from "@mlflow-auth/test/start-provider";
import { createLoginHome, type LoginHome } from "./login-home.ts";
import { type GivenOptions, startProvider } from "./start-provider.ts";

/** The tokens of the logins, made up for one test file. */
export type LoginTokens = FakeAwsLogins["tokens"];

export interface LoginStage {
  readonly keys: AwsKeys;
  readonly home: LoginHome;
  readonly tokens: LoginTokens;
  /** The file of the web identity. */
  readonly tokenFile: string;
  /** Its secret is `t`. */
  readonly aws: FakeSecretsManager;
  readonly logins: FakeAwsLogins;
  /** As after `aws sso login`. */
  loggedIn(): void;
  /** A provider in this environment, which this process gets too for as long as `act` runs. */
  as(
    given: GivenOptions,
    env: Readonly<Record<string, string>>,
    act: (started: StartedProvider) => Promise<void>,
  ): Promise<void>;
  stop(): Promise<void>;
}

/** This process gets the home for as long as it stands. */
export async function startLoginStage(): Promise<LoginStage> {
  const keys = makeKeys();
  const home = createLoginHome();
  const tokens = { sso: canary(), refresh: canary(), "web-identity": canary(), container: canary() };
  const tokenFile = home.write("token", tokens["web-identity"]);
  const aws = await startFakeSecretsManager(keys);
  aws.secret = "t";
  const logins = await startFakeAwsLogins(keys);
  Object.assign(logins.tokens, tokens);
  const leave = setVariables({ HOME: home.path });
  const services = ["SSO", "SSO_OIDC", "STS"].map((name) => [`AWS_ENDPOINT_URL_${name}`, logins.endpoint]);
  const stage: LoginStage = {
    keys,
    home,
    tokens,
    tokenFile,
    aws,
    logins,
    loggedIn() {
      const token = { accessToken: tokens.sso, expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
      for (const session of ["team", "https://team.awsapps.com/start"]) home.ssoToken(session, token);
    },
    async as(given, more, act) {
      const env = { ...Object.fromEntries(services), ...more };
      await withVariables(env, async () => {
        const started = await startProvider(aws.endpoint, given, { env });
        try {
          await act(started);
        } finally {
          await started.close();
        }
      });
    },
    async stop() {
      leave();
      home.remove();
      await aws.stop();
      await logins.stop();
    },
  };
  stage.loggedIn();
  return stage;
}
