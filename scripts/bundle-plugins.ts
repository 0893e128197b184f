/** How the bundle of the command differs from what Node itself would load: three plugins of esbuild. */
import { createRequire, isBuiltin } from "node:module";
import { dirname } from "node:path";
import { types } from "node:util";
import type { Plugin } from "esbuild";

/**
 * `await import()` of CommonJS gives its exports by name, as in Node; esbuild alone gives `default`.
 *
 * @param filter of the packages that may be so imported
 */
export function namedExports(filter: RegExp): Plugin {
  return {
    name: "named-exports",
    setup(build) {
      build.onResolve({ filter }, async ({ kind, path, pluginData, ...options }) => {
        if (kind !== "dynamic-import" || isBuiltin(path) || pluginData === SEEN) return undefined;
        const { path: file } = await build.resolve(path, { ...options, kind, pluginData: SEEN });
        // Its name stands in the bundle, which is to be the same whatever folder it is made in.
        return isModule(file) ? undefined : { path, namespace: "named-exports", pluginData: file };
      });
      build.onLoad({ filter: /.*/, namespace: "named-exports" }, ({ pluginData: file }) => {
        const { __esModule, default: _, ...exported } = load(file);
        // What says that it was a module once has no default that Node would give.
        const names = [...Object.keys(exported), ...(__esModule ? [] : ["default"])];
        return { contents: `export { ${names.join(", ")} } from ${JSON.stringify(file)};`, resolveDir: dirname(file) };
      });
    },
  };
}

const SEEN = "seen";

/** The exports of a file, which runs here. */
function load(file: string) {
  return createRequire(file)(file);
}

function isModule(file: string): boolean {
  return types.isModuleNamespaceObject(load(file));
}

/** The search for the file hands cosmiconfig loaders of our own, so that its own YAML parser is never asked for. */
export const withoutYamlOfCosmiconfig: Plugin = {
  name: "without-yaml-of-cosmiconfig",
  setup(build) {
    build.onResolve({ filter: /^js-yaml$/ }, ({ path }) => ({ path, namespace: "left-out" }));
    build.onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: "module.exports = {};" }));
  },
};

/**
 * The parts of undici that the command uses, in place of its index, which loads fetch, WebSockets, mocks, caches and more, and puts a
 * dispatcher of its own into the process for everybody's fetch. HTTP/2, which no connection of ours offers, is left out. These paths are
 * not its API, so the version is an exact one. A name that is not exported here fails the build.
 *
 * @param folder of the package whose undici is taken
 */
export function partsOfUndici(folder: string): Plugin {
  return {
    name: "parts-of-undici",
    setup(build) {
      build.onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: "parts-of-undici" }));
      build.onLoad({ filter: /.*/, namespace: "parts-of-undici" }, () => ({ contents: PARTS, resolveDir: folder }));
      build.onResolve({ filter: /^\.\/client-h2\.js$/ }, ({ path, namespace }) =>
        namespace === "file" ? { path, namespace: "without-http2" } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: "without-http2" }, () => ({
        contents: 'module.exports = () => { throw new Error("HTTP/2 is left out of this bundle"); };',
      }));
    },
  };
}

const PARTS = `
import Dispatcher from "undici/lib/dispatcher/dispatcher.js";
import connect from "undici/lib/api/api-connect.js";
import requestOf from "undici/lib/api/api-request.js";

export { default as Agent } from "undici/lib/dispatcher/agent.js";
export { default as buildConnector } from "undici/lib/core/connect.js";
export { default as EnvHttpProxyAgent } from "undici/lib/dispatcher/env-http-proxy-agent.js";
export { default as Pool } from "undici/lib/dispatcher/pool.js";
export { Dispatcher };

// As its index does it, with all of its API.
Object.assign(Dispatcher.prototype, { connect, request: requestOf });

/** Like undici's, for a URL object and a dispatcher that is given. */
export function request({ origin, pathname, search }, { dispatcher, ...options }) {
  return dispatcher.request({ ...options, origin, path: pathname + search });
}
`;
