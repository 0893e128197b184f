import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Examination } from "./examination.js";
import { broken, type Finding, fine, skipped } from "./finding.js";
import { inWords, within } from "./with-timeout.js";

/** How many addresses are shown. */
const SHOWN = 3;

/**
 * Whether the host has an address, asked as every program asks.
 *
 * @param proxied that a proxy in the environment may resolve the name instead
 */
export async function nameFinding({ target, timeout }: Examination, proxied: boolean): Promise<Finding> {
  const host = new URL(target.uri).hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) return fine("name", `${host} is an address itself`);
  const failure = await within(
    timeout,
    lookup(host, { all: true }).catch((error: NodeJS.ErrnoException) => error),
    () => Object.assign(new Error("late"), { code: "EAI_AGAIN" }),
  );
  if (Array.isArray(failure)) {
    const more = failure.length > SHOWN ? ", …" : "";
    const shown = failure.slice(0, SHOWN).map(({ address }) => address);
    return fine("name", `${host} is ${shown.join(", ")}${more}`);
  }
  if (proxied) return skipped("name", `${host} is unknown here, and a proxy in the environment may know it`);
  if (failure.code === "ENOTFOUND") {
    return broken(
      "name",
      `the host name ${host} is unknown (${failure.code})`,
      "correct the host in the server's `uri`; if it is right, check DNS and the VPN of this machine",
    );
  }
  return broken(
    "name",
    `no name server told the address of ${host} within ${inWords(timeout)} (${failure.code})`,
    "check the network, DNS and the VPN of this machine",
  );
}
