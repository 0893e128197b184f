/** The plugins of this project, each in a package of its own. */
export const ownPlugins: readonly string[] = ["datadog", "vault"];

/** Names that are kept for plugins of this project which do not exist yet. */
export const plannedPlugins: readonly string[] = ["aws", "azure", "descope", "hokusai"];

export function ownPackage(plugin: string): string {
  return `@mlflow-auth/plugin-${plugin}`;
}
