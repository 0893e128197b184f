/** Faults in the local proxy: who may use it, where a request goes, and what passes in either direction. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Who may use it
  ...faultsIn(
    "proxy/src",
    ["proxy/refusals"],
    [
      [
        "return hosts === 1 && own.isOwnHost(value, req.socket) ? undefined : badHost;",
        "return own.isOwnHost(value, req.socket) ? undefined : badHost;",
        "of two Host headers a server behind may take the other",
      ],
      [
        "return hosts === 1 && own.isOwnHost(value, req.socket) ? undefined : badHost;",
        "return hosts === 1 ? undefined : badHost;",
        "a web page reaches the proxy by a name of its own that leads to this machine",
      ],
      [
        "return own.isOwnOrigin(value, req.socket) ? undefined : badOrigin;",
        "return undefined;",
        "a web page sends requests with our credential",
      ],
      ['case "x-forwarded-for":\n', "", "another proxy opens this one to a network"],
      ['case "forwarded":\n', "", "another proxy opens this one to a network"],
      [
        "if (hosts === 0) return badHost;",
        "",
        "a request without a Host passes",
        { accepted: "Node's own parser refuses HTTP/1.1 without a Host; of HTTP/1.0 no client of ours speaks" },
      ],
      [
        "if (!token.isToken(header ?? path.slice(1, end))) return badToken;",
        "",
        "whoever reaches the port uses the credentials",
      ],
      [
        "header ?? path.slice(1, end)",
        "path.slice(1, segmentEnd(path))",
        "the bridge in Python can't use the proxy",
        { tests: ["proxy/header-token"] },
      ],
      ["if (token.isIn(path)) return tokenAgain;", "", "the server gets the token of the proxy"],
      [
        "return leadsOut(path) ? misleadingPath : { path, prefix };",
        "return { path, prefix };",
        "a path that leads out of the base is sent on",
        { accepted: "the authorizer refuses the same paths, with the same status; this refusal spares it the request" },
      ],
      [
        "if (REFUSED_METHODS.has(req.method as string)) return badMethod;",
        "",
        "TRACE shows the credential to the client",
      ],
      [
        'new Set(["CONNECT", "TRACE", "TRACK"])',
        'new Set(["CONNECT", "TRACK"])',
        "TRACE shows the credential to the client",
      ],
      ['if (!(req.url as string).startsWith("/")) return badTarget;', "", "an absolute target is taken for a path"],
      [
        'if (value.toLowerCase() !== "h2c") return noUpgrade;',
        "",
        "a web socket stays open as a tunnel that nobody judges",
      ],
      [
        'transferEncoding !== undefined || value.toLowerCase() !== "chunked"',
        "transferEncoding !== undefined",
        "a second request is hidden in a body that servers read differently",
      ],
      [
        "if (contentLength !== undefined) return badFraming;",
        "",
        "a second request is hidden in a body whose length is given twice",
      ],
      [
        '(contentLength !== undefined || req.httpVersion !== "1.1")',
        '(req.httpVersion !== "1.1")',
        "a second request is hidden in a body with a length and chunks",
      ],
      [
        '(contentLength !== undefined || req.httpVersion !== "1.1")',
        "(contentLength !== undefined)",
        "a second request is hidden in chunks of HTTP/1.0",
      ],
      [
        "`${name.toLowerCase()}:${port}`",
        "name.toLowerCase()",
        "a name without the port, or with another, is the proxy's",
      ],
      ["hosts.has(host.toLowerCase()) ||", "hosts.has(host) ||", "LOCALHOST is refused"],
      [
        "host === `${bracketed(socket.localAddress)}:${port}`",
        "false",
        "in a pod the proxy refuses its own address",
        { tests: ["proxy/slow-clients", "proxy/refusals", "proxy/own-address"] },
      ],
      ['origin.startsWith("http://") && isOwnHost', "isOwnHost", "an origin with https is the proxy's"],
      ["if (text.length !== expected.length) return false;", "", "a token with more behind it is taken"],
      [
        "return timingSafeEqual(given, expected);",
        "return given.equals(expected);",
        "the time of an answer tells how much of a token is right",
        { accepted: "no test can measure that reliably; the comparison is named in docs/security.md" },
      ],
      ["return timingSafeEqual(given, expected);", "return true;", "any token of the right length is taken"],
      ["if (reading.includes(token)) return true;", "", "the server gets the token of the proxy, escaped"],
      ["randomBytes(32)", "randomBytes(8)", "a token can be guessed", { tests: ["cli/token-file", "cli/proxy"] }],
    ],
  ),

  // Where a request goes
  ...faultsIn(
    "proxy/src",
    ["proxy/refusals", "proxy/redirects"],
    [
      [
        "return server === undefined ? unlisted : { origin, path, server, mount };",
        "return { origin, path, server: server as never, mount };",
        "the proxy is an open relay",
      ],
      [
        "AUTHORITY.test(authority) ? URL.parse",
        "true ? URL.parse",
        "a named server with a user in it is parsed as another host",
      ],
      [
        "const NAMED_SERVER = /^\\/~(https?)(?::|%3a)",
        "const NAMED_SERVER = /^\\/~(https?)(?::)",
        "a browser that escapes the colon of a named server gets nowhere",
      ],
      [
        "(pathname === base || pathname.startsWith(`${base}/`))",
        "pathname.startsWith(base)",
        "a redirect to a neighbour of the base leads into it",
      ],
      [
        "if (parsed === null || serverFor(parsed.href) === undefined) return undefined;",
        "if (parsed === null) return undefined;",
        "a URL of no listed server gets an address of the proxy",
      ],
      [
        "const sameServer = url.origin === upstream.origin && this.#routes.serverOf(url.href) === upstream.server;",
        "const sameServer = this.#routes.serverOf(url.href) !== undefined;",
        "a redirect to another listed server takes the client's request there with its credential",
      ],
      [
        "return path === undefined ? url.href :",
        "return path === undefined ? value :",
        "a relative redirect out of the base leads to the proxy itself",
      ],
      [
        "`http://${req.headers.host}${prefix}${path}`",
        "`http://${req.headers.host}${path}`",
        "a redirect loses the token, and the client is refused",
      ],
      [
        'path.replace(/^([^?#]*?)\\/+$/, "$1")',
        "path",
        "clients append to an address with a slash, and send an empty segment",
      ],
      [
        'if (path === "" && prefix !== "" && (req.method === "GET" || req.method === "HEAD")) {',
        "if (false) {",
        "a page of the UI resolves its addresses outside of the token's path",
      ],
      [
        "    uses++;\n",
        "",
        "exec says that the program never used the proxy",
        { tests: ["proxy/streaming", "proxy/refusals", "cli/exec"] },
      ],
      [
        "if (routes.pathFor(options.upstream) === undefined) {",
        "if (false) {",
        "a proxy for no listed server starts, and refuses everything",
        { tests: ["proxy/streaming", "proxy/fail-closed", "proxy/redirects"] },
      ],
    ],
  ),

  // Headers
  ...faultsIn(
    "proxy/src",
    ["proxy/headers"],
    [
      [
        "if (staysHere(name) || (named !== none && named.has(name.toLowerCase()))) continue;",
        "if (staysHere(name)) continue;",
        "what Connection names goes on to the server",
      ],
      [
        "if (staysHere(name) || (named !== none && named.has(name.toLowerCase()))) continue;",
        "if (named !== none && named.has(name.toLowerCase())) continue;",
        "Transfer-Encoding and Host of the client go on to the server",
      ],
      [
        '"x-original-url", "x-rewrite-url"]',
        '"x-original-url"]',
        "a server takes the path from a header, and answers for another",
      ],
      [
        'new Set(["host", "expect", "x-real-ip"',
        'new Set(["host", "expect"',
        "a server believes the address of whoever sends X-Real-IP",
      ],
      [
        "|| key.startsWith(NEVER_SENT_PREFIX)) return true;",
        ") return true;",
        "a server believes X-Forwarded-User of whoever sends it",
      ],
      [
        "const key = headerKey(name);\n  if (HOP_BY_HOP",
        "const key = name.toLowerCase();\n  if (HOP_BY_HOP",
        "proxy_authorization and X_Forwarded_User go on to the server",
      ],
      [
        'return key === "content-length" && name.toLowerCase() !== key;',
        "return false;",
        "content_length tells the server another length than the body's",
      ],
      [
        "if (HOP_BY_HOP.has(name) || name === NEVER_RETURNED",
        "if (name === NEVER_RETURNED",
        "headers of the upstream's connection reach the client",
      ],
      ["|| name === NEVER_RETURNED ||", "||", "a browser goes around the proxy by Alt-Svc"],
      [
        "for (const value of given ?? []) list.push",
        "for (const value of (given ?? []).slice(0, 1)) list.push",
        "of several cookies one arrives",
      ],
      [
        "if (key === TOKEN_HEADER) return undefined;",
        "",
        "the server gets the token of the proxy",
        { tests: ["proxy/header-token", "proxy/headers"] },
      ],
      [
        'if (key === "origin") return this.#routed.upstream.origin;',
        "",
        "MLflow refuses a browser's request as one of another site",
      ],
      [
        "this.#own.token?.isIn(value) ? undefined : value",
        "false ? undefined : value",
        "a header tells the server the token of the proxy",
      ],
      [
        "if (url === null || !isOwnOrigin(url.origin, this.#routed.req.socket)) return value;",
        "if (url === null) return value;",
        "a Referer of another site is lost or changed",
      ],
      [
        "if (!url.pathname.startsWith(`${mountPoint}/`)) return undefined;",
        "",
        "a Referer without the token is cut to nonsense",
      ],
      [
        'TELLING_POLICY.test(value) ? "strict-origin-when-cross-origin" : value',
        "value",
        "a browser tells other sites the token by the Referer",
      ],
      [
        'value.split(",").map((name) => name.trim().toLowerCase())',
        'value.split(",")',
        "what Connection names goes on to the server",
      ],
    ],
  ),

  // Cookies
  ...faultsIn(
    "proxy/src",
    ["proxy/set-cookie"],
    [
      ['if (name === "domain") continue;', "", "a browser throws the cookie of the server away"],
      [
        'rewritten ? start + (prefix + ownPath(given, upstream) || "/") : attribute',
        "attribute",
        "a session of the server goes to whatever else listens on this machine",
      ],
      [
        '(prefix + ownPath(given, upstream) || "/")',
        "ownPath(given, upstream)",
        "a session of the server goes to whatever else listens on this machine",
      ],
      [
        'if (bare && !path.startsWith("/")) kept.push(` Path=${prefix}`);',
        "",
        "a cookie without a path goes to whatever else listens on this machine",
      ],
      [
        "if (path === base || path.startsWith(`${base}/`)) return at + path.slice(base.length);",
        "if (path.startsWith(base)) return at + path.slice(base.length);",
        "a cookie of a neighbour of the base comes with every request",
      ],
      [
        "return above ? `${at}/` :",
        "return true ? `${at}/` :",
        "a cookie of a neighbour of the base comes with every request",
      ],
      [
        "attribute.slice(0, equals).trim().toLowerCase()",
        "attribute.slice(0, equals).toLowerCase()",
        "a cookie's domain with a blank in front stays, and a browser throws it away",
      ],
    ],
  ),

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
        "if (res.headersSent) res.destroy();\n    else failed(error);",
        "if (res.headersSent) res.end();\n    else failed(error);",
        "a download that was cut off looks whole to the client",
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
        "if (hasBody(req) && !req.complete) {",
        "if (false) {",
        "a client that is refused in the middle of its upload sees a reset, and not why",
        { tests: ["proxy/streaming", "proxy/refusals", "proxy/slow-clients"] },
      ],
      [
        "if (isLingering(req.socket)) return;",
        "",
        "a request behind a refused one is answered",
        { tests: ["proxy/refusals"] },
      ],
      [
        "else if (closing()) {",
        "else if (false) {",
        "a stop waits for clients that keep their connections",
        { tests: ["proxy/streaming", "cli/proxy", "proxy/slow-clients"] },
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
      ["maxHeaderSize: LONGEST_HEAD,", "", "a request with large cookies is refused"],
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
      ["if (this.#last.get(server) === message) return;", "", "an outage fills the log with one line a request"],
      ["if (this.#last.size > 0) this.#last.delete(server);", "", "the second outage of a server is not logged"],
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
    ["proxy/created-runs", "proxy/python-bridge"],
    [
      ["const MOST_LINKS = 5", "const MOST_LINKS = 5_000", "exec ends with a thousand links"],
      ["if (this.#length > LONGEST) this.#chunks = undefined;", "", "a long answer is kept in memory"],
      [
        "      // An answer that can't be read is the client's affair: it got every byte.",
        '      throw new Error("unreadable");',
        "an answer that can't be read ends the process",
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
];
