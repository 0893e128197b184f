/** STS as far as a role is assumed, in the time of a test's clock. */
import type { TestBackend } from "@mlflow-auth/core/testing";
import type { AwsKeys } from "@mlflow-auth/test/servers/secrets-manager-fake";

export interface RoleGiver {
  readonly http: TestBackend;
  /** What roles get. */
  keys: AwsKeys;
  /** Of the role's session. */
  sessionToken: string;
  /** Answered in place of a role. */
  fault: { readonly status: number; readonly type: string; readonly message: string } | undefined;
  /** How often a role was asked for. */
  asked: number;
  /** Where it was asked for last. */
  host: string;
}

/** @param now the test's time. Sessions last an hour */
export function createRoleGiver(keys: AwsKeys, sessionToken: string, now: () => number): RoleGiver {
  const giver: RoleGiver = {
    keys,
    sessionToken,
    fault: undefined,
    asked: 0,
    host: "",
    http({ url, body }) {
      const headers = { "content-type": "text/xml" };
      giver.host = new URL(String(url)).hostname;
      if (giver.fault !== undefined) {
        const { status, type, message } = giver.fault;
        const inner = `<Error><Type>Sender</Type><Code>${type}</Code><Message>${message}</Message></Error>`;
        return { status, headers, text: `<ErrorResponse>${inner}</ErrorResponse>` };
      }
      const call = new URLSearchParams(String(body)).get("Action");
      giver.asked++;
      const { accessKeyId, secretAccessKey } = giver.keys;
      const given = `<AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secretAccessKey}</SecretAccessKey>`;
      const end = new Date(now() + 3_600_000).toISOString();
      const rest = `<SessionToken>${giver.sessionToken}</SessionToken><Expiration>${end}</Expiration>`;
      const result = `<${call}Result><Credentials>${given}${rest}</Credentials></${call}Result>`;
      return { status: 200, headers, text: `<${call}Response>${result}</${call}Response>` };
    },
  };
  return giver;
}
