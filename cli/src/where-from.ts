import { relative } from "node:path";
import type { Config } from "@mlflow-auth/core/internal";

/** The file as people write it: relative where that is shorter. */
export function fileName(file: string): string {
  const short = relative(process.cwd(), file);
  return short !== "" && short.length < file.length ? short : file;
}

/** Says on stderr which file is in use, and for which server. */
export function announce(config: Config, upstream: string): void {
  const file = config.file === undefined ? "the environment" : fileName(config.file);
  console.error(`mlflow-auth: using ${file} for ${upstream}`);
}
