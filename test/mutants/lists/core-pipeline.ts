/** Faults in how providers are asked, what is made of their answers, and what follows a rejection. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // What follows a rejection
  ...faultsIn(
    "core/src",
    ["core/renewal", "core/authorizer"],
    [
      [
        'kind === "unauthorized" ? "unauthorized" : "suspected"',
        '"unauthorized"',
        "a 403 that has to do with something else drops the secret in an outage of the store",
      ],
      [
        'kind === "unauthorized" ? "unauthorized" : "suspected"',
        '"suspected"',
        "after a 401 the refused secret goes on being used while the store is down",
      ],
      [
        "const FIRST = 5_000",
        "const FIRST = 1_000",
        "a server that rejects everything has the store asked every second",
      ],
      ["const FACTOR = 4", "const FACTOR = 1", "the pause between two fetches never grows"],
      ["const LONGEST = 300_000", "const LONGEST = 30_000_000", "a rotation goes unnoticed for hours"],
      ["clock.now() < (coolDownOf", "clock.now() <= (coolDownOf", "the pause lasts longer than it says"],
      [
        "?.until ?? Number.NEGATIVE_INFINITY)) return false;",
        "?.until ?? Number.NEGATIVE_INFINITY)) return true;",
        "in the pause the request goes out again with the same refused secret",
        { accepted: "`changed` is asked after it, and gives nothing where the credential is the same one" },
      ],
      [
        "refresh = refetch(result, kind, request).finally(() => refreshes.delete(key));",
        "refresh = refetch(result, kind, request);",
        "a secret is fetched anew once in the life of the process, and never again",
      ],
      ["refreshes.set(key, refresh);", "", "every rejected request fetches the secret by itself: a storm on the store"],
      [
        "`${kind} ${bound.instance}`",
        "`${kind}`",
        "two providers of one server share one refresh, and one of them is never asked",
      ],
      [
        "`${kind} ${bound.instance}`",
        "bound.instance",
        "403s that have to do with something else keep a rotation from being noticed",
      ],
      [
        "if (isPromise(invalidated)) await withTimeout(invalidated, bound, clock);",
        "",
        "the next credential is asked for before the old one is gone",
      ],
      [
        "if (isPromise(invalidated)) await withTimeout(invalidated, bound, clock);",
        "if (isPromise(invalidated)) await invalidated;",
        "a plugin that hangs when it is told of a 401 holds the request for ever",
        { tests: ["core/plugins"] },
      ],
      [
        "if (next !== undefined && !sameCredential(next, result)) return true;",
        "return true;",
        "the same refused secret starts no pause: every request fetches",
      ],
      [
        "why = pluginFault(thrown, bound.instance).message;",
        "why = String(thrown);",
        "what a plugin threw is printed, with what it quotes",
        { tests: ["core/plugins"] },
      ],
      ["  beginCoolDown(result, kind);\n", "", "no pause after a fetch that brought the same secret"],
      [
        "return coolDown !== undefined && sameCredential(coolDown.rejected, result) ? coolDown : undefined;",
        "return coolDown;",
        "a secret that came in place of a refused one is not asked about",
      ],
      ["before === undefined ? FIRST : Math.min(before.delay * FACTOR, LONGEST)", "FIRST", "the pause never grows"],
      [
        'if (kind === "forbidden" && (isPermissionDenial(body) || providerSaysDenial(result, body))) return undefined;',
        "",
        "every request without permission has the secret fetched anew",
        { tests: ["core/rejected"] },
      ],
      [
        'if (kind === "forbidden" && (isPermissionDenial(body) || providerSaysDenial(result, body))) return undefined;',
        'if (kind === "forbidden") return undefined;',
        "a front that answers 403 to an old credential is never sent the new one",
        { tests: ["core/rejected"] },
      ],
      [
        "if (already !== undefined) return already;",
        "",
        "a rejection that comes late costs a fetch though the secret is there",
      ],
      [
        "return (await renewed(result, kind, request)) ? await changed(result, request) : undefined;",
        "await renewed(result, kind, request); return authorized;",
        "the same refused credential is sent a second time",
      ],
      [
        "given === undefined || sameCredential(given, result) ? undefined : current",
        "given === undefined ? undefined : current",
        "the same refused credential is sent a second time",
      ],
    ],
  ),

  // Which credential, and whether it may still be sent
  ...faultsIn(
    "core/src",
    ["core/authorizer", "core/renewal"],
    [
      ["&& !expires(given)) return last;", ") return last;", "a credential is sent after its end"],
      [
        "given === last.auth && bound === last.bound",
        "bound === last.bound",
        "a rotated credential is never picked up",
      ],
      ["!(clock.wallTime() < (given.expiresAt as number))", "false", "a credential is sent after its end"],
      [
        "!(clock.wallTime() < (given.expiresAt as number))",
        "clock.wallTime() > (given.expiresAt as number)",
        "a credential is sent at the moment of its end",
      ],
      [
        "!(clock.wallTime() < (given.expiresAt as number))",
        "!(clock.now() < (given.expiresAt as number))",
        "an end on the wall clock is compared with the time since the start",
      ],
      [
        "if (given !== last?.auth) checkAuth(given, bound.instance);",
        "",
        "what no server takes is sent, or a request goes bare",
      ],
      [
        "if (given === anonymous) return;",
        'if (given === anonymous) throw wrong(bound.instance, "with none");',
        "a server that asks for no credential can't be used beside others",
      ],
      ["checkHeaders(headers, instance).length === 0", "false", "a plugin without an answer sends the request bare"],
      [
        'expiresAt !== undefined && (typeof expiresAt !== "number" || Number.isNaN(expiresAt))',
        "false",
        "an end that is no number is taken for none or for ever",
      ],
      [
        "if (given !== undefined) {\n          check(given, bound);\n          return result(bound, given);\n        }",
        "if (given !== undefined) return result(bound, given);",
        "what a plugin promises is sent unjudged",
      ],
      [
        "throw noCredential(failures, server);",
        "return result(providers[0] as BoundAuth, anonymous);",
        "a request goes bare where no credential is to be had",
      ],
      [
        "if (next !== undefined) asker.warnOnce(",
        "if (false) asker.warnOnce(",
        "nobody hears that the first provider fails",
      ],
      [
        "if (failures.length === 1 && errors[0] !== undefined) return errors[0];",
        "",
        "the only provider's own error is hidden in another",
      ],
      ["errors.some((error) => error.transient)", "false", "an outage is told as one that somebody must put right"],
      [
        "errors.some((error) => error.transient)",
        "errors.every((error) => error.transient)",
        "where one provider is down and another has nothing, clients give up",
      ],
      [
        "if (a.auth === b.auth) return true;\n",
        "",
        "the same object counts as another",
        { accepted: "a short cut: what follows compares the texts of the same headers" },
      ],
      [
        "some.length === others.length && some.every(",
        "some.every(",
        "a credential that got a second header counts as the same",
      ],
      [
        "isSecret(value) ? value.reveal() : value]);\n}\n\nfunction expires",
        'isSecret(value) ? "" : value]);\n}\n\nfunction expires',
        "a rotated secret counts as the same, and is not sent",
      ],
    ],
  ),

  // Somebody else's code, which may hang, throw or fail over and over
  ...faultsIn(
    "core/src",
    ["core/authorizer", "core/plugins"],
    [
      [
        "isPromise(given) ? await withTimeout(given, bound, clock) : given",
        "await given",
        "a plugin that hangs holds every request for ever",
      ],
      [
        "throw pluginFault(thrown, bound.instance);\n    }\n  }\n\n  function warnOnce",
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
        "failed with ${thrownKind(thrown)}`",
        "failed with ${thrown}`",
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
    ["core/authorizer", "core/plugins"],
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
    ["core/authorizer"],
    [
      [
        "if (owner !== undefined) throw collision(name, owner, instance, server);",
        "",
        "two plugins set one header, and which of them is sent is chance",
      ],
      [
        "const owner = owners.get(headerKey(name));",
        "const owner = owners.get(name);",
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
    ["core/authorizer", "core/where-it-goes"],
    [
      [
        "if (misled !== undefined) throw misleadingPath(misled);",
        "",
        "a path that servers read as leading into the base goes out bare, or out of it unseen",
      ],
      [
        "if (pipeline === undefined || warned.has(pipeline)) return;",
        "if (pipeline === undefined) return;",
        "a near miss is named with every request",
      ],
      ["warnOfNearMiss(url);\n", "", "a request that misses its server by its port goes bare without a word"],
      [
        "    clock.hold();\n",
        "",
        "the clock is read once per provider",
        { accepted: "only the speed of a request depends on it; bench/p1 measures that" },
      ],
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
        { tests: ["core/authorizer"] },
      ],
      [
        "last.result === result && sameHeaders(last.extra, extra)",
        "last.result === result",
        "headers that are promised anew are sent as they were first",
        { tests: ["core/authorizer", "core/renewal"] },
      ],
      ["if (result !== undefined) results.set(authorized, result);", "", "nothing is done about a rejection"],
      [
        "origin === undefined || path === undefined\n        ? destinations.match(request.url)\n        : destinations.matchPath(origin, path)",
        "destinations.match(request.url)",
        "the path that is judged is not the one that is sent",
      ],
    ],
  ),

  // What a provider sees of a request
  ...faultsIn(
    "core/src",
    ["core/authorizer", "core/plugins"],
    [
      [
        "this.#server.auth.length === 0 ? url : withoutQueryCredentials(url)",
        "url",
        "a plugin sees the client's own credential",
      ],
      [
        "this.#server.auth.length === 0 ? url : withoutQueryCredentials(url)",
        "withoutQueryCredentials(url)",
        "a plugin signs another URL than the one that is sent",
      ],
    ],
  ),

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
      [
        'if (code !== "PLUGIN_FAILED") throw pluginFault(thrown, instance.name);',
        "",
        "a plugin's own explanation of its options is lost",
      ],
    ],
  ),

  // Tags of a new run
  ...faultsIn(
    "core/src",
    ["core/tags", "core/plugins"],
    [
      [
        "if (!(await bound.provider.inContext())) return [];",
        "",
        "a provider tags runs where it said that it has nothing to say",
      ],
      [
        'if (result.status === "rejected") throw noRun(',
        'if (result.status === "rejected") continue; else if (false) throw noRun(',
        "a run is created without tags that it must have",
      ],
      [
        "if (owner !== undefined) warnOfCollision(key, owner, bound.instance);",
        "",
        "of two tags one is lost without a word",
      ],
      ["if (collisions.has(collision)) return;", "", "a collision is named with every run"],
      [
        "Symbol.iterator in given) {\n    throw wrong",
        "false) {\n    throw wrong",
        "a list or a Map of tags passes for no tags",
      ],
      [
        'if (typeof value !== "string") throw wrong(',
        "if (false) throw wrong(",
        "a tag that is no text makes MLflow answer 400",
      ],
      [
        'if (fault !== undefined) {\n      throw new MlflowAuthError("TAG_INVALID"',
        'if (false) {\n      throw new MlflowAuthError("TAG_INVALID"',
        "a tag beyond MLflow's limits becomes a row that nothing can change",
      ],
      [
        "    transient,\n    cause: error,",
        "    cause: error,",
        "a run that an outage keeps from being created is not tried again",
      ],
      [
        "  failures.add(failure);\n",
        "",
        "the client is told that it lacks a credential, where it is a tag that is missing",
        { tests: ["proxy/run-tags"] },
      ],
    ],
  ),

  // The log at debug
  ...faultsIn(
    "core/src",
    ["core/trace"],
    [
      [
        'if (logger.isLevelEnabled?.("debug") === false) return undefined;',
        "",
        "every request pays for a log that nobody reads",
        { accepted: "only the speed of a request depends on it: the logger drops the line" },
      ],
      [
        "const origin = URL.parse(url)?.origin ?? ",
        "const origin = url ?? ",
        "a query of somebody else's request, with its credential, is logged",
      ],
    ],
  ),
];
