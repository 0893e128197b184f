/** Faults in bodies and answers on their way through the proxy, and what it tells of them. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Bodies and answers
  ...faultsIn(
    "proxy/src",
    ["proxy/streaming", "proxy/upload", "proxy/headers"],
    [
      ['if (headers["transfer-encoding"] !== undefined) return true;', "", "a body in chunks is lost"],
      [
        "return length !== undefined && Number(length) <= LONGEST_COLLECTED;",
        "return length !== undefined;",
        "an upload of any length is read into memory",
      ],
      [
        "if (this.#error !== undefined) return Promise.reject(this.#error);",
        "",
        "an upload that was cut off looks whole to the server",
      ],
      [
        "if (this.#over) return;\n    this.#req.pause();",
        "if (this.#over) return;",
        "an upload fills the memory where the server is slower than the client",
      ],
      [
        "    this.#chunks = [];\n    this.#finish();\n    this.#req.resume();",
        "    this.#chunks = [];\n    this.#finish();",
        "the rest of an upload that nobody wants blocks its connection",
      ],
      [
        "brokeOff(error);\n      res.destroy();",
        "brokeOff(error);\n      res.end();",
        "a download that was cut off looks whole to the client",
        { tests: ["proxy/streaming-ends"] },
      ],
      [
        "if (this.#options.res.writableNeedDrain) controller.pause();",
        "",
        "a download fills the memory where the client is slower than the server",
      ],
      [
        'if (!this.#over) this.#controller?.abort(new Error("the client went away"));\n      this.#over',
        "this.#over",
        "a request goes on upstream when its client is gone",
        { tests: ["proxy/streaming-ends"] },
      ],
      [
        "if (status < 200 || this.#over) return;",
        "if (this.#over) return;",
        "an informational answer is taken for the answer",
      ],
      [
        "if (upload?.starved || res.writableNeedDrain) res.destroy();",
        "",
        "a client that stops reading holds a connection for ever",
        { tests: ["proxy/slow-clients"] },
      ],
      [
        "if (upload?.starved || res.writableNeedDrain) res.destroy();",
        "res.destroy();",
        "a server that thinks for more than a minute is cut off",
        { tests: ["proxy/slow-clients"] },
      ],
      [
        'STATUS_CODES[status] ?? "", list',
        'STATUS_CODES[599] ?? "", list',
        "an answer has no phrase, which some clients need",
      ],
      [
        "if (load.underWay > most) {",
        "if (false) {",
        "a request that waits for others hangs without a word",
        { tests: ["proxy/waiting"] },
      ],
      [
        "if (req.socket.destroyed) return;",
        "",
        "a client that goes away looks like a server that is down",
        { tests: ["test/doors"] },
      ],
    ],
  ),

  // What a client is told where no answer came
  ...faultsIn(
    "proxy/src",
    ["proxy/fail-closed"],
    [
      ["const PERMANENT = 424", "const PERMANENT = 503", "Python repeats for minutes what will never pass"],
      [
        "withheld(thrown, thrown.transient && answered)",
        "withheld(thrown, thrown.transient)",
        "a program whose secret store has a wrong address hangs for minutes at its start",
      ],
      [
        "withheld(thrown, thrown.transient && answered)",
        "withheld(thrown, false)",
        "a short outage of the secret store ends a training run",
      ],
      [
        'if (code === "PATH_MISLEADING") return',
        "if (false) return",
        "a misleading path is told as a missing credential",
        { tests: ["proxy/odd-paths", "proxy/fail-closed"] },
      ],
      [
        'isTagFailure(error) ? "INTERNAL_ERROR" : "UNAUTHENTICATED"',
        '"UNAUTHENTICATED"',
        "a missing tag is told as a missing credential",
        { tests: ["proxy/run-tags", "proxy/fail-closed"] },
      ],
      ["if (this.last.get(server) === message) return;", "", "an outage fills the log with one line a request"],
      ["if (failures.last.size > 0) failures.last.delete(server);", "", "the second outage of a server is not logged"],
      [
        'new Refusal(502, "TEMPORARILY_UNAVAILABLE", message)',
        'new Refusal(424, "TEMPORARILY_UNAVAILABLE", message)',
        "a server that restarts ends a training run",
      ],
    ],
  ),

  // What it learns of runs and of requests past it
  ...faultsIn(
    "proxy/src",
    ["proxy/created-runs", "proxy/header-token", "proxy/python-bridge"],
    [
      ["const MOST_LINKS = 5", "const MOST_LINKS = 5_000", "exec ends with a thousand links"],
      ["if (this.#length > LONGEST) this.#chunks = [];\n    else ", "", "a long answer is kept in memory"],
      [
        "      // An answer that can't be read is the client's affair: it got every byte.",
        '      throw new Error("unreadable");',
        "an answer that can't be read ends the process",
        { accepted: "undici takes a throwing handler for a broken connection, and by then the client has every byte" },
      ],
      [
        "const ID = /^[\\w-]{1,128}$/;",
        "const ID = /^[^]{1,128}$/;",
        "a server moves the cursor of the terminal by a run's id",
      ],
      [
        "if (url === null || token?.isIn(address)) return true;",
        "if (url === null) return true;",
        "the token of the proxy is printed",
      ],
      ['url.username === "" ? "" : "user@"', "url.username", "a user name in somebody else's address is printed"],
      [
        'port: Number(port) || (scheme === "https" ? 443 : 80),',
        "port: Number(port) || 80,",
        "Python does not know an https server by its usual port",
      ],
      [
        "auth: auth.length > 0,",
        "auth: true,",
        "Python takes a program's own credential away where the file gives none",
      ],
    ],
  ),

  // Answers by the letter of no standard
  ...faultsIn(
    "core/src/connection/lenient-answers.ts",
    ["test/security/odd-answers", "proxy/stale-connections"],
    [
      [
        "bytes[STATUS] === ONE ? -1 : bytes.indexOf(END)",
        "bytes.indexOf(END)",
        "an interim 100 fails a request that was carried out",
      ],
      ["return asParsed(bytes, end);", "return bytes;", "a Content-Length that is said twice fails a request"],
      [
        "for (const length of lengths)",
        "for (const length of [...lengths].slice(0, 1))",
        "of two lengths one is believed",
      ],
      ["0*([1-9]", "([1-9]", "04 beside 4 is another length"],
      ["/^[\\t ]*0*", "/^ *0*", "a length between tabs is another one"],
      ['.replace(ENCODING, "transfer-encoding: $1")', "", "chunks behind a tab are passed on as they are"],
      ["(held?.length ?? 0) > HTTP.length", "false", "a run is created twice when its answer breaks off"],
      ["requests > 1", "true", "a request is sent again to a server that hangs up at once"],
      ["requests > 1", "false", "a GET fails when the server has just closed its connection"],
      ['bytes.includes("\\n\\n")', "false", "an answer whose lines end otherwise never comes"],
    ],
  ),
  ...faultsIn(
    "proxy/src/http",
    ["test/security/odd-answers", "proxy/stale-connections", "proxy/rotated-uploads"],
    [
      ["this.#begun = true;\n  }", "}", "a run is created four times, for its answer can't be read"],
      ["!isMlflowAuthError(thrown) && (begun ||", "(begun ||", "an upload that meets a rotated secret is lost"],
      ["body !== null || !REPEATABLE.has(req.method as string) ||", "body !== null ||", "a DELETE is sent twice"],
      [
        "if (refusal === tooLong && !told)",
        "if (refusal === tooLong)",
        "anybody writes the log full",
        { tests: ["proxy/long-heads"] },
      ],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["proxy/early-answers"],
    [
      [
        "if (error == null || socket.destroyed) return done(error);",
        "return done(error);",
        "the answer to an upload that a server does not want is lost, and looks like an outage",
      ],
    ],
  ),
];
