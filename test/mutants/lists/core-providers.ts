/** Faults in how somebody else's code is asked, what is made of its answers, and what is kept of them. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // The beginning of a provider
  ...faultsIn(
    "core/src",
    ["test/third-party-plugins", "core/mlflow-auth"],
    [
      [
        "const SHORTEST_START = 15_000",
        "const SHORTEST_START = 0",
        "a plugin with a short time-out never starts on a slow disk",
      ],
      [
        "if (missing.length > 0) {",
        "if (false) {",
        "a provider without its methods fails with the first request, as somebody else's TypeError",
      ],
      ['["getAuth", "invalidate"]', '["getAuth"]', "a provider without invalidate() is found out by the first 401"],
      ['if (own.code !== "PLUGIN_FAILED") throw own;', "", "a plugin's own explanation of its options is lost"],
    ],
  ),

  // Somebody else's code, which may hang, throw or fail over and over
  ...faultsIn(
    "core/src",
    ["core/authorizer", "core/auth", "core/ended-credentials", "core/rejections", "core/plugins"],
    [
      [
        "isPromise(given) ? await withTimeout(given, bound, clock) : given",
        "await given",
        "a plugin that hangs holds every request for ever",
      ],
      [
        "throw pluginFault(thrown, bound);\n    }\n  }\n\n  function warnOnce",
        "throw thrown;\n    }\n  }\n\n  function warnOnce",
        "what a plugin threw comes out as it is, with what it quotes",
      ],
      ["if (reported.has(error)) return;", "", "an outage fills the log with one line a request"],
      ["if (!bound.optional) throw thrown;", "", "a request goes without headers that it must have"],
      ["if (!bound.optional) throw thrown;", "throw thrown;", "an optional plugin stops requests"],
      ["transient: true, remedy", "remedy", "a time-out is told as one that somebody must put right"],
      [
        "return thrown.plugin === undefined ? withPlugin(thrown, instance) : thrown;",
        "return thrown;",
        "an error does not say whose it is",
      ],
      [
        "if (isOurs(thrown)) return",
        "if (thrown instanceof Error && false) return",
        "a plugin's own explanation is withheld",
      ],
      ["`plugin ${instance}: ${message}`", "message", "an error does not say whose it is"],
      [
        "const details = { remedy, server, transient, cause, plugin: instance };",
        "const details = { remedy, server, cause, plugin: instance };",
        "an outage is told as one that somebody must put right",
      ],
      ["named.set(error, result);", "", "one failure is reported with every request"],
      [
        "`plugin ${instance} failed with ${thrownKind(thrown)}`",
        "`plugin ${instance} failed with ${thrown}`",
        "what a plugin threw is printed, with what it quotes",
      ],
      [
        "} catch {\n    return false;\n  }\n}\n\nfunction withPlugin",
        "} catch (error) {\n    throw error;\n  }\n}\n\nfunction withPlugin",
        "an error whose properties throw ends the process",
      ],
      [
        "const alive = setInterval(() => undefined, KEEP_ALIVE);",
        "const alive = undefined;",
        "a program ends without a word while it waits for a plugin that hangs",
        { tests: ["test/third-party-plugins"] },
      ],
      ["        timer.cancel();\n      });", "      });", "each answer leaves a timer behind"],
    ],
  ),

  // What header providers add
  ...faultsIn(
    "core/src",
    ["core/authorizer", "core/auth", "core/ended-credentials", "core/rejections", "core/plugins"],
    [
      [
        "return active ? provider.requestHeaders(request) : undefined;",
        "return provider.requestHeaders(request);",
        "a provider adds its headers where it said that it has none to add",
      ],
      [
        "(yes ? provider.requestHeaders(request) : undefined)",
        "provider.requestHeaders(request)",
        "a provider adds its headers where it promised that it has none to add",
      ],
      [
        "if (given !== (last[index] as ExtraHeaders).headers) return resolveAnew(request, index, given);",
        "",
        "no header of any provider is ever sent",
      ],
      [
        "if (index < start) return last[index]?.headers;",
        "if (index < start) return undefined;",
        "a header is lost when the one behind it changes",
      ],
      [
        "if (headers !== undefined) checkHeaders(headers, bound.instance);",
        "",
        "a header that HTTP does not allow is sent, or ends the process",
      ],
      [
        'if (given !== undefined) checkHeaders(given, bound?.instance ?? "");',
        "",
        "a header that HTTP does not allow is sent, or ends the process",
      ],
      [
        "  } catch (thrown) {\n    return Promise.reject(thrown);",
        "  } catch {\n    return undefined;",
        "a request goes without headers that it must have",
      ],
    ],
  ),

  // What is put together and refused
  ...faultsIn(
    "core/src",
    ["core/authorizer", "core/auth", "core/ended-credentials", "core/rejections"],
    [
      [
        "if (owner !== undefined) throw headerCollision(name, owner, instance, server.uri);\n      owners.set",
        "owners.set",
        "two plugins set one header, and which of them is sent is chance",
      ],
      [
        "for (const [name, value] of entriesOf(read, thrower)) {\n      const owner = owners.get(headerKey(name));",
        "for (const [name, value] of entriesOf(read, thrower)) {\n      const owner = owners.get(name);",
        "two spellings of one header are sent, each of another plugin",
      ],
      [
        "result !== undefined && result.auth !== anonymous ? result : undefined",
        "result",
        "a request that is to go bare ends in an error of ours",
      ],
      [
        "replacesClientCredentials: result !== undefined",
        "replacesClientCredentials: credential !== undefined",
        "an ambient token goes along with a request that is to go bare",
      ],
      [
        "provider: credential?.bound.instance",
        "provider: result?.bound.instance",
        "a 401 to a request that went bare on purpose has a secret fetched",
      ],
    ],
  ),

  // Which server, and what is kept of its last answer
  ...faultsIn(
    "core/src",
    ["core/authorizer", "core/auth", "core/ended-credentials", "core/rejections", "core/where-it-goes"],
    [
      [
        "if (misled !== undefined) throw misleadingPath(misled);",
        "",
        "a path that servers read as leading into the base goes out bare, or out of it unseen",
      ],
      [
        "if (near === undefined || warned.has(near)) return;",
        "if (near === undefined) return;",
        "a near miss is named with every request",
      ],
      ["warnOfNearMiss(request.url);\n", "", "a request that misses its server by its port goes bare without a word"],
      ["    clock.hold();\n", "", "the clock is read once per provider"],
      [
        "last !== undefined && last.result === result && last.extra === extra) return",
        "last !== undefined && last.extra === extra) return",
        "the first credential is sent for ever",
        { tests: ["core/renewal"] },
      ],
      [
        "last.result === result && last.extra === extra) return",
        "last.result === result) return",
        "headers that change are sent as they were first",
        { tests: ["core/authorizer", "core/auth", "core/ended-credentials", "core/rejections"] },
      ],
      [
        "last.result === result && sameHeaders(last.extra, extra)",
        "last.result === result",
        "headers that are promised anew are sent as they were first",
        { tests: ["core/authorizer", "core/auth", "core/ended-credentials", "core/rejections", "core/renewal"] },
      ],
      ["if (result !== undefined) results.set(authorized, result);", "", "nothing is done about a rejection"],
      [
        "origin === undefined || path === undefined ? destinations.match(url) : destinations.matchPath(origin, path)",
        "destinations.match(url)",
        "the path that is judged is not the one that is sent",
      ],
    ],
  ),
];
