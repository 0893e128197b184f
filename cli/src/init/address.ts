import { judgeUri } from "@mlflow-auth/core/internal/config";

/** What can be said of a server's address before the file is written. One that a variable stands for is judged with the whole file. */
export function judgeAddress(text: string): { readonly fault?: string; readonly cleartext: boolean } {
  if (text.includes("${")) {
    return holdsUser(text) ? { fault: `the address ${NO_USER}`, cleartext: false } : { cleartext: false };
  }
  const judged = judgeUri(text);
  return typeof judged === "string" ? { fault: `the address ${judged}`, cleartext: false } : judged;
}

/** The address that the environment names, if it is one of a server that may be listed. */
export function usualAddress(): string | undefined {
  const ambient = process.env["MLFLOW_TRACKING_URI"];
  return ambient && judgeAddress(ambient).fault === undefined && !ambient.includes("${") ? ambient : undefined;
}

/** What is said of an address with a user in it. */
export const NO_USER = "must not hold a user or a password: credentials come from plugins";

/** Whether a text is an address with a user in it. Where a variable stands for the rest, nothing else looks at it before it is written. */
export function holdsUser(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(text.trim());
}
