/** `npm run try`: what mlflow-auth makes of this package and its mlflow-auth.yaml, with fakes in place of Acme and MLflow. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startFakeAcme } from "./fake-acme.ts";
import { startGuardedMlflow } from "./guarded-mlflow.ts";

/** What the plugin gives. */
const kinds = process.argv.slice(2);
const fake = await startFakeAcme();
const mlflow = await startGuardedMlflow(kinds, fake.token);
const env = {
  ...process.env,
  MLFLOW_AUTH_CONFIG: fileURLToPath(new URL("../mlflow-auth.yaml", import.meta.url)),
  MLFLOW_TRACKING_URI: mlflow.uri,
  ACME_ADDRESS: fake.address,
  ACME_API_KEY: fake.apiKey,
};

/** A program that creates a run. */
const program = fileURLToPath(new URL("create-run.ts", import.meta.url));
const commands = [
  ["doctor"],
  ...(kinds.includes("auth") || kinds.includes("headers") ? [["headers", mlflow.uri]] : []),
  ...(kinds.includes("tags") ? [["tags"]] : []),
  ["exec", "--", process.execPath, program],
];

console.log(`\n$ node ${program}   (without mlflow-auth)`);
const [bare] = await once(spawn(process.execPath, [program], { env, stdio: "inherit" }), "close");
if (bare === 0) {
  console.log("It is let in without the plugin: what follows shows nothing.");
  process.exitCode = 1;
}
for (const args of commands) {
  console.log(`\n$ mlflow-auth ${args.join(" ")}`);
  const [code] = await once(spawn("mlflow-auth", args, { env, stdio: "inherit" }), "close");
  if (code !== 0) process.exitCode = 1;
}
console.log(process.exitCode ? "\nIt does not work yet." : "\nRefused without the plugin, and let in with it.");

await mlflow.stop();
await fake.stop();
