import { judgeUri } from "@mlflow-auth/core/internal/config";

/** What can be said of a server's address before the file is written. One that a variable stands for is judged with the whole file. */
export function judgeAddress(text: string): { readonly fault?: string; readonly cleartext: boolean } {
  if (text.includes("${")) return { cleartext: false };
  const judged = judgeUri(text);
  return typeof judged === "string" ? { fault: `the address ${judged}`, cleartext: false } : judged;
}

/** The address that the environment names, if it is one of a server that may be listed. */
export function usualAddress(): string | undefined {
  const ambient = process.env["MLFLOW_TRACKING_URI"];
  return ambient && judgeAddress(ambient).fault === undefined && !ambient.includes("${") ? ambient : undefined;
}
