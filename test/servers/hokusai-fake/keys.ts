/** Hokusai's key check. */
import type { IncomingMessage } from "node:http";

export interface HokusaiKeys {
  /** Of an administrator of the registry; another from when it is changed on. */
  admin: string;
  /** Valid, and no administrator's. */
  member: string;
}

export interface JudgedKey {
  readonly keyIn: string | undefined;
  readonly isAdmin: boolean;
  /** What the 401 says. */
  readonly refusal?: string;
}

/** In its order. What comes first decides: a bad one does not fall back to the next. */
export function judgeKey({ headers, url = "" }: IncomingMessage, keys: HokusaiKeys): JudgedKey {
  const authorization = headers.authorization ?? "";
  const places: [name: string, key: string | undefined][] = [
    ["Bearer", /^Bearer (.*)$/.exec(authorization)?.[1]],
    ["ApiKey", /^ApiKey (.*)$/.exec(authorization)?.[1]],
    ["X-API-Key", headers["x-api-key"] as string | undefined],
    ["api_key", new URLSearchParams(url.split("?")[1] ?? "").get("api_key") ?? undefined],
  ];
  const [keyIn, key] = places.find(([, given]) => given !== undefined) ?? [];
  if (key === undefined) return { keyIn: undefined, isAdmin: false, refusal: "API key required" };
  const isAdmin = key === keys.admin;
  if (isAdmin || key === keys.member) return { keyIn, isAdmin };
  return { keyIn, isAdmin, refusal: "Invalid or expired API key" };
}
