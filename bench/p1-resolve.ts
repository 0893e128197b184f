/** P1: what a cached resolve in the authorizer costs, including the search for the listed server. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { loadMlflowAuth, type MlflowAuth } from "@mlflow-auth/core";
import { loadConfig, openAuthorizer } from "@mlflow-auth/core/internal";
import { mlflowPython } from "@mlflow-auth/test/servers/tools";
import { inTurns, kept, percentile, type Result, whole } from "./measure.ts";
import { vaultSetup } from "./vault-setup.ts";

const server = "https://mlflow.example.com/base";
/** They are read from JSON, so that each is stored in one piece, like a string that comes from elsewhere. */
const urls: string[] = JSON.parse(
  JSON.stringify(
    Array.from(
      { length: 1000 },
      (_, i) => `${server}/api/2.0/mlflow/runs/get?run_id=${i.toString(16).padStart(32, "0")}`,
    ),
  ),
);

/** Four rows: one credential, headers of a second plugin, the library's `headers`, and the Python plugin. */
export async function p1(): Promise<Result[]> {
  const setup = await vaultSetup(server);
  // One credential, as the Python plugin gives it. Datadog's headers beside it are measured on their own.
  const alone = { ...setup.options, config: { ...setup.options.config, headers: [] } };
  const authorizer = await openAuthorizer(await loadConfig(alone), alone);
  const withHeaders = await openAuthorizer(await loadConfig(setup.options), setup.options);
  const auth = await loadMlflowAuth(alone);
  await authorizer.authorize({ url: server, method: "GET" });
  await withHeaders.authorize({ url: server, method: "GET" });
  await auth.headers(server);

  const samples = inTurns(
    {
      url: (url) => new URL(url),
      own: (url) => authorizer.authorize({ url, method: "GET" }),
      both: (url) => withHeaders.authorize({ url, method: "GET" }),
    },
    urls,
    500,
  );
  const p50 = (name: string) => percentile(samples[name] ?? [], 0.5);
  const [url, own, both] = [p50("url"), p50("own"), p50("both")];
  const p99 = percentile(samples["own"] ?? [], 0.99);
  const { awaited, parsed } = await awaitedHeaders(auth);
  await auth.close();
  await authorizer.close();
  await withHeaders.close();
  await setup.stop();

  const python = await pythonPlugin();
  return [
    {
      id: "P1",
      what: "cached resolve in the authorizer against `new URL(url)`, 1,000 URLs, p50",
      target: "at most 0.7 times",
      measured: `${whole(own)} ns against ${whole(url)} ns; p99 ${whole(p99)} ns`,
      ratio: own / url,
      met: own <= 0.7 * url,
    },
    {
      id: "P1",
      what: "the same with the headers of the datadog plugin beside Vault's credential",
      target: "at most 0.9 times",
      measured: `${whole(both)} ns against ${whole(url)} ns`,
      ratio: both / url,
      met: both <= 0.9 * url,
    },
    {
      id: "P1",
      what: "`await headers(url)` of the library against `new URL(url)`, p50",
      target: "at most 1.0 times",
      measured: `${whole(awaited)} ns against ${whole(parsed)} ns`,
      ratio: awaited / parsed,
      met: awaited <= parsed,
    },
    {
      id: "P1",
      what: "the authorizer against the Python plugin mlflow-secrets-auth, p50",
      target: "at most 1/50",
      measured: python === undefined ? "no Python with MLflow here" : `${whole(own)} ns against ${whole(python)} ns`,
      ratio: python === undefined ? undefined : own / python,
      met: python === undefined ? undefined : own * 50 <= python,
    },
  ];
}

/** Nanoseconds per call of `await headers(url)` and of `new URL(url)`, in turns. */
async function awaitedHeaders(auth: MlflowAuth): Promise<{ awaited: number; parsed: number }> {
  const samples = { awaited: [] as number[], parsed: [] as number[] };
  for (let round = 0; round < 500; round++) {
    const start = process.hrtime.bigint();
    for (const url of urls) await auth.headers(url);
    const middle = process.hrtime.bigint();
    for (const url of urls) kept.value = new URL(url);
    samples.awaited.push(Number(middle - start) / urls.length);
    samples.parsed.push(Number(process.hrtime.bigint() - middle) / urls.length);
  }
  return { awaited: percentile(samples.awaited, 0.5), parsed: percentile(samples.parsed, 0.5) };
}

/** Nanoseconds of a cached `get_auth` and its call, in the Python that has MLflow; undefined if it can't be run. */
async function pythonPlugin(): Promise<number | undefined> {
  try {
    const script = fileURLToPath(new URL("python/resolve.py", import.meta.url));
    const packages = fileURLToPath(new URL("../node_modules/.cache/mlflow-secrets-auth", import.meta.url));
    const python = await mlflowPython();
    execFileSync(
      python,
      ["-m", "pip", "install", "-q", "--no-deps", "--target", packages, "--upgrade", "mlflow-secrets-auth==0.2.0"],
      { stdio: "ignore" },
    );
    return Number(execFileSync(python, [script], { env: { ...process.env, PYTHONPATH: packages }, encoding: "utf8" }));
  } catch {
    return undefined;
  }
}
