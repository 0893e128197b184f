/** Faults in which headers and cookies pass the proxy. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Cookies in a browser, where no token keeps them to a path
  ...faultsIn(
    "proxy/src",
    ["proxy/tokenless-cookies"],
    [
      [
        'if (key === "cookie" && token === undefined)',
        "if (false)",
        "a browser's session of one server gets to another",
      ],
      ["browser && this.#own.token === undefined ?", "false ?", "no cookie comes back to its server"],
      ["browser && this.#own.token === undefined ?", "this.#own.token === undefined ?", "a program gets other names"],
      ["browser && this.#own.token === undefined ?", "browser ?", "a cookie with a token's path never comes back"],
      [
        "!onlyMarked && !MARK.test(name)",
        "!onlyMarked",
        "a page that gives another name gets another server's session",
      ],
      ["!onlyMarked && !MARK.test(name)", "!MARK.test(name)", "a browser's session of one server gets to another"],
      ["update(origin + pathname)", "update(pathname)", "a browser's session of one server gets to another"],
      [
        "return trimmed(cookie.slice(0, equals)) + mark",
        "return cookie.slice(0, equals) + mark",
        "a cookie changes its name",
      ],
    ],
  ),

  // The token of the proxy in a request's headers
  ...faultsIn(
    "proxy/src/private",
    ["proxy/token-stays-here"],
    [
      ["token.isIn(name) || token.isIn(value)", "token.isIn(value)", "the name of a header tells the server the token"],
      ["return [0, 1, 2].map((before)", "return [0, 1].map((before)", "a login tells the server the token"],
      ["[one, ...formsInBase64(one)]", "[one]", "a login tells the server the token"],
      ["before === 0 ? 0 : before + 1", "0", "a login with a user name tells the server the token"],
      ["% 3 === 0 ? undefined : -1", "% 3 === 0 ? undefined : undefined", "a login tells the server the token"],
      [
        "[token, ...others.map((other) => other.reveal())]",
        "[token]",
        "one server gets the token of another's address",
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
        "for (const value of given ?? []) push(list",
        "for (const value of (given ?? []).slice(0, 1)) push(list",
        "of several cookies one arrives",
      ],
      [
        "if (key === TOKEN_HEADER || ",
        "if (",
        "the server gets the token of the proxy",
        { accepted: "its value is the token, and no header that holds it passes" },
      ],
      [
        'if (key === "origin") return this.#routed.upstream.origin;',
        "",
        "MLflow refuses a browser's request as one of another site",
      ],
      [
        "token.isIn(name) || token.isIn(value) ? undefined",
        "token.isIn(name) ? undefined",
        "a header tells the server the token of the proxy",
      ],
      [
        "if (!isOwnOrigin(url.origin, this.#routed.req.socket)) return `${url.origin}/`;",
        "",
        "a Referer of another site is lost or changed",
      ],
      [
        "if (!url.pathname.startsWith(`${mountPoint}/`)) return undefined;",
        "",
        "a Referer without the token is cut to nonsense",
      ],
      [
        'value.split(",").map((name) => name.trim().toLowerCase())',
        'value.split(",")',
        "what Connection names goes on to the server",
      ],
    ],
  ),

  // What would tell others the path
  ...faultsIn(
    "proxy/src",
    ["proxy/telling-headers"],
    [
      [
        "TELLING_POLICY.test(value) ? QUIET_POLICY : value",
        "value",
        "a browser tells other sites the token by the Referer",
      ],
      ["if (STAYS_HERE.has(name)) return undefined;", "", "a browser reports the token to a third party"],
      [
        'return value.replace(REPORTING_DIRECTIVE, "$1");',
        "return value;",
        "a browser reports the token to a third party",
      ],
      [
        "/(^|[;,])[\\t\\n\\f\\r ]*report-(?:uri|to)",
        "/([;,])[\\t\\n\\f\\r ]*report-(?:uri|to)",
        "a policy that begins with its reports keeps them",
      ],
      [
        'return value.replace(REPORTING_PARAMETER, "");',
        "return value;",
        "a browser reports the token to a third party",
      ],
      ['return value.replace(ENDPOINTS, "");', "return value;", "a browser reports the token to a third party"],
    ],
  ),

  // What an answer tells
  ...faultsIn(
    "proxy/src",
    ["proxy/artifact-hosts"],
    [
      ["if (isOwnName(host)) continue;", "", "somebody is warned of the proxy's own address"],
      ["hosts.readings = [];", "", "the same warning comes with every answer"],
      [
        'by === undefined || by === "header" || browser ?',
        "browser ?",
        "a warning tells people under the bridge to use it",
      ],
      ['(?:[^/"\\\\@]*@)?', "", "a warning shows a user name"],
      ["holding === undefined || body.includes(holding)", "holding === undefined", "nobody hears where the token goes"],
      [
        "const wanted = isJson ? readings",
        "const wanted = true ? readings",
        "every short artifact is kept and decoded on its way",
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
        "trimmed(attribute.slice(0, equals)).toLowerCase()",
        "attribute.slice(0, equals).toLowerCase()",
        "a cookie's domain with a blank in front stays, and a browser throws it away",
      ],
    ],
  ),
];
