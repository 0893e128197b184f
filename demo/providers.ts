/** Who can give the credential of the demo. Each is loaded once it is asked for. */
import type { Tool } from "@mlflow-auth/test/servers/tools";
import type { Mode, StartProvider } from "./providers/provider.ts";

interface Entry {
  /** The modes that it knows; the first is the usual one. */
  readonly modes: readonly Mode[];
  /** What `--real` needs of it beside MLflow. */
  readonly tools: readonly Tool[];
  load(): Promise<{ readonly startProvider: StartProvider }>;
}

/** By the names of their plugins. */
export const providers = {
  vault: { modes: ["bearer", "basic"], tools: ["vault", "nginx"], load: () => import("./providers/vault.ts") },
  aws: { modes: ["bearer", "basic"], tools: ["moto", "nginx"], load: () => import("./providers/aws.ts") },
  azure: { modes: ["bearer", "basic"], tools: ["nginx"], load: () => import("./providers/azure.ts") },
  descope: { modes: ["bearer"], tools: [], load: () => import("./providers/descope.ts") },
  hokusai: { modes: ["bearer"], tools: [], load: () => import("./providers/hokusai.ts") },
} satisfies Record<string, Entry>;

export type ProviderName = keyof typeof providers;
