import { type Config, loadMlflowAuth, type MlflowAuth, MlflowAuthError } from "@mlflow-auth/core";
import type { Factory, RequestAuthProvider } from "@mlflow-auth/core/plugin";
import { providerContract } from "@mlflow-auth/core/testing";
import "@mlflow-auth/core/register";

const auth: MlflowAuth = await loadMlflowAuth({ config: { version: 1, trackingUri: "https://mlflow.example.com" } });
const config: Config = auth.config;
const uris: readonly string[] = config.servers.map(({ uri }) => uri);
const headers: Readonly<Record<string, string>> = await auth.headers(new URL("https://mlflow.example.com"));
const create: Factory<"mlflow.request_auth_provider"> = (): RequestAuthProvider => {
  throw new MlflowAuthError("PLUGIN_FAILED", "not made");
};
// @ts-expect-error: there is no such option.
await loadMlflowAuth({ configfile: "mlflow-auth.yaml" });
export const all = [uris, headers, create, providerContract];
