/** Who can give the credential of the demo. */
import { aws } from "./providers/aws.ts";
import { azure } from "./providers/azure.ts";
import type { Provider } from "./providers/provider.ts";
import { vault } from "./providers/vault.ts";

/** By the names of their plugins. */
export const providers = { vault, aws, azure } satisfies Record<string, Provider>;

export type ProviderName = keyof typeof providers;
