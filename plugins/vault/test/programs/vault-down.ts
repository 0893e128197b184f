/** Asks a Vault that is not there, as a command does: by the system's clock, whose timers keep no process alive. */
import { createServer } from "node:net";
import { type Clock, isMlflowAuthError } from "@mlflow-auth/core/plugin";
import { type FakeClock, testContext, testRequest } from "@mlflow-auth/core/testing";
import { createRequestAuthProvider } from "../../src/index.js";
import { completed } from "../start-provider.ts";

const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimeout(callback, milliseconds) {
    const timer = setTimeout(callback, milliseconds);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

const server = createServer();
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as { port: number };
await new Promise((resolve) => server.close(resolve));

const context = testContext({ http: "network", env: { VAULT_TOKEN: "t" }, clock: systemClock as FakeClock });
const provider = await createRequestAuthProvider(completed(`http://127.0.0.1:${port}`), context);
try {
  await provider.getAuth(testRequest());
} catch (error) {
  console.log(isMlflowAuthError(error) ? error.code : error);
}
