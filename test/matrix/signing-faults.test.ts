/** What can go wrong where the keys of signatures come from: the code, and what the caller sees by each way in. */
import { setVariables } from "@mlflow-auth/test/process-variables";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject } from "../e2e/fixture/project.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import { type AwsLoginFault, startFakeAwsLogins } from "../servers/aws-logins-fake.ts";
import { environmentOf, makeKeys, startFakeSecretsManager } from "../servers/secrets-manager-fake.ts";
import { startSigv4Judge } from "../servers/sigv4-judge.ts";
import { missing } from "../servers/tools.ts";
import { openCallers, outcomes } from "./callers.ts";
import { type FrontFault, startFaultyFront } from "./faulty-front.ts";

const test = suite("what the caller sees of a login that fails", { missing: await missing("moto"), timeout: 60 });

/** Milliseconds: longer than the session of a role. */
const BEYOND_SESSION = 61 * 60_000;

const deniedRole = "User: arn is not authorized to perform: sts:AssumeRole on resource: arn";

interface Expected {
  readonly fault: FrontFault | AwsLoginFault;
  readonly code: string;
  /** The proxy's status where no request has succeeded yet, and where the session that was kept has ended. */
  readonly first: number;
  readonly later: number;
}

const expected: Readonly<Record<string, Expected>> = {
  down: { fault: "down", code: "SECRET_UNREACHABLE", first: 424, later: 503 },
  slow: { fault: "slow", code: "PLUGIN_TIMEOUT", first: 424, later: 503 },
  garbage: { fault: "garbage", code: "SECRET_UNREACHABLE", first: 424, later: 424 },
  huge: { fault: "huge", code: "SECRET_UNREACHABLE", first: 424, later: 424 },
  throttled: { fault: { status: 400, type: "Throttling" }, code: "SECRET_UNREACHABLE", first: 424, later: 503 },
  denied: {
    fault: { status: 403, type: "AccessDenied", message: deniedRole },
    code: "LOGIN_FAILED",
    first: 424,
    later: 424,
  },
  expired: { fault: { status: 400, type: "ExpiredToken" }, code: "LOGIN_FAILED", first: 424, later: 424 },
};

async function prepare(timeout: string) {
  const watch = createWatch();
  const keys = makeKeys(watch.secret());
  const [aws, logins] = await Promise.all([startFakeSecretsManager(keys), startFakeAwsLogins(keys)]);
  const sts = await startFaultyFront(aws.endpoint);
  // The double gives a role the keys of whoever takes it.
  const judge = await startSigv4Judge({ keys: [{ ...keys, sessionToken: "session" }] });
  for (const { stop } of [judge, sts, logins, aws]) closeAfterwards(stop);
  const project = createProject({ config: "version: 1\n", watch });
  closeAfterwards(project.remove);
  const role = { arn: "arn:aws:iam::111122223333:role/mlflow-caller" };
  const plugins = { sigv4: { region: "eu-central-1", role, timeout } };
  const config = { version: 1, trackingUri: judge.uri, plugins };
  let restore = setVariables({ AWS_ENDPOINT_URL_STS: sts.address });
  closeAfterwards(async () => restore());
  const callers = await openCallers({ config, cwd: project.folder, env: environmentOf(keys) });
  return {
    judge,
    ...callers,
    fail(fault: FrontFault | AwsLoginFault) {
      if (typeof fault === "string") {
        sts.fault = fault;
        return;
      }
      logins.fault = fault;
      restore();
      restore = setVariables({ AWS_ENDPOINT_URL_STS: logins.endpoint });
    },
  };
}

for (const [what, { fault, code, first, later: afterwards }] of Object.entries(expected)) {
  test(`sigv4: ${what}`, async () => {
    const timeout = what === "slow" ? "1s" : "15s";
    const bad = await prepare(timeout);
    bad.fail(fault);
    assert.equal(await bad.ask(), outcomes(code, first), "at first");
    assert.equal(await bad.judge.requests(), [], "nothing went out bare");

    const good = await prepare(timeout);
    assert.equal(await good.ask(), [[200], [200]]);
    good.fail(fault);
    assert.equal(await good.ask(), [[200], [200]], "while the session lasts");
    good.later(BEYOND_SESSION);
    assert.equal(await good.ask(), outcomes(code, afterwards), "when it has ended");
    assert.ok((await good.judge.requests()).every(({ refused }) => refused === undefined));
  });
}

test.run();
