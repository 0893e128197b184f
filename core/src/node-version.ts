/** Which Node this needs. On an older one undici fails as it loads, with an error that tells nobody what to do. */
const OLDEST = [22, 19] as const;

/** One sentence if this Node is too old. */
export function nodeTooOld(version = process.versions.node): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return undefined;
  return `@mlflow-auth/core needs Node ${OLDEST.join(".")} or newer; this is Node ${version}.`;
}
