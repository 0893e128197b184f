// The contract of the plugin that PLUGIN names, on a store in memory: what a plugin's own tests have.
import { canary, packageContract, providerContract, secretSource, testContext } from "@mlflow-auth/core/testing";

const name = `mlflow-auth-plugin-${process.env.PLUGIN}`;
const folder = new URL(`./node_modules/${name}/`, import.meta.url);

async function start() {
  const { createRequestAuthProvider } = await import(new URL("index.js", folder).href);
  const [apiKey, first, second] = [canary(), canary(), canary()];
  const store = { token: first, status: 200, fetches: 0 };
  const context = testContext({
    http() {
      store.fetches++;
      return { status: store.status, text: store.status === 200 ? store.token : "no" };
    },
  });
  const answer = (status) => () => {
    store.status = status;
  };
  return {
    provider: await createRequestAuthProvider(
      { address: "https://store.example.com", apiKey: secretSource(apiKey) },
      context,
    ),
    context,
    canaries: [apiKey, first, second],
    backend: {
      fetches: () => store.fetches,
      rotate() {
        store.token = second;
      },
      break: answer(503),
      deny: answer(403),
      fix: answer(200),
    },
  };
}

const ofPackage = packageContract(folder);
// Below the limits of the runners' own, so that the suite's message is the one that is read.
const timeout = name.endsWith("endless-wait") ? 500 : 4_000;

// What a module does as it is imported would be done to the test runner.
export const cases = name.endsWith("import-side-effect")
  ? ofPackage
  : [...providerContract({ auth: start }, { timeout }), ...ofPackage];
