/** Who can give the credential of the demo. Each is loaded once it is asked for. */
import type { Mode, StartProvider } from "./providers/provider.ts";

interface Entry {
  /** The modes that it knows; the first is the usual one. */
  readonly modes: readonly Mode[];
  load(): Promise<{ readonly startProvider: StartProvider }>;
}

/** By the names of their plugins. */
export const providers = {
  vault: { modes: ["bearer", "basic"], load: () => import("./providers/vault.ts") },
  aws: { modes: ["bearer", "basic"], load: () => import("./providers/aws.ts") },
  azure: { modes: ["bearer", "basic"], load: () => import("./providers/azure.ts") },
  descope: { modes: ["bearer"], load: () => import("./providers/descope.ts") },
  hokusai: { modes: ["bearer"], load: () => import("./providers/hokusai.ts") },
} satisfies Record<string, Entry>;

export type ProviderName = keyof typeof providers;
