import { randomBytes } from "node:crypto";

/** A text that occurs nowhere else: put it where a credential goes, and look for it where none may be. */
export function canary(): string {
  return `canary-${randomBytes(12).toString("hex")}`;
}

/**
 * The spelling in which `text` holds the canary: raw, hex, URL or JSON escaped, reversed, or base64 at any of its three
 * offsets, with either alphabet. Undefined if it doesn't.
 */
export function revealedBy(text: string, canary: string): string | undefined {
  const lower = text.toLowerCase();
  for (const [spelling, wanted] of spellings(canary)) {
    const found = spelling.startsWith("base64") ? text.includes(wanted) : lower.includes(wanted.toLowerCase());
    if (found) return spelling;
  }
  return undefined;
}

function* spellings(canary: string): Generator<readonly [spelling: string, text: string]> {
  yield ["raw", canary];
  yield ["URL", encodeURIComponent(canary)];
  yield ["JSON", JSON.stringify(canary).slice(1, -1)];
  yield ["hex", Buffer.from(canary).toString("hex")];
  yield ["reversed", [...canary].reverse().join("")];
  for (const offset of [0, 1, 2]) {
    for (const encoding of ["base64", "base64url"] as const) {
      yield [`base64 at offset ${offset}`, aligned(canary, offset, encoding)];
    }
  }
}

/** The characters of its base64 that depend on nothing but the canary, when `offset` other bytes stand before it. */
function aligned(canary: string, offset: number, encoding: "base64" | "base64url"): string {
  const bytes = Buffer.from("\0".repeat(offset) + canary);
  const first = offset === 0 ? 0 : offset + 1;
  const last = Math.floor((bytes.length * 8) / 6);
  return bytes.toString(encoding).slice(first, last);
}
