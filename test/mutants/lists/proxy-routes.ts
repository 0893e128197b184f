/** Faults in where a request goes. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "proxy/src",
    ["proxy/routes", "proxy/refusals", "proxy/redirects"],
    [
      [
        "server === undefined ? refusalOf(origin, path) : { origin, path, server, mount };",
        "{ origin, path, server: server as never, mount };",
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
        "upstream, url);\n    return url.href;",
        "upstream, url);\n    return value;",
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
        "if (routes.pathFor(upstream) === undefined) {",
        "if (false) {",
        "a proxy for no listed server starts, and refuses everything",
        { tests: ["proxy/routes"] },
      ],
    ],
  ),
  ...faultsIn(
    "proxy/src/private/led-away.ts",
    ["proxy/redirects"],
    [
      ["if (listed === undefined || ", "if (", "each sign-in page is warned of"],
      ["told.add(`${uri} ${to.origin}`);", "", "each redirect is warned of"],
      [
        "to.origin === origin",
        "to.origin === new URL(uri).origin",
        "for a host of a wildcard the advice is to list what is listed",
      ],
    ],
  ),
];
