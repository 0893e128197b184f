/** Where Node keeps what it has compiled, so that one process after another need not compile the same modules. */
import { fileURLToPath } from "node:url";

/**
 * For the environment of Node programs that tests start. Nothing where coverage is measured: it is less exact for what comes
 * from the cache.
 */
export const compileCache: Readonly<Record<string, string>> =
  process.env["NODE_V8_COVERAGE"] === undefined
    ? { NODE_COMPILE_CACHE: fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url)) }
    : {};
