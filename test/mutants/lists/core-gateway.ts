/** Faults by which an LLM provider behind MLflow's AI gateway gets a credential, or a user loses a key. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // What the file's own word for the gateway costs
  ...faultsIn(
    "core/src/open-authorizer.ts",
    ["core/gateway-header"],
    [
      ["warnOfGatewayHeader(server, logger);", "", "the credential goes to LLM providers, and nobody is told"],
      ["=== headerKey(GATEWAY_AUTHORIZATION)", "=== undefined", "a header that MLflow keeps to itself is warned of"],
      ["auth.length === 0 || gateway", "gateway", "a server without a credential is warned of"],
    ],
  ),
  // Which paths lie below it, who brings keys, and which versions keep what
  ...faultsIn(
    "core/src",
    ["core/gateway"],
    [
      [
        "/\\/gateway|[^!-~]|[%\\\\]/i",
        "/\\/gateway|[^!-~]|[%\\\\]/",
        "/GATEWAY/ is another path, and its headers go on",
      ],
      ["/\\/gateway|[^!-~]|", "/\\/gateway|", "a letter of another width is none, and the headers go on"],
      [
        'segmentReadings(path, "any case").filter',
        'segmentReadings(path, "exact").filter',
        "a front that does not tell letters apart leads there unnoticed",
      ],
      [".slice(basePathOf(server).length)", "", "a server whose base path holds `gateway` answers nothing any more"],
      ["path.split(/[?#]/, 1)[0]", "path", "a query that names the gateway makes a request one to it"],
      [
        "return gateway !== -1 && !isUsers;",
        "return gateway === 0 && !isUsers;",
        "a gateway below a deeper base path hands the credential on",
      ],
      [
        "(?:ajax-)?api\\/\\d+\\.\\d+\\//.test(`/",
        "never\\/\\d+\\.\\d+\\//.test(`/",
        "an artifact named gateway can't be read",
      ],
      [
        'if (around === "none") return LIKELY',
        "if (true) return LIKELY",
        "a server that is listed as /gateway/anthropic hands its credential to Anthropic",
      ],
      [
        "|| (below.length < 2 && OF_A_ROUTE.test(basePathOf(server)))",
        "",
        "a server that is listed as one route of the gateway hands its credential on",
      ],
      [
        'if (around === "passes all on") return true;',
        "",
        "a server that is listed as /gateway/proxy/x hands its credential on with a path of MLflow's",
      ],
      ["return !MLFLOWS_OWN.test(below) ||", "true", "an MLflow that a front serves at /gateway/mlflow is refused"],
      [
        "gateways.length > 0 && gateways.every",
        "gateways.every",
        "by the word of a provider's /version the credential goes on to it",
      ],
      [
        'gatewayAround(server) !== "passes all on" && gateways',
        "gateways",
        "below /gateway/proxy/ the provider is asked for its version, with the credential",
      ],
      [
        "if (!LIKELY.test(server)) return",
        'if (!server.includes("/gateway")) return',
        "a base in another spelling is none",
      ],
      [
        "if (PROVIDER_KEYS.has(key)) found = true;",
        "if (PROVIDER_KEYS.has(key)) found ||= false;",
        "a user's key is replaced by MLflow's credential",
      ],
      ["const text = userAgent.toLowerCase();", "const text = userAgent;", "GeminiCLI's provider gets the credential"],
      ["text.includes(agent)", "text.startsWith(agent)", "an agent that names itself second hands the credential on"],
      ["- (before ? 1 : 0)", "", "a release candidate without the change counts as one that has it"],
      ["isSince(version, 3, 15)", "isSince(version, 3, 14)", "3.14 passes X-MLflow-Authorization on"],
      ["isSince(version, 3, 17)", "isSince(version, 3, 16)", "3.16 passes Authorization on to Anthropic"],
      ["version.major > major ||", "", "MLflow 4 counts as too old"],
    ],
  ),
  // What a request there carries
  ...faultsIn(
    "core/src",
    [
      "core/below-the-gateway",
      "core/below-the-gateway-listed",
      "core/below-the-gateway-answers",
      "core/below-the-gateway-version",
    ],
    [
      [
        "compileDestinations(pipelines, (pipeline) => gateways.get(pipeline) as ServerPipeline)",
        "compileDestinations(pipelines)",
        "LLM providers get the credential",
      ],
      ["|${GATEWAY})", ")", "LLM providers get the credential"],
      [
        'plain(`${origin}${base}`, "(?:[?#]|$)") : NOTHING',
        'plain(`${origin}${base}`, "(?:[?#]|$)") : plain(`${origin}${base}`, "(?:[?#]|$)")',
        "an address inside the gateway counts as any other",
      ],
      [
        'plain(base, "(?:\\\\?|$)") : NOTHING',
        'plain(base, "(?:\\\\?|$)") : plain(base, "(?:\\\\?|$)")',
        "an address inside the gateway counts as any other",
      ],
      [
        "isBelowGateway(path, found.server.uri) ? gatewayOf(found.server) : found.server",
        "found.server",
        "LLM providers get the credential",
      ],
      [
        "if (others.length > 0 && server.gateway === undefined) {",
        "if (false) {",
        "a request goes to the gateway without the front's credential, and nobody hears of it",
      ],
      ["if (server.gateway !== undefined) return inHeader", "if (false) return inHeader", "the file's way out is none"],
      [
        "if (headers.length !== 1 || headerKey(",
        "if (headerKey(",
        "a second header of the credential reaches the provider",
      ],
      [
        '!== "authorization") {\n      const names',
        '=== "" ) {\n      const names',
        "a key in X-API-Key reaches the provider",
      ],
      [
        'if ("unknown" in version) throw',
        'if ("unknown" in version) return inHeader(undefined, result);\n    if (version === undefined) throw',
        "an unknown server gets the credential",
      ],
      ["if (takesOwnHeader(version)) return", "return", "an old MLflow passes X-MLflow-Authorization on"],
      ["if (keepsAuthorization(version)) return", "return", "an old MLflow passes Authorization on"],
      [
        "if (last !== undefined && last.result === result) return last.authorized;\n    const composed",
        "if (last !== undefined) return last.authorized;\n    const composed",
        "after a rotation the old secret goes on being sent",
      ],
      ["(only === undefined || others.length > 0)", "(only === undefined)", "half a credential is sent"],
      [
        "made(result, Object.freeze({ ...composed",
        "((_: unknown, one: AuthorizedHeaders) => one)(result, Object.freeze({ ...composed",
        "a rotation shows as a 401 below the gateway",
      ],
      ["belowGateway ? gateway.authorize : authorize", "authorize", "the second attempt hands the credential on"],
      [
        'kind !== "unauthorized" || server',
        "server",
        "a permission that is missing is explained as a login that failed",
        { accepted: "a hint too many" },
      ],
      [
        "warned = true;\n    const message = `${server.uri} rejected",
        "const message = `${server.uri} rejected",
        "every answer writes a warning",
      ],
      ["(belowGateway && PROVIDER_KEYS.has(key))", "false", "a user's key for the provider is taken away"],
      [
        "if (belowGateway && replacesClientCredentials) drop",
        "if (false) drop",
        "a session that the server gave reaches the provider",
      ],
      ["createsRun(this.#asked) || authorized.belowGateway", "createsRun(this.#asked)", "run tags reach the provider"],
      [
        "rejectionKindOf(this.#asked, status, headers, belowGateway)",
        "rejectionKindOf(this.#asked, status, headers)",
        "a provider's 401 makes the secret store suffer",
      ],
      [
        "!isGatewayOfListed(request.path ?? pathname, server.uri)",
        "false",
        "by the version of one MLflow another one, older and deeper, passes the credential on",
      ],
      ['headers["www-authenticate"] === undefined)', "false)", "a provider's 401 makes the secret store suffer"],
      [
        "(status !== 401 && status !== 403)",
        "false",
        "a 407 counts as a rejection",
        { accepted: "a 407 is none in any case" },
      ],
      ["clock.now() < remembered.until", "true", "a server that was down once is refused for ever"],
      [
        'if ("unknown" in found) memory.until',
        "if (false) memory.until",
        "a server that was down once is refused for ever",
      ],
      [
        "if (known.size >= MOST_SERVERS)",
        "if (false)",
        "hosts of a wildcard fill the memory",
        { accepted: "only memory" },
      ],
      [
        "answer.status !== 200",
        "false",
        "an error page that looks like a version is one",
        { accepted: "no error page does" },
      ],
      [
        "if (this.#length <= LONGEST_ANSWER) return;",
        "return;",
        "an answer without end is read for ever",
        { accepted: "5 seconds later it ends" },
      ],
      ["this.#controller?.abort(tooLate());", "", "the connection of an answer that came too late stays taken"],
      [
        "if (this.#late) controller.abort(tooLate());",
        "",
        "what waited too long is asked all the same",
        { accepted: "one request too many" },
      ],
      [
        "if (pairs[Symbol.iterator]() !== iterator) return pairs;",
        'if (typeof (pairs as { next?: unknown }).next !== "function") return pairs;',
        "headers that wrap what can be read once are lost before they are sent",
      ],
      ["read = [...pairs];", "read = pairs;", "headers from a generator are lost before they are sent"],
    ],
  ),
  ...faultsIn(
    "proxy/src",
    ["proxy/gateway"],
    [["|| isBelowGateway(path, server.uri)", "", "an answer of a provider counts as a run"]],
  ),
];
