/** Faults in a request that is sent again: the answer that is held back, and the body. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // One request, sent once or twice
  ...faultsIn(
    "core/src",
    ["core/rejected", "core/interceptor", "core/run-tags"],
    [
      ["authorized.server.tags.length === 0 || !createsRun(this.#asked)", "true", "no run gets its tags"],
      [
        "authorized.server.tags.length === 0 || !createsRun(this.#asked)",
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
        "if (again === undefined) {",
        "if (false) {",
        "a body that can't be sent again goes out empty, or ends the process",
      ],
      [
        "this.#body === undefined ? { body: null } : this.#body.again()",
        "{ body: null }",
        "the second attempt has no body",
      ],
      [
        "if (provider !== undefined) {\n        const kind",
        "if (false) {\n        const kind",
        "a rotation shows as a 401",
      ],
      ["if (status >= 200) {", "if (status >= 100) {", "an informational answer ends the hold on the body"],
      [
        "      this.#body?.release();\n      const",
        "      const",
        "the first MiB of every upload is kept",
        { accepted: "only memory: nothing reads the recorded chunks after an answer that is passed on" },
      ],
      [
        "new SecondAttempt(this.handler, authorized, this)",
        "this",
        "a second 401 has the request sent a third time, and so on",
      ],
    ],
  ),

  // An upload that only its client can send again
  ...faultsIn(
    "core/src",
    ["core/rejected", "proxy/rotated-uploads"],
    [
      [
        "if (before !== undefined && now < before.until && sameHeaders(before.renewed, rejected)) return undefined;",
        "",
        "a server that takes none of the secrets that a store makes keeps its client busy for ever",
      ],
      ["now < before.until && ", "", "an upload whose client gave up gets a 401 at the next rotation"],
      [
        "if (awaited.size > 0) awaited.delete(uploadKey(this.#asked));",
        "",
        "the second rotation during one artifact's uploads fails with a 401",
      ],
      ["else if (again instanceof Error) this.#fail(controller, again);", "", "it ends the process"],
      [
        "if (!this.#over) controller.abort(error);",
        "",
        "the rest of a refused upload goes on, or looks whole",
        { tests: ["core/held-answer"] },
      ],
    ],
  ),
  ...faultsIn(
    "core/src/transport",
    ["test/nodes/nodes"],
    [
      ["bytes.size - 2 === length", "false", "a form under Node 22 fails in a rotation"],
      [
        "globalThis.fetch = fetchCarrying(globalThis.fetch, own);",
        "",
        "a file that is uploaded under register fails in a rotation",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/transport/form-body.ts",
    ["core/form-body"],
    [
      ['.replace(/"/g, "%22")', "", "a name with a quote breaks out of its part"],
      ['text.replace(/\\r?\\n|\\r/g, "\\r\\n")', "text", "a form is longer or shorter than fetch has announced"],
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
      ["controller.pause();\n    retry(", "retry(", "an answer is read on while it is decided about"],
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
      [
        "if (isLong && !(this.#bytes === bytes && bytes === this.#length())) this.#keeping = false;",
        "",
        "every upload is kept in memory",
      ],
      [
        "this.#bytes === bytes && bytes === this.#length()",
        "bytes === this.#length()",
        "the second attempt of an upload lacks its first chunk",
        { tests: ["core/replay"] },
      ],
      [
        "!(this.#bytes === bytes && bytes === this.#length())",
        "true",
        "a text of 20 MiB fails in a rotation",
        { tests: ["core/replay"] },
      ],
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
      ['if (typeof body === "string") return true;', "", "a text is not sent again"],
      ["copied ? Buffer.from(value) : value", "value", "a body from a buffer that is used again goes out garbled"],
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
];
