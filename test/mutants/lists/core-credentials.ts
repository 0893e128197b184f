/** Faults in which credential goes out, what becomes of it after a rejection, and what a provider sees of a request. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // What follows a rejection
  ...faultsIn(
    "core/src",
    ["core/renewal", "core/authorizer", "core/auth", "core/ended-credentials", "core/rejections"],
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
      [
        "clock.now() < (coolDowns.get(key)",
        "clock.now() <= (coolDowns.get(key)",
        "the pause lasts longer than it says",
      ],
      [
        "?.until ?? Number.NEGATIVE_INFINITY)) return false;",
        "?.until ?? Number.NEGATIVE_INFINITY)) return true;",
        "in the pause the request goes out again with the same refused secret",
        { accepted: "`changed` is asked after it, and gives nothing where the credential is the same one" },
      ],
      [
        "refresh = refetch(result, rejection, request).finally(() => refreshes.delete(key));",
        "refresh = refetch(result, rejection, request);",
        "a secret is fetched anew once in the life of the process, and never again",
      ],
      ["refreshes.set(key, refresh);", "", "every rejected request fetches the secret by itself: a storm on the store"],
      [
        "=> `${kind} ${credentialKey(result)}`",
        "=> `${kind}`",
        "two credentials of one server share one refresh, and one of them is never asked for",
      ],
      [
        "=> `${kind} ${credentialKey(result)}`",
        "=> credentialKey(result)",
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
        "why = pluginFault(thrown, bound).message;",
        "why = String(thrown);",
        "what a plugin threw is printed, with what it quotes",
        { tests: ["core/plugins"] },
      ],
      ["  beginCoolDown(keyOf(result, kind));\n", "", "no pause after a fetch that brought the same secret"],
      [
        "if (auth.id !== undefined) return `${bound.instance} id ${auth.id}`;",
        "if (auth.id !== undefined) return bound.instance;",
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
        "if (already !== undefined) return already;\n    return (await",
        "return (await",
        "a rejection that comes late costs a fetch though the secret is there",
      ],
      [
        "return (await renewed(result, rejection, request)) ? await changed(result, request) : undefined;",
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
    ["core/authorizer", "core/auth", "core/ended-credentials", "core/rejections", "core/renewal"],
    [
      ["&& !expires(given)) return last;", ") return last;", "a credential is sent after its end"],
      [
        "given === last.auth && bound === last.bound",
        "bound === last.bound",
        "a rotated credential is never picked up",
      ],
      ["clock.wallTime() < (expiresAt as number) ?", "true ?", "a credential is sent after its end"],
      [
        "clock.wallTime() < (expiresAt as number) ?",
        "clock.wallTime() <= (expiresAt as number) ?",
        "a credential is sent at the moment of its end",
      ],
      [
        "clock.wallTime() < (expiresAt as number) ?",
        "clock.now() < (expiresAt as number) ?",
        "an end on the wall clock is compared with the time since the start",
      ],
      [
        "if (given !== last?.auth) checkAuth(given, bound);",
        "",
        "what no server takes is sent, or a request goes bare",
      ],
      ["if (allowsAnonymous) return;", "", "a server that asks for no credential can't be used beside others"],
      [
        "if (allowsAnonymous) return;",
        "return;",
        "a plugin that takes a refusal for the word that no credential is needed sends everything bare",
        { tests: ["core/authorizer", "core/auth", "core/ended-credentials", "core/rejections"] },
      ],
      [
        "throw notAllowed(bound.instance, server);",
        "return;",
        "requests go bare though the file does not allow it",
        { tests: ["core/authorizer", "core/auth", "core/ended-credentials", "core/rejections"] },
      ],
      ["checkHeaders(headers, instance).length === 0", "false", "a plugin without an answer sends the request bare"],
      [
        'expiresAt !== undefined && (typeof expiresAt !== "number" || Number.isNaN(expiresAt))',
        "false",
        "an end that is no number is taken for none or for ever",
      ],
      [
        "        if (given !== undefined) check(given, bound);\n        if (passedEnd",
        "        if (passedEnd",
        "what a plugin promises is sent unjudged",
      ],
      [
        "      if (given !== undefined) check(given, bound);\n      return given;",
        "      return given;",
        "what a plugin gives in the place of an ended credential is sent unjudged",
      ],
      ["told.delete(ended);", "", "a provider that did not take the word of an ended credential is never told again"],
      ["told.get(ended) ?? tell()", "tell()", "each of many requests throws away what another one has fetched anew"],
      [
        "if (already !== undefined) return already;\n    const delay = nextDelay(pauses",
        "const delay = nextDelay(pauses",
        "the more requests there are, the longer a backend is left alone",
      ],
      [
        "const paused = ended?.pausedBy(bound);",
        "const paused = undefined as MlflowAuthError | undefined;",
        "a backend that gives what has ended is asked for every request",
      ],
      [
        "const paused = index === 0 ? undefined : ended?.pausedBy(bound);",
        "const paused = undefined as MlflowAuthError | undefined;",
        "the second backend that gives what has ended is asked for every request",
      ],
      ["ended?.endPause(bound);", "", "years after an outage the next one is waited for half a minute"],
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
        "a.auth === b.auth || credentialKey",
        "credentialKey",
        "the same object counts as another",
        { accepted: "a short cut: what follows compares the texts of the same headers" },
      ],
      [
        "if (auth.id !== undefined) return `${bound.instance} id ${auth.id}`;\n",
        "",
        "headers that differ from request to request count as a rotation: each 401 goes out twice",
      ],
      [
        "isSecret(value) ? value.reveal() : value]);\n  return `",
        'isSecret(value) ? "" : value]);\n  return `',
        "a rotated secret counts as the same, and is not sent",
      ],
    ],
  ),

  // What a provider sees of a request
  ...faultsIn(
    "core/src",
    ["core/authorizer", "core/auth", "core/ended-credentials", "core/rejections", "core/plugins"],
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
];
