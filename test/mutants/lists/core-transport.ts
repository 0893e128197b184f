/** Faults in what goes over the wire from a library's client: where, with what, once or twice. */
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
      [
        "origin.charCodeAt(origin.length - 1) === SLASH ? origin.slice(0, -1) : origin",
        "origin",
        "an origin with a slash at its end goes bare",
      ],
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

  // One request, sent once or twice
  ...faultsIn(
    "core/src",
    ["core/rejected", "core/interceptor", "core/run-tags"],
    [
      ["authorized.server.tags.length === 0 || !createsRun(this.#url)", "true", "no run gets its tags"],
      [
        "authorized.server.tags.length === 0 || !createsRun(this.#url)",
        "authorized.server.tags.length === 0",
        "every request is read and changed as if it made a run",
      ],
      [
        ".catch((thrown) => this.handler.onResponseError?.(null as never, thrown as Error));",
        ".catch(() => this.#send());",
        "a run is created without the tags that it must have",
      ],
      [
        "return agent === undefined ? dispatch(options, handler) : agent.dispatch(options, handler);",
        "return dispatch(options, handler);",
        "a server's own CA and client certificate are not used",
        { tests: ["test/transport/tls"] },
      ],
      [
        "if (authorized === undefined || again === undefined) return undefined;",
        "if (authorized === undefined) return undefined;",
        "a body that can't be sent again goes out empty, or ends the process",
      ],
      [
        "this.#body === undefined ? { body: null } : this.#body.again()",
        "{ body: null }",
        "the second attempt has no body",
      ],
      [
        "if ((this.#authorized as AuthorizedHeaders).provider !== undefined) {",
        "if (false) {",
        "a rotation shows as a 401",
      ],
      ["if (status >= 200) {", "if (status >= 100) {", "an informational answer ends the hold on the body"],
      [
        "      this.#body?.release();\n    }\n    this.handler.onResponseStart",
        "    }\n    this.handler.onResponseStart",
        "the first MiB of every upload is kept",
        { accepted: "only memory: nothing reads the recorded chunks after an answer that is passed on" },
      ],
      [
        "new PassingHandler(this.handler, this.server)",
        "this",
        "a second 401 has the request sent a third time, and so on",
      ],
    ],
  ),

  // An answer that is held back
  ...faultsIn(
    "core/src",
    ["core/held-answer", "core/rejected"],
    [
      [
        'if (kind !== "forbidden") {',
        "if (true) {",
        "a permission denial has the secret fetched anew, and its body is not looked at",
      ],
      [
        "this.#timer = clock.setTimeout(() => this.#decideByBody(controller), LONGEST_WAIT);",
        "",
        "a 403 that trickles in holds its request for ever",
      ],
      [
        "if (this.#look.bytes >= LONGEST_LOOK) this.#decideByBody(controller);",
        "",
        "a long 403 fills the memory, for it is held to its end",
      ],
      [
        "if (this.#discarded > LONGEST_DISCARD) controller.abort(",
        "if (false) controller.abort(",
        "a refused answer without end is read for ever",
      ],
      [
        "this.#forward(() => this.#options.handler.onResponseEnd?.(controller, trailers));",
        "",
        "an answer that is passed on never ends",
      ],
      [
        "if (this.#look !== undefined) this.#decideByBody(controller);\n  }\n\n  onResponseError",
        "}\n\n  onResponseError",
        "a short 403 is passed on a second late",
      ],
      [
        "if (this.#discarding) return;\n    this.#forward(() => this.#options.handler.onResponseError",
        "this.#forward(() => this.#options.handler.onResponseError",
        "a request that succeeded at its second attempt fails, because the first answer was cut off",
      ],
      [
        "if (this.#look !== undefined) this.#pass(controller);",
        "",
        "a 403 that is cut off leaves its caller waiting for the time-out",
      ],
      [
        "controller.pause();",
        "",
        "an answer is read on while it is decided about",
        { accepted: "only memory: what comes meanwhile is kept as an event" },
      ],
      [
        "() => this.#pass(controller),\n    );",
        "() => undefined,\n    );",
        "a plugin that fails when it is told of a 401 leaves the request hanging",
        { accepted: "`rejected` of the authorizer never rejects: it catches what plugins throw" },
      ],
      ["controller?.resume();", "", "an answer that was held stops after its head"],
      [
        "    this.#events = undefined;\n    this.#discarding = true;",
        "    this.#discarding = true;",
        "the refused answer and the good one are mixed",
        { accepted: "only memory: nothing passes them on once the answer is discarded" },
      ],
      [
        "this.#timer = this.#options.clock.setTimeout(late, LONGEST_WAIT);\n    controller.resume();",
        "this.#timer = this.#options.clock.setTimeout(late, LONGEST_WAIT);",
        "the connection of a refused answer is never used again",
      ],
    ],
  ),

  // A body that may be sent again
  ...faultsIn(
    "core/src",
    ["core/replay", "core/rejected", "core/interrupted-upload"],
    [
      [
        "const LONGEST_REPLAY = 1024 * 1024",
        "const LONGEST_REPLAY = 512 * 1024",
        "an upload of nearly a MiB fails in a rotation",
      ],
      [
        "const LONGEST_REPLAY = 1024 * 1024",
        "const LONGEST_REPLAY = 1024 * 1024 * 1024",
        "every upload is kept in memory",
      ],
      ["if (this.#bytes > LONGEST_REPLAY) this.#keeping = false;", "", "every upload is kept in memory"],
      [
        "if (!this.#keeping) return undefined;\n    this.#keeping = false;",
        "this.#keeping = false;",
        "a second attempt lacks the beginning of its body",
      ],
      ["this.#reader = SECOND;", "", "the first attempt takes what belongs to the second"],
      [
        'typeof (body as { pipe?: unknown }).pipe !== "function"',
        "true",
        "a stream that was read is sent a second time",
      ],
      [
        'if (typeof body === "string") return true;',
        "",
        "a text is not sent again",
        { accepted: "undici takes a text as an iterable, so it is recorded and sent again all the same" },
      ],
      [
        'this.#keeping && typeof value !== "string" ? Buffer.from(value) : value',
        "value",
        "a body from a buffer that is used again goes out garbled",
      ],
      [
        'if (reader !== this.#reader) throw new Error("the body goes out again with another credential");',
        "",
        "the first upload looks whole to its server",
      ],
      [
        "if (reader === this.#reader && !this.#keeping && !this.#ended) await this.#source.return?.();",
        "",
        "a source that nobody reads on is never closed",
      ],
      [
        "this.#chunks.splice(0, before - this.#forgotten);",
        "",
        "what has been sent stays in memory, and is sent in the wrong order",
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

  // Tags in the body of a new run
  ...faultsIn(
    "core/src",
    ["core/run-tags"],
    [
      [
        'key === "content-encoding" && text !== "" && text !== "identity"',
        "false",
        "tags come into a compressed body, which is broken then",
      ],
      ['text !== "" && text !== "identity"', 'text !== ""', "a body that says that it is not compressed gets no tags"],
      ["else if (DIGESTS.has(key)) reason", "else if (false) reason", "a body no longer fits its digest"],
      [
        'new Set(["content-digest", "repr-digest", "digest", "content-md5"])',
        'new Set(["repr-digest", "digest", "content-md5"])',
        "a body no longer fits its digest",
      ],
      [
        "!replacesClientCredentials && text.startsWith",
        "text.startsWith",
        "a signature that is replaced anyway keeps the tags out",
      ],
      [
        'key === "authorization" && !replacesClientCredentials && text.startsWith("aws4-")',
        "false",
        "a signed body is changed, and refused",
      ],
      [
        "const LONGEST = 1024 * 1024",
        "const LONGEST = 16 * 1024 * 1024",
        "a body without end is read into memory before it is sent",
      ],
      [
        "if (length > LONGEST) return { uncollected: resumed(chunks, iterator) };",
        "if (length > LONGEST) return { uncollected: iterator };",
        "the first MiB of a long body is lost",
      ],
      [
        "length > LONGEST ? { uncollected: body } : { bytes: bytes() }",
        "{ bytes: bytes() }",
        "a body of any length is changed",
      ],
      [
        "return { ...options, headers: withoutLength(headers), body: sameKind(options.body, tagged) };",
        "return { ...options, body: sameKind(options.body, tagged) };",
        "the length that is sent is not the body's",
      ],
      [
        "new Blob([bytes as Uint8Array<ArrayBuffer>], { type: given.type })",
        "new Blob([bytes as Uint8Array<ArrayBuffer>])",
        "a Blob's content type is lost",
      ],
      [
        "authorizer.warnUntagged(server, `its body ${reason}`);",
        "",
        "a run without its tags is created without a word",
      ],
      ["authorizer.warnUntagged(server, why);", "", "a run without its tags is created without a word"],
      [
        'authorizer.warnUntagged(server, "its body is not a JSON object that describes a run");',
        "",
        "a run without its tags is created without a word",
      ],
      [
        "Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)",
        "Buffer.from(chunk.buffer)",
        "bytes of the client's memory that it did not mean to send go out",
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
