import { packageContract, providerContract } from "@mlflow-auth/core/testing";
import { type FakeDescope, refusal, startFakeDescope } from "@mlflow-auth/test/servers/descope-fake";
import { suite } from "@mlflow-auth/test/suite";
import { startProviders } from "./start-provider.ts";

const test = suite("descope plugin keeps the provider contract", { timeout: 120 });

async function setup() {
  const descope = await startFakeDescope();
  const started = await startProviders(descope);
  return { descope, ...started };
}

async function auth() {
  const { descope, provider, context } = await setup();
  const canaries = [descope.accessKey, descope.key.kid];
  return { provider, context, canaries, backend: backendOf(descope), stop: () => stop(descope, context) };
}

async function headers() {
  const { descope, headerProvider: provider, context } = await setup();
  return { provider, context, canaries: [descope.accessKey], stop: () => stop(descope, context) };
}

async function tags() {
  const { descope, runContext: provider, context } = await setup();
  return { provider, context, canaries: [descope.accessKey], stop: () => stop(descope, context) };
}

function backendOf({ asked, faults }: FakeDescope) {
  return {
    fetches: () => asked.exchange,
    // Each exchange gives another session.
    rotate() {},
    break: () => void faults.exchange.push(...Array(20).fill(refusal(503, "E0", "down"))),
    deny: () => void faults.exchange.push(...Array(20).fill(refusal(403, "E0", "no"))),
    fix: () => void faults.exchange.splice(0),
  };
}

async function stop(descope: FakeDescope, context: { close(): Promise<void> }) {
  await context.close();
  await descope.stop();
}

for (const { name, run } of providerContract({ auth, headers, tags })) test(name, run);
for (const { name, run } of packageContract(new URL("..", import.meta.url))) test(name, run);

test.run();
