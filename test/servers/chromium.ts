/** A real browser without a window, for what only a browser does by itself. */

import { type ServerProcess, startProcess } from "./process/server-process.ts";
import { temporaryFolder } from "./process/temporary-folder.ts";
import { systemBinary } from "./tools.ts";

/** What the browser shall do. */
export interface Browsing {
  /** The page that it opens, as if its address had been typed. */
  readonly url: string;
  /** Names that are to be found on this machine, each at 127.0.0.1. */
  readonly names?: readonly string[];
  /** Further switches of Chromium. */
  readonly switches?: readonly string[];
}

/** Opens a page in a browser of its own, whose profile is new. It goes on until it is stopped; scripts may open windows. */
export function startChromium({ url, names = [], switches = [] }: Browsing): ServerProcess {
  const profile = temporaryFolder("chromium");
  const rules = names.map((name) => `MAP ${name} 127.0.0.1`).join(",");
  const args = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-popup-blocking",
    `--user-data-dir=${profile.path}`,
    ...(rules === "" ? [] : [`--host-resolver-rules=${rules}`]),
    ...switches,
    url,
  ];
  const browser = startProcess({ command: systemBinary("chromium"), args });
  return {
    ...browser,
    async stop() {
      await browser.stop();
      profile.remove();
    },
  };
}
