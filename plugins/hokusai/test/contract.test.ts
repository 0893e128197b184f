import { type Command, MlflowAuthError } from "@mlflow-auth/core/plugin";
import {
  type AuthSetup,
  canary,
  commandContract,
  packageContract,
  providerContract,
  secretSource,
  testContext,
} from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import { createCommand } from "../src/command.js";
import type { HokusaiOptions } from "../src/generated/options.js";
import { startProvider } from "./start-provider.ts";

const test = suite("hokusai plugin keeps the contracts");

/** A key in a store that a test can break: what is promised of a secret's source. */
async function setup(options: Partial<HokusaiOptions>): Promise<AuthSetup> {
  const canaries = [canary(), canary()];
  const store = { fetches: 0, version: 0, fault: undefined as MlflowAuthError | undefined };
  const apiKey = secretSource(() => {
    store.fetches++;
    if (store.fault !== undefined) throw store.fault;
    return canaries[store.version] as string;
  });
  const { provider, context, close } = await startProvider({ apiKey, ...options });
  const fail = (code: "SECRET_UNREACHABLE" | "SECRET_DENIED") => {
    store.fault = new MlflowAuthError(code, "the test says so", {
      transient: code === "SECRET_UNREACHABLE",
      plugin: "hokusai",
      remedy: "wait",
    });
  };
  return {
    provider,
    context,
    canaries,
    backend: {
      fetches: () => store.fetches,
      rotate: () => void store.version++,
      break: () => fail("SECRET_UNREACHABLE"),
      deny: () => fail("SECRET_DENIED"),
      fix() {
        store.fault = undefined;
      },
    },
    stop: close,
  };
}

const kinds: Record<string, Partial<HokusaiOptions>> = {
  proxy: {},
  direct: { access: "direct" },
  "a server below /api": { paths: "api" },
  "continuing without MLflow": { onUnavailable: "continue" },
  mock: { mock: true },
};
for (const [kind, options] of Object.entries(kinds)) {
  for (const { name, run } of providerContract({ auth: () => setup(options) })) test(`${kind}: ${name}`, run);
}

const key = canary();
const { http } = testContext({
  http: () => ({ status: 200, text: JSON.stringify({ model_id: "m1", model_type: "lead_scoring", version: "1" }) }),
});
const command = {
  // A registration goes to Hokusai itself, and not to a listed server.
  make: (): Command => ({ run: (args, context) => createCommand().run(args, { ...context, http }) }),
  args: ["register-baseline", "--model-type", "lead_scoring", "--json"],
  wrong: ["registre"],
  env: { HOKUSAI_API_KEY: key, HOME: "/nobody" },
  canaries: [key],
};
for (const { name, run } of commandContract(command)) test(`the command: ${name}`, run);
for (const { name, run } of packageContract(new URL("..", import.meta.url))) test(name, run);

test.run();
