/** `npm run try`: what mlflow-auth makes of this package and its mlflow-auth.yaml, with fakes in place of Acme and MLflow. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startStub } from "@mlflow-auth/mlflow-stub";
import { startFakeAcme } from "./fake-acme.ts";

const fake = await startFakeAcme();
const mlflow = await startStub();
const env = {
  ...process.env,
  MLFLOW_AUTH_CONFIG: fileURLToPath(new URL("../mlflow-auth.yaml", import.meta.url)),
  MLFLOW_TRACKING_URI: mlflow.uri,
  ACME_ADDRESS: fake.address,
  ACME_API_KEY: fake.apiKey,
};

for (const command of process.argv.slice(2)) {
  const args = command === "headers" ? [command, mlflow.uri] : [command];
  console.log(`\n$ mlflow-auth ${args.join(" ")}`);
  const [code] = await once(spawn("mlflow-auth", args, { env, stdio: "inherit" }), "close");
  if (code !== 0) process.exitCode = 1;
}

await mlflow.close();
await fake.stop();
