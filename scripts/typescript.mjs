/**
 * Lets Node run the workspace's TypeScript as it stands: `node --import ./scripts/typescript.mjs FILE`. Node strips the types
 * itself; what it lacks is that an import of `./x.js` means `./x.ts` where that is what there is. Starting so takes a third of
 * the time that a compiler in front of it takes, and every test file is a process of its own.
 */
import { enableCompileCache, registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

// Code from the cache is measured less exactly.
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
