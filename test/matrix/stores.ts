/** The secret stores that there are plugins for, by the plugin's name. A new plugin is one line here, and its expectations. */
import type { StartStore } from "./store.ts";
import { startAwsStore, startMotoStore } from "./stores/aws.ts";
import { startAzureStore } from "./stores/azure.ts";
import { startRealVaultStore, startVaultStore } from "./stores/vault.ts";

/** Doubles that can fail in every way. */
export const stores = {
  vault: startVaultStore,
  aws: startAwsStore,
  azure: startAzureStore,
} satisfies Record<string, StartStore>;

/** The same from somebody else, where they can be had: what it is called, which tool it needs. */
export const realStores = [
  { plugin: "vault", name: "HashiCorp's Vault", tool: "vault", start: startRealVaultStore },
  { plugin: "aws", name: "moto", tool: "moto", start: startMotoStore },
] as const;

export type PluginName = keyof typeof stores;
