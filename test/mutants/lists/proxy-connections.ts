/** Faults in the connections of clients: how they begin, what they may hold, and how they end. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Whose answer is the last, and what a connection may hold
  ...faultsIn(
    "proxy/src",
    ["proxy/client-faults"],
    [
      [
        "if (isLast || (hasBody(req) && !req.complete)) {",
        "if (isLast) {",
        "a client that is refused in the middle of its upload sees a reset, and not why",
        { tests: ["proxy/client-faults", "proxy/refusals"] },
      ],
      [
        "if (isEnding(socket)) return;\n    connections",
        "connections",
        "a request behind a refused one is answered",
        { tests: ["proxy/refusals"] },
      ],
      [
        "if (isLast) connections.endRefused(req, traffic);\n      refusals.tell(admitted);\n      refuse(req, res, admitted, isLast);",
        "refuse(req, res, admitted);",
        "an outsider holds a connection with one refused request behind the other",
      ],
      [
        "connections.newcomers.delete(socket);",
        "",
        "a client that has shown the token loses its connection where a request is refused",
      ],
      [
        "answerClientFaults(server, connections, logger, logs);",
        "",
        "what follows a request on its connection takes the place of its answer",
      ],
      [
        "else if (before.req.complete) endWith(before, socket);",
        "",
        "what follows a request on its connection takes the place of its answer",
      ],
      [
        'else res.once("socket", callback);',
        "else callback();",
        "the answer to a broken body stands in front of that to the request before it",
      ],
      ["draining && connections.isNewest(res)", "draining", "a stop cuts off requests that stand behind one another"],
      [
        'socket.on("error", () => undefined);',
        "",
        "CONNECT and a reset end a process that has no last net",
        { tests: ["test/doors"] },
      ],
      [
        "setTimeout(() => connections.closeAll(), grace),",
        "setTimeout(() => server.closeAllConnections(), grace),",
        "a connection that said CONNECT keeps the proxy from ending",
        { tests: ["test/doors"] },
      ],
      [
        "if (head < bytes.length) socket.unshift(bytes.subarray(head));",
        "",
        "what comes with the first head of a connection is lost",
      ],
      [
        "chunk.copy(room, length);",
        "chunk.copy(room);",
        "a head that comes in pieces is another one",
        { tests: ["proxy/client-faults"] },
      ],
      [
        "const from = Math.max(0, length - END_OF_HEAD.length);",
        "const from = length;",
        "a head whose end comes in two pieces is not seen to be complete",
      ],
      [
        "const timer = setTimeout(fail, timeout);",
        "const timer = setTimeout(leave, timeout);",
        "a connection without a head stays open",
        { tests: ["proxy/client-faults", "proxy/slow-clients"] },
      ],
      [
        "if (this.newcomers.size <= this.#most && bytes <= THEIR_BYTES) return;",
        "if (bytes <= THEIR_BYTES) return;",
        "connections that say nothing take every descriptor",
        { tests: ["test/doors"] },
      ],
      [
        "|| closing()) {",
        ") {",
        "a stop waits for clients that keep their connections",
        { tests: ["proxy/streaming-ends"] },
      ],
      [
        "headersTimeout: headTimeout,",
        "",
        "a client that sends its head byte by byte holds a connection for ever",
        { tests: ["proxy/slow-clients"] },
      ],
      [
        "requestTimeout: 0,",
        "requestTimeout: 1,",
        "an upload of more than a moment is cut off",
        { tests: ["proxy/streaming", "proxy/slow-clients"] },
      ],
      ["maxHeaderSize: LONGEST_HEAD,", "", "a request with large cookies is refused", { tests: ["proxy/long-heads"] }],
      [
        "server.maxHeadersCount = 0;",
        "",
        "a short head of a thousand lines is called longer than 64 KiB",
        { tests: ["proxy/long-heads"] },
      ],
    ],
  ),

  // What a refused upload costs
  ...faultsIn(
    "proxy/src/http/connections.ts",
    ["proxy/refused-uploads"],
    [
      ["if (left < 0) socket.pause();", "", "an outsider has the proxy read all that he sends, and shuts others out"],
      ["bytes: Number.POSITIVE_INFINITY", "bytes: 0", "a client never sees why its upload is refused"],
      [
        "bytes: 64 * 1024, waits",
        "bytes: 0, waits",
        "what comes in small pieces is kept, each at the price of a large one",
      ],
    ],
  ),

  // How the connection of a refused request ends
  ...faultsIn(
    "proxy/src/http",
    ["proxy/refused-in-a-crowd"],
    [
      ["this.newcomers.size > CROWD", "false", "who floods connects anew at once, and shuts others out"],
      ["this.newcomers.size > CROWD", "true", "a client that waits for the end of the connection waits for nothing"],
      ["const CROWD = 16;", "const CROWD = 256;", "who floods with fewer connections connects anew at once"],
      ["{ ...FOR_NEWCOMERS, waits: true }", "FOR_NEWCOMERS", "who floods connects anew at once, and shuts others out"],
      [
        'if (patience.waits) socket.once("end", () => socket.destroy());\n    else socket.end();',
        "if (!patience.waits) socket.end();",
        "a connection that its client has closed keeps its descriptor",
      ],
      [
        "patience.milliseconds === 0 && socket.writableLength === 0",
        "false",
        "a connection on which nothing can come is read, and keeps its descriptor",
      ],
      [
        "else if (socket.readableLength === 0 && !bodyComes(req)) patience = FOR_NOTHING;",
        "else patience = FOR_NOTHING;",
        "the client of a refused upload sees a reset, and not why",
      ],
      [
        "socket.readableLength === 0 && !bodyComes(req)",
        "!bodyComes(req)",
        "a client that has sent more than the refused request sees a reset, and not why",
      ],
      [
        'hasBody(req) && !EXPECTATION.test(req.headers.expect ?? "")',
        "hasBody(req)",
        "the connection of a client that does not send its upload is read, and keeps its descriptor",
      ],
    ],
  ),
];
