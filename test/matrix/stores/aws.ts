/** AWS Secrets Manager, with keys. */
import { startMoto } from "../../servers/moto.ts";
import { environmentOf, makeKeys, startFakeSecretsManager } from "../../servers/secrets-manager-fake.ts";
import { startFaultyFront } from "../faulty-front.ts";
import type { Held, StartStore, StoreFault } from "../store.ts";

const NAME = "mlflow/auth";

const exceptions: Readonly<Partial<Record<StoreFault, string>>> = {
  denied: "AccessDeniedException",
  missing: "ResourceNotFoundException",
  throttled: "ThrottlingException",
  expired: "ExpiredTokenException",
};

/** The one that can fail. */
export const startAwsStore: StartStore = async (watch) => {
  const keys = makeKeys(watch.secret());
  const aws = await startFakeSecretsManager(keys);
  const front = await startFaultyFront(aws.endpoint);
  return {
    options: optionsOf(front.address),
    env: environmentOf(keys),
    async hold(secret) {
      aws.secret = textOf(secret);
    },
    async fail(fault) {
      const type = exceptions[fault];
      if (type === undefined) front.fault = fault as Exclude<StoreFault, keyof typeof exceptions>;
      else aws.faults.push(...Array(100).fill({ status: 400, type }));
    },
    async stop() {
      await front.stop();
      await aws.stop();
    },
  };
};

/** moto, which takes any keys. */
export const startMotoStore: StartStore = async (watch) => {
  const keys = makeKeys(watch.secret());
  const moto = await startMoto();
  let isThere = false;
  return {
    options: optionsOf(moto.endpoint),
    env: environmentOf(keys),
    async hold(secret) {
      await (isThere ? moto.putSecret : moto.createSecret)(NAME, textOf(secret), keys.accessKeyId);
      isThere = true;
    },
    fail: async () => undefined,
    stop: moto.stop,
  };
};

const optionsOf = (endpoint: string) => ({ secret: { id: NAME }, region: "eu-central-1", endpoint });

const textOf = (secret: Held) => (typeof secret === "string" ? secret : JSON.stringify(secret));
