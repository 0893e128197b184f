/**
 * Lets Node run the workspace's TypeScript as it is: `node --import ./scripts/typescript.mjs FILE`. Node itself strips the types. This
 * adds that an import of `./x.js` means `./x.ts`, if that is the file. A start takes a third of the time that a compiler in front of
 * Node would take, and every test file is a process of its own.
 */
import { enableCompileCache, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

// The coverage of cached code is less exact.
if (process.env["NODE_V8_COVERAGE"] === undefined) {
  enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url)));
}

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith(".") || !specifier.endsWith(".js") || !context.parentURL?.endsWith(".ts")) {
      return next(specifier, context);
    }
    try {
      return next(`${specifier.slice(0, -3)}.ts`, context);
    } catch (error) {
      if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
      return next(specifier, context);
    }
  },
});
