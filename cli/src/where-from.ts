import { type Config, displayName } from "@mlflow-auth/core/internal/config";

/** What the configuration comes from, as people write it. */
export function sourceOf({ file }: Config): string {
  return file === undefined ? "the environment" : fileName(file);
}

/** A file as people write it from here. */
export function fileName(file: string): string {
  return displayName(file, process.cwd());
}

/** Says on stderr which file is in use, and for which server. */
export function announce(config: Config, upstream: string): void {
  console.error(`mlflow-auth: using ${sourceOf(config)} for ${upstream}`);
}
