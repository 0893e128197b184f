/** For a process that outlives its own installation, as one does whose package `pip install -U` replaces. */
import { accepts, createOptionsCheck } from "./config/check-options.js";
import { readConfig } from "./config/read.js";
import { loadPino } from "./logging/logger.js";

/**
 * Has all imported that only a file with problems, or a line of the log, asks for: where they ask for it, since Node looks for a module's
 * file again wherever another module imports it. It takes some 50 milliseconds. What fails here fails once it is needed.
 */
export async function rehearseLoading(): Promise<void> {
  await Promise.allSettled([
    readConfig("- [", { json: false }),
    createOptionsCheck(),
    accepts({}, {}, {}),
    Promise.resolve().then(loadPino),
  ]);
}
