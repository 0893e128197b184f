/**
 * Microsoft's library keeps the HTTP client with which an identity of the machine was had first, for all that follow in the process
 * (msal-node 7.2: ManagedIdentityClient.identitySource): those of another instance, of this one after a reload, and of the user's own
 * program. So what it is given is one that stands for whoever asks just now.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { SdkHttpClient } from "./sdk-http.js";

const asking = new AsyncLocalStorage<SdkHttpClient>();

/** Sends through the client of whoever asks; for others than this plugin as the SDK does by itself. */
export async function sharedClient(): Promise<SdkHttpClient> {
  const { createDefaultHttpClient } = await import("@azure/core-rest-pipeline");
  const usual = createDefaultHttpClient();
  return {
    sendRequest(request) {
      const client = asking.getStore();
      if (client !== undefined) return client.sendRequest(request);
      // What this plugin's clients are given in name only. No machine has its identity behind a proxy.
      delete request.agent;
      delete request.proxySettings;
      return usual.sendRequest(request);
    },
  };
}

/** For as long as `call` goes on, the shared client is this one. */
export function askingThrough<T>(client: SdkHttpClient, call: () => Promise<T>): Promise<T> {
  return asking.run(client, call);
}
