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
        'if (drop.has(key)) return "replaced";',
        "",
        "a header of a plugin goes out twice, once with the client's value",
      ],
      [
        'if (origin.startsWith("https:")) options["allowH2"] = false;',
        "",
        "by HTTP/2 an upload that breaks off looks complete to the server",
      ],
      [
        "    allowH2: false,\n",
        "",
        "by HTTP/2 an upload that breaks off looks complete to the server",
        { tests: ["core/agent"] },
      ],
      ['return isKept ? "sent" : ', 'return true ? "sent" : ', "the client's own credential goes along with ours"],
      [
        'new Set(["authorization", "x-api-key"])',
        'new Set(["authorization"])',
        "the client's own X-API-Key makes a warning, though MLflow's clients send it as a matter of course",
        { tests: ["core/brought-headers"] },
      ],
      [
        'passes.add("login").add("credential");',
        "",
        "the client's own credential is taken away where the file gives none",
      ],
      [
        "    if (!replacesClientCredentials) {\n      passes",
        "    {\n      passes",
        "an ambient token goes along with the file's credential",
      ],
      [
        'if (authorized.headers.length > 0 || authorized.signing !== undefined) drop.add("host");',
        "",
        "a Host of the client's choice leads our credential to another site",
      ],
      [
        'if (authorized.headers.length > 0 || authorized.signing !== undefined) drop.add("host");',
        'drop.add("host");',
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

  // What clients bring along
  ...faultsIn(
    "core/src",
    ["core/what-clients-bring", "core/client-cookies", "core/brought-headers"],
    [
      [
        "if (IDENTITIES.has(key) || IDENTITY_PREFIXES",
        "if (IDENTITY_PREFIXES",
        "a server believes X-Real-Ip or X-User of whoever sends it",
      ],
      ['      "X-Preferred-Username",\n', "", "an application behind oauth2-proxy believes a name of whoever sends it"],
      [
        'names: ["Teleport-Jwt-Assertion"],',
        "names: [],",
        "without a credential of the file a client brings Teleport's word",
      ],
      [
        "IDENTITY_PREFIXES.some((prefix) => key.startsWith(prefix))",
        "false",
        "a server believes X-Auth-Request-Email of whoever sends it",
      ],
      [
        'return CREDENTIAL.test(key) && !NO_CREDENTIAL.test(key) ? "credential" : undefined;',
        "return undefined;",
        "X-Auth-Token of the client goes along with our credential",
      ],
      [
        'return CREDENTIAL.test(key) && !NO_CREDENTIAL.test(key) ? "credential" : undefined;',
        'return CREDENTIAL.test(key) ? "credential" : undefined;',
        "MLflow's pages lose the token that keeps other sites out",
      ],
      [
        "[a-z0-9]*(?:apikey|authorization|password|secret|token)",
        "(?:apikey|authorization|password|secret|token)",
        "AccessToken of the client goes along with our credential",
      ],
      [
        'if (cookie === undefined) passes.add("cookie");',
        'passes.add("cookie");',
        "a plugin's cookie and the client's go out in two headers, of which some servers read one",
      ],
      ["    this.remember(authorized, headers);\n", "", "the stickiness of a load balancer is lost"],
      ["this.#first.remember(this.#authorized, headers);", "", "a cookie that comes with the second answer is lost"],
      [
        "if (!authorized.replacesClientCredentials) return;",
        "",
        "cookies are remembered where all pass",
        { accepted: "only memory" },
      ],
      ['server.uri.includes("*") ? origin : ""', '""', "a session of one host of a wildcard goes to another"],
      [
        "if (!replacesClientCredentials) return true;",
        "",
        "a plugin's cookie takes the client's own away where the file gives no credential",
      ],
      [
        "namesIn(pair).find((name) => this.#known?.has(name) !== true)",
        "[nameOf(pair)].find((name) => this.#known?.has(name) !== true)",
        "a session hides behind a comma or a blank in another cookie",
      ],
      [
        "this.#pairs.filter((pair) => !namesIn(pair).some((name) => replaced.has(name)))",
        "this.#pairs",
        "a server reads the client's session in place of ours",
      ],
      [
        "if (keys.size >= most) keys.delete(keys.keys().next().value as K);",
        "",
        "a server that sets ever new cookies fills the memory",
      ],
      [
        "  keys.delete(key);\n",
        "",
        "a flood of cookies pushes out the load balancer's, though that is set with each answer",
      ],
      ["if (names.has(entry)) return;", "", "each request makes a warning"],
      ["if (names.size >= MOST_NAMES) return;", "", "ever new names fill the log and the memory"],
      ["const isShown = NAME.test(name);", "const isShown = true;", "a value in the place of a name is printed"],
    ],
  ),

  // The interceptor
  ...faultsIn(
    "core/src",
    ["core/interceptor", "core/where-it-goes"],
    [
      ["if (url === undefined) return dispatch(options, handler);", "", "a CONNECT ends in a TypeError"],
      [
        "authorized = authorizer.authorize(url);\n      } catch (thrown) {\n        fail((isTold ? request : told(request)).handler, thrown);\n        return true;",
        "authorized = authorizer.authorize(url);\n      } catch (thrown) {\n        return dispatch(options, request.handler);",
        "where there is no credential, or a misleading path, the request goes bare",
      ],
      [
        "if (authorized === undefined) return dispatch(options, request.handler);",
        "",
        "other traffic ends in a TypeError",
      ],
      [
        ".then(undefined, (thrown) => fail(sent.handler, thrown));",
        ".then(undefined, () => dispatch(options, sent.handler));",
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
      [
        "source === undefined ? over(dispatcher)",
        "source === undefined ? dispatcher",
        "fetch() of the library adds nothing",
      ],
    ],
  ),

  // register
  ...faultsIn(
    "core/src",
    ["core/register"],
    [
      ["writable: false", "writable: true", "a later setGlobalDispatcher lets every request go bare"],
      ["lock(LEGACY, legacy);", "", "requests by Node's own fetch go bare"],
      ["lock(MODERN, modern);", "", "requests by undici 8 go bare"],
    ],
  ),
];
