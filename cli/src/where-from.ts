import { type Config, displayName, presentFolder, printable } from "@mlflow-auth/core/internal/config";

/** What the configuration comes from, as people write it. */
export function sourceOf({ file, environment = [] }: Config): string {
  if (file !== undefined) return fileName(file);
  return environment.length === 0 ? "the environment" : `the environment (${environment.map(printable).join(", ")})`;
}

/** A file as people write it from here, to be shown: a folder's name may hold what a terminal would obey. */
export function fileName(file: string): string {
  return printable(displayName(file, presentFolder()));
}

/** Says on stderr which file is in use, or which variables in its place, and for which server. */
export function announce(config: Config, upstream: string): void {
  console.error(`mlflow-auth: using ${sourceOf(config)} for ${upstream}`);
}
