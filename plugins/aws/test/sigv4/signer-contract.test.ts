import { type AuthSetup, canary, fakeClock, providerContract } from "@mlflow-auth/core/testing";
import { environmentOf, makeKeys } from "@mlflow-auth/test/servers/secrets-manager-fake";
import { suite } from "@mlflow-auth/test/suite";
import { createRoleGiver } from "./role-giver.ts";
import { startSigner } from "./start-signer.ts";

const test = suite("sigv4 keeps the provider contract");

async function setup(): Promise<AuthSetup> {
  const clock = fakeClock(Date.UTC(2060, 0, 1));
  const [own, first, second] = [makeKeys(canary()), makeKeys(canary()), makeKeys(canary())];
  const session = canary();
  const sts = createRoleGiver(first, session, () => clock.wallTime());
  const role = { arn: "arn:aws:iam::111122223333:role/mlflow-caller", sessionName: "contract" };
  const context = { env: environmentOf(own), clock, http: sts.http };
  const started = await startSigner({ region: "eu-central-1", role }, context);
  return {
    provider: started.provider,
    context: started.context,
    canaries: [own.secretAccessKey, first.secretAccessKey, second.secretAccessKey, session],
    backend: {
      fetches: () => sts.asked,
      rotate() {
        sts.keys = second;
      },
      break() {
        sts.fault = { status: 503, type: "ServiceUnavailable", message: session };
      },
      deny() {
        const message = `User: ${session} is not authorized to perform: sts:AssumeRole`;
        sts.fault = { status: 403, type: "AccessDenied", message };
      },
      fix() {
        sts.fault = undefined;
      },
    },
    stop: () => started.context.close(),
  };
}

for (const { name, run } of providerContract({ auth: setup })) test(name, run);

test.run();
