/** Redirects that lead a client from a listed server to an address that only comes close: it goes there itself, without its credential. */
import { basePathOf, type Logger } from "@mlflow-auth/core/internal";
import type { Upstream } from "../http/upstream.js";
import type { Routes } from "./routes.js";

/**
 * Warns once of each such server and address: mostly the file lists `http://`, and the server sends everybody on to `https://`. A redirect
 * to any other host, such as a page to sign in at or a store of artifacts, is not the file's affair.
 */
export function createLedAway(
  { nearMiss }: Pick<Routes, "nearMiss">,
  logger: Logger,
): (from: Upstream, to: URL) => void {
  const told = new Set<string>();

  return ({ origin, server: { uri } }, to) => {
    const listed = nearMiss(to.href);
    if (listed === undefined || told.has(`${uri} ${to.origin}`)) return;
    told.add(`${uri} ${to.origin}`);
    const isSameOrigin = to.origin === origin;
    const where = isSameOrigin ? `an address of ${to.origin} that is not below it` : to.origin;
    const what = `${uri} sent a client on to ${where}, which the file does not list: the client goes there itself, past this proxy and without its credential`;
    const remedy = isSameOrigin
      ? "correct the base path of that server in the file, or of the redirect"
      : `write the server's address as ${to.origin}${basePathOf(uri)} into the file (trackingUri, or uri under servers)`;
    logger.warn({ server: uri, reason: "redirect" }, `${what}. Try this: ${remedy}`);
  };
}
