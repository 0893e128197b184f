/** Faults in who may use the proxy, and in what browsers may do with it. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Who may use it
  ...faultsIn(
    "proxy/src",
    ["proxy/own-address", "proxy/refusals"],
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
      ["if (hosts === 0) return noHost;", "", "a request without a Host passes"],
      ["      } else {\n        return badToken;\n      }", "      }", "whoever reaches the port uses the credentials"],
      [
        "return given !== undefined && token.isToken(given);",
        "return given !== undefined;",
        "whoever reaches the port uses the credentials, with any bearer token",
        { tests: ["proxy/bearer-token"] },
      ],
      [
        "header === undefined && authorizations === 1 && isBearer(req, token)",
        "header === undefined && authorizations > 0 && isBearer(req, token)",
        "of two credentials it is not clear whose the second is",
        { tests: ["proxy/bearer-token"] },
      ],
      [
        "header === undefined && authorizations === 1 && isBearer(req, token)",
        "authorizations === 1 && isBearer(req, token)",
        "a broken bridge is not noticed",
        { tests: ["proxy/bearer-token"] },
      ],
      [
        'by === "bearer" && upstream.server.auth.length === 0',
        "false",
        "a request goes out without the credential that the token has pushed out",
        { tests: ["proxy/bearer-token"] },
      ],
      [
        '(key === "authorization" && this.#routed.by === "bearer")',
        "false",
        "the server gets the token of the proxy",
        { accepted: "its value is the token, and no header that holds it passes" },
      ],
      [
        "header ?? path.slice(1, end)",
        "path.slice(1, segmentEnd(path))",
        "the bridge in Python can't use the proxy",
        { tests: ["proxy/header-token"] },
      ],
      ["if (token.isIn(path)) return tokenAgain;", "", "the server gets the token of the proxy"],
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
        { accepted: "Node's own parser refuses a length beside chunks" },
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
      ["hosts.has(host.toLowerCase());", "hosts.has(host);", "LOCALHOST is refused"],
      [
        "host === `${bracketed(socket.localAddress)}:${port}`",
        "false",
        "in a pod the proxy refuses its own address",
        { tests: ["proxy/own-address"] },
      ],
      ['origin.startsWith("http://") && isOwnHost', "isOwnHost", "an origin with another scheme is the proxy's"],
      ["if (text.length !== expected.length) return false;", "", "a token with more behind it is taken"],
      [
        "return timingSafeEqual(given, expected);",
        "return given.equals(expected);",
        "the time of an answer tells how much of a token is right",
        { accepted: "no test can measure that reliably; the comparison is named in docs/security.md" },
      ],
      ["return timingSafeEqual(given, expected);", "return true;", "any token of the right length is taken"],
      ["return all.some(holdsOne) ||", "return ", "the server gets the token of the proxy, escaped"],
      ["randomBytes(32)", "randomBytes(8)", "a token can be guessed", { tests: ["cli/token-file", "cli/proxy"] }],
    ],
  ),

  // What a browser sends
  ...faultsIn(
    "proxy/src",
    ["test/security/cross-site"],
    [
      [
        'if (headers["service-worker"] !== undefined) return serviceWorker;',
        "",
        "a script of one server stays in the browser, and rules over the next one at this address",
      ],
      [
        'if (site === "same-origin" || site === "none") return undefined;',
        "return undefined;",
        "a page of any web site uses the credential",
      ],
      ["if (!isFollowedLink(req)) return otherSite;", "", "a page that knows the address sends what it wants"],
      [
        "own.token === undefined ? new HowToOpen() : otherSite",
        "otherSite",
        "who follows a link is not told what to do",
      ],
      [
        'if (prefix !== "") return undefined;',
        "return undefined;",
        "a link leads any web site's visitors to a proxy without a token",
      ],
      [
        'headers["sec-fetch-mode"] === "navigate" &&',
        "",
        "what is not a link is followed as one",
        { accepted: "browsers give the destination `document` to nothing else" },
      ],
      ['headers["sec-fetch-dest"] === "document" &&', "", "a page that knows the address embeds the server's"],
      ['method === "GET" &&\n    headers', "headers", "a form of another web site writes"],
      [
        'headers["sec-purpose"] === undefined &&',
        "",
        "a page is fetched with the credential before anybody has clicked",
      ],
      [
        ' &&\n    headers["purpose"] === undefined',
        "",
        "a page is fetched with the credential before anybody has clicked",
      ],
      [
        "if (own.token !== undefined && (referer === undefined || safe)) return undefined;",
        "if (own.token !== undefined) return undefined;",
        "an old browser's form of another web site writes",
      ],
      [
        "if (own.token !== undefined && (referer === undefined || safe)) return undefined;",
        "return undefined;",
        "a page of any web site uses the credential in an old browser",
      ],
      [
        "if (origin !== undefined || (page !== undefined && own.isOwnOrigin(page, req.socket))) return undefined;",
        "if (origin !== undefined || page !== undefined) return undefined;",
        "a page of any web site uses the credential in an old browser",
      ],
      ['browser ||= value.startsWith("Mozilla/");\n', "", "an old browser that tells nothing is taken for no browser"],
    ],
  ),
  ...faultsIn(
    "proxy/src",
    ["test/security/neighbours"],
    [
      [
        "browser && !routes.isHome(upstream)",
        "false",
        "a page of one server acts at another with that one's credential",
      ],
      [
        "one.server === home && one.origin === origin",
        "one.server === home",
        "a page of one host of a wildcard acts at another",
        { tests: ["proxy/routes"] },
      ],
      [
        "one.server === home && one.origin === origin",
        "one.origin === origin",
        "a page of a server acts at one further in, with that one's credential",
      ],
      ['        case "sec-fetch-site":\n', "", "a page is not known by what its browser says"],
      ['        case "sec-fetch-dest":\n', "", "a page is not known by what its browser says"],
      ['        case "sec-fetch-user":\n', "", "a page is not known by what its browser says"],
      ['        case "referer":\n', "", "a page is not known by what its browser says"],
      ["browser: browser || speaks", "browser", "a page under another name acts at another server, beyond loopback"],
      [
        'language && req.headers["sec-fetch-mode"] === undefined',
        "language",
        "Node's fetch does not get to another server of the file",
      ],
      ['case "origin":\n          browser = true;', 'case "origin":', "a page is not known by what its browser says"],
      [
        "await open(uri, { host, port: 0 }, tokens[index + 1])",
        "await open(uri, { host, port: 0 }, token)",
        "a page of one server knows the address of another",
      ],
      ["return `${url.origin}/`;", "return value;", "a server learns the token of another from a Referer"],
    ],
  ),
];
