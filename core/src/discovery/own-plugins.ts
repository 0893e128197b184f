/** The plugins of this project, each in a package of its own. */
export const ownPlugins: readonly string[] = ["datadog", "vault", "aws", "azure", "descope", "hokusai"];

export function isOwnPlugin(plugin: string): boolean {
  return ownPlugins.includes(plugin);
}

export function ownPackage(plugin: string): string {
  return `@mlflow-auth/plugin-${plugin}`;
}
