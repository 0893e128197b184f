import { randomUUID } from "node:crypto";

/** A request below `/v1/`, parsed. */
export interface Call {
  readonly method: string;
  /** Without `/v1/` and the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Undefined if it has none. */
  readonly token: string | undefined;
  /** The header `X-Vault-Wrap-TTL`: what is answered comes wrapped. */
  readonly wrapTtl?: string | undefined;
}

/** What the fake answers. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

interface Envelope {
  data?: unknown;
  auth?: unknown;
  leaseSeconds?: number;
  warnings?: string[];
  mountType?: string;
}

/** The envelope in which Vault puts every answer of a secrets engine or an auth method. */
export function envelope(status: number, { data, auth, leaseSeconds, warnings, mountType }: Envelope): Answer {
  const body = {
    request_id: randomUUID(),
    lease_id: "",
    renewable: false,
    lease_duration: leaseSeconds ?? 0,
    data: data ?? null,
    wrap_info: null,
    warnings: warnings ?? null,
    auth: auth ?? null,
    mount_type: mountType ?? "",
  };
  return { status, body };
}

/** 204, for what was done. */
export const noContent: Answer = { status: 204 };

/** An error, in Vault's form. */
export function errors(status: number, ...messages: string[]): Answer {
  return { status, body: { errors: messages } };
}

/** Several errors in one text, as Vault joins those of its layers. */
export function joinedErrors(status: number, ...messages: string[]): Answer {
  const count = messages.length === 1 ? "1 error" : `${messages.length} errors`;
  return errors(status, `${count} occurred:\n${messages.map((message) => `\t* ${message}\n`).join("")}\n`);
}

/** 404 without a message, which is all that Vault says about a path that has nothing. */
export const notFound = errors(404);
export const denied = errors(403, "permission denied");
export const deniedByPolicy = joinedErrors(403, "permission denied");
export const invalidToken = joinedErrors(403, "permission denied", "invalid token");

/** The seconds of a TTL as Vault takes it: a number, `90`, `30s`, `20m`, `1h`. Undefined if there is none. */
export function ttlSeconds(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const match = /^(\d+)([smhd]?)$/.exec(String(value ?? ""));
  if (match === null) return undefined;
  const unit = { "": 1, s: 1, m: 60, h: 3600, d: 86_400 }[match[2] as "" | "s" | "m" | "h" | "d"];
  return Number(match[1]) * unit;
}
