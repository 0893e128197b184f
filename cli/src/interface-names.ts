import type { Group } from "@mlflow-auth/core/internal/config";

/** What the interfaces are called in the file: the key that lists the instances which have it. */
const names: Readonly<Record<Group, string>> = {
  "mlflow.request_auth_provider": "auth",
  "mlflow.request_header_provider": "headers",
  "mlflow.run_context_provider": "tags",
};

export function interfaceNames(groups: readonly Group[]): string[] {
  return groups.map((group) => names[group]);
}
