/** Faults in what a library's client sends, and by which ways. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // The client's own credentials, and where a request goes
  ...faultsIn(
    "core/src",
    ["core/client-request", "core/interceptor", "core/where-it-goes"],
    [
      ['method === "CONNECT" || ', "", "a CONNECT through the client carries a credential to a proxy"],
      [
        "path.charCodeAt(0) !== SLASH",
        "false",
        "a path without a slash in front makes another host of the origin, with our credential",
      ],
      ['origin.replace(AFTER_PORT, "")', "origin", "an origin with a slash at its end goes bare"],
      [
        'options["path"] = withoutQueryCredentials(path);',
        "",
        "an ambient api_key in the query goes along with our credential",
      ],
      [
        'if (given.query) options["query"] = withoutQueryObjectCredentials(given.query);',
        "",
        "an ambient api_key in undici's query option goes along with our credential",
      ],
      [
        'options["maxRedirections"] = 0;',
        "",
        "a redirect interceptor further in carries the credential to another host",
      ],
      [
        "if (!drop.has(headerKey(name))) result.push(name, value);",
        "result.push(name, value);",
        "the client's own credential goes along with ours",
      ],
      [
        "if (!drop.has(headerKey(name))) result.push(name, value);",
        "if (!drop.has(name.toLowerCase())) result.push(name, value);",
        "X_Api_Key of the client goes along with our credential",
      ],
      [
        'new Set(["authorization", "x-api-key"])',
        'new Set(["authorization"])',
        "the client's own X-API-Key goes along with our credential",
      ],
      [
        'new Set(["authorization", "x-api-key"])',
        'new Set(["x-api-key"])',
        "an ambient token goes along with a credential in another header",
      ],
      [
        "...(replacesClientCredentials ? CREDENTIAL_HEADERS : [])",
        "...CREDENTIAL_HEADERS",
        "the client's own credential is taken away where the file gives none",
      ],
      ["...ours, ...host]", "...host]", "a header of a plugin goes out twice, once with the client's value"],
      [
        'const host = list.length > 0 ? ["host"] : [];',
        "const host: string[] = [];",
        "a Host of the client's choice leads our credential to another site",
      ],
      [
        'const host = list.length > 0 ? ["host"] : [];',
        'const host = ["host"];',
        "a Host of the client's choice is lost where we add nothing",
      ],
      [
        "if (value !== undefined) visit(name, value as string | string[]);",
        "visit(name, value as string | string[]);",
        "a header without a value makes undici refuse the request",
      ],
      [
        "if (Array.isArray(given) && !Array.isArray(given[0])) {",
        "if (Array.isArray(given)) {",
        "a list of pairs is read as flat, and its credentials pass",
      ],
      ["for (const item of list) result.push(item);", "", "no credential is sent"],
      [
        "    preparations.set(authorized, result);\n",
        "",
        "headers are prepared with every request",
        { accepted: "only the speed of a request depends on it" },
      ],
    ],
  ),

  // The interceptor
  ...faultsIn(
    "core/src",
    ["core/interceptor", "core/where-it-goes"],
    [
      ["if (url === undefined) return dispatch(options, handler);", "", "a CONNECT ends in a TypeError"],
      [
        "        fail(handler, thrown);\n        return true;",
        "        return dispatch(options, handler);",
        "where there is no credential, or a misleading path, the request goes bare",
      ],
      ["if (authorized === undefined) return dispatch(options, handler);", "", "other traffic ends in a TypeError"],
      [
        ".then(undefined, (thrown) => fail(handler, thrown));",
        ".then(undefined, () => dispatch(options, handler));",
        "where a credential was promised and did not come the request goes bare",
      ],
      [
        "if ((signal as AbortSignal).aborted) return aborted();",
        "",
        "a request that was given up before waits for its credential",
      ],
      [
        'if (isTarget) signal.addEventListener("abort", aborted, { once: true });',
        "if (isTarget) {}",
        "a request that is given up waits for its credential",
      ],
    ],
  ),

  // The library's fetch
  ...faultsIn(
    "core/src",
    ["core/mlflow-auth"],
    [
      ["if (reached) return;", "return;", "under a fetch that was replaced every request goes bare"],
      [
        "throw isMlflowAuthError(cause) ? cause : thrown;",
        "throw thrown;",
        "why nothing was sent is hidden in a TypeError",
      ],
      ["dispatcher: over(dispatcher)", "dispatcher", "fetch() of the library adds nothing"],
    ],
  ),

  // register
  ...faultsIn(
    "core/src",
    ["core/register"],
    [
      ["writable: false", "writable: true", "a later setGlobalDispatcher lets every request go bare"],
      ["lock(LEGACY, new LegacyDispatcher(modern));", "", "requests by Node's own fetch go bare"],
      ["lock(MODERN, modern);", "", "requests by undici 8 go bare"],
    ],
  ),
];
