/** Tells what clients brought along and did not get through: once for each name, and never a value. */
import type { ServerConfig } from "../config/config.js";
import { headerKey } from "../http/client-credentials.js";
import type { Logger } from "../provider/context.js";

/** What of a client's request is not sent. */
export type RemovedKind = "identity" | "credential" | "cookie";

/** Told what of a client's is not sent; what is taken off as a matter of course is not told. */
export interface Removals {
  readonly warnRemoved: WarnRemoved;
}

/** @param name of the header, or of the cookie; empty for a cookie without one */
export type WarnRemoved = (server: ServerConfig, kind: RemovedKind, name: string) => void;

/** Names of each kind that are told in one process. Clients choose them, so of more only the first ones are. */
const MOST_NAMES = 64;
/** A longer name, or one with other characters, may be a value in the wrong place. */
const NAME = /^[\w.-]{1,40}$/;

const why: Record<RemovedKind, string> = {
  identity: "it tells a server who asks, or for what, and only plugins of the file may set that",
  credential: "the file has a credential for this server, and that is the only one that is sent",
  cookie:
    "the file has a credential for this server, so only those cookies are sent whose names it has set since this process began",
};

/** Remembers what it has told. */
export function createRemovalWarnings(logger: Logger): WarnRemoved {
  const told = { identity: new Set<string>(), credential: new Set<string>(), cookie: new Set<string>() };

  return ({ uri }, kind, name) => {
    const names = told[kind];
    if (names.size >= MOST_NAMES) return;
    const [noun, key] = kind === "cookie" ? ["cookie", name] : ["header", headerKey(name)];
    const isShown = NAME.test(name);
    const entry = `${uri} ${isShown ? key : ""}`;
    if (names.has(entry)) return;
    names.add(entry);
    const what = isShown ? `the ${noun} ${name}` : `a ${noun} whose name is not shown`;
    const last = names.size === MOST_NAMES ? "; more of them are not told" : "";
    const message = `${what} of a client was taken off its requests to ${uri}: ${why[kind]}${last}`;
    logger.warn({ server: uri, reason: kind }, message);
  };
}
