/** Faults in which headers and cookies pass the proxy. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
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
        { accepted: "its value is the token, and no header that holds it passes" },
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
];
