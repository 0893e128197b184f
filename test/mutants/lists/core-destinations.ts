/** Faults in which server a URL belongs to, and which paths lead out of its base. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Which server a URL belongs to
  ...faultsIn(
    "core/src",
    ["core/destinations", "core/where-it-goes"],
    [
      [
        "if (parsed === null || leadsOut(parsed.pathname)) return undefined;",
        "if (parsed === null) return undefined;",
        "a path that leads out of the base gets the base's credential",
      ],
      [
        "if (parsed === null || leadsOut(path)) return undefined;",
        "if (parsed === null) return undefined;",
        "a path that leads out of the base gets the base's credential",
      ],
      [
        "matches(pattern, parsed) && isBelow(sent, pattern.base)",
        "matches(pattern, parsed)",
        "what the parser reads below the base stands elsewhere as it is sent",
      ],
      [
        "patterns.filter((pattern) => matchesOrigin(pattern, parsed))",
        "patterns",
        "odd paths of other people's servers are not sent",
      ],
      ["return meant?.server;", "return undefined;", "a path that servers read as leading into the base goes out bare"],
      [
        "isBelow(sent, pattern.base) || resolved.some((way) => reads(way, pattern))",
        "isBelow(sent, pattern.base)",
        "a path that leads into the base from outside is sent",
      ],
      [
        "isBelow(sent, pattern.base) || resolved.some((way) => reads(way, pattern))",
        "resolved.some((way) => reads(way, pattern))",
        "a path that leads out of the base is sent",
      ],
      [
        'parsed.hostname.replace(/\\.$/, "")',
        "parsed.hostname",
        "a host with a dot at its end goes bare without a word",
      ],
      [
        "if (!isLoopback(hostname)) return undefined;\n    return patterns",
        "return patterns",
        "any host with the port of a local server counts as a near miss of it",
      ],
      ["pattern.port === port && isLoopback(", "isLoopback(", "any local port counts as a near miss"],
      ["hostname.length > before.length + after.length &&", "", "a star stands for nothing at all"],
      ["hostname.startsWith(before) &&", "", "a star in a part of a label matches any label"],
      ["hostname.endsWith(after) &&", "", "a star gives the credential to any domain"],
      [
        '!hostname.slice(before.length, hostname.length - after.length).includes(".")',
        "true",
        "a star stands for several labels",
      ],
      [
        "b.base.length - a.base.length",
        "a.base.length - b.base.length",
        "the credential of the wider base goes to the narrower one",
      ],
      ["(?!\\\\.|${GATEWAY})", "(?!${GATEWAY})", "a dot segment leads out of the base with its credential"],
      ['"(?:[?#]|$)")', '"")', "https://a.test/base matches https://a.test/basement"],
      ['"(?:\\\\?|$)")', '"")', "/base matches /basement"],
      [
        'text.replace(/[.*+?^${}()|[\\]\\\\/]/g, "\\\\$&")',
        "text",
        "a dot in a server's name stands for any character",
      ],
      ["url.protocol === pattern.protocol &&", "", "a credential for https goes over http"],
      ["url.port === pattern.port &&", "", "a credential goes to another port"],
      ['url.username === "" &&\n    url.password', "url.password", "a URL with a user in it gets our credential"],
      [
        "path === base || path.startsWith(`${base}/`)",
        "path.startsWith(base)",
        "https://a.test/base matches https://a.test/basement",
      ],
      [
        "if (plainUrl === undefined) break;\n      if (plainUrl.test",
        "if (plainUrl === undefined) continue;\n      if (plainUrl.test",
        "a wildcard that stands first is passed over",
      ],
      [
        "if (plainUrl === undefined) break;\n      if (origin",
        "if (plainUrl === undefined) continue;\n      if (origin",
        "a wildcard that stands first is passed over",
      ],
    ],
  ),

  // Paths that some server reads as another listed server's
  ...faultsIn(
    "core/src",
    ["core/destinations", "core/where-it-goes"],
    [
      ["&& (apart === undefined || apart.test(path))", "", "//team gets the credential of the server around it"],
      [
        "if (innerOf(found, url, path) !== undefined) return undefined;",
        "",
        "/tea%6d, and headers(url) for it, gets the credential of the server around it",
      ],
      [
        'readsBelow(path, other.base, "any case")',
        'readsBelow(path, other.base, "exact")',
        "/TEAM gets the credential of the server around it, where letters are the same in any case",
      ],
      [
        'readsBelow(read, base, "exact")',
        'readsBelow(read, base, "any case")',
        "another application's /Team is not reached",
      ],
      [
        "found === undefined ? near.find((pattern) => reads(sent, pattern)) : innerOf",
        "found === undefined ? undefined : innerOf",
        "/tea%6d goes bare to a server that has a credential",
      ],
      ['.normalize("NFKD").replace(/\\p{M}/gu, "")', "", "an accent that a code page drops leads to another server"],
      ['characters.normalize("NFKC")', "characters", "full-width dots lead out of the base", { tests: ["core/paths"] }],
      [
        ".replace(ESCAPED_CHARACTER, escapedCharacter)",
        "",
        "IIS's own escapes lead out of the base",
        { tests: ["core/paths"] },
      ],
      ["/[/\\\\\\u2044\\u2215\\u29f8]+/", "/[/]+/", "a backslash leads to another server"],
      ['/^[.+]*(?:$|[;:?#,&|<>"*])/', '/^(?:$|[;:?#,&|<>"*])/', "/team. leads to another server on Windows"],
      ['/^[.+]*(?:$|[;:?#,&|<>"*])/', "/^[.+]*$/", "/team;a leads to another server on Tomcat"],
      ['/^[.+]*(?:$|[;:?#,&|<>"*])/', "/^/", "/teams is refused beside /team"],
      ["named.length === all.length ? [all] : [all, named]", "[all]", "/;/team leads to another server on Tomcat"],
      ["named.length === all.length ? [all] : [all, named]", "[named]", "a base of parameters alone is read as none"],
      [
        "textsOf(readings(base).at(-1) as string)",
        "textsOf(base)",
        "a base with an escape in it is another to us than to servers",
      ],
      [
        "(?!(?:${first",
        "(?:(?:${first",
        "every path of the server around another is looked at closely",
        { accepted: "only speed" },
      ],
    ],
  ),

  // Paths that servers read differently
  ...faultsIn(
    "core/src",
    ["core/paths", "core/destinations"],
    [
      [
        "/[^!-~]|[%\\\\]|\\/\\.{1,2}(?:[;/]|$)/",
        "/[^!-~]|[%]|\\/\\.{1,2}(?:[;/]|$)/",
        "a backslash leads out of the base",
      ],
      [
        "/[^!-~]|[%\\\\]|\\/\\.{1,2}(?:[;/]|$)/",
        "/[^!-~]|[\\\\]|\\/\\.{1,2}(?:[;/]|$)/",
        "escaped dots lead out of the base",
      ],
      [
        "/[^!-~]|[%\\\\]|\\/\\.{1,2}(?:[;/]|$)/",
        "/[%\\\\]|\\/\\.{1,2}(?:[;/]|$)/",
        "blanks and control characters between dots lead out of the base",
      ],
      ["\\/\\.{1,2}(?:[;/]|$)/", "\\/\\.{1,2}(?:[/]|$)/", "`..;` leads out of the base on Tomcat"],
      ["\\/\\.{1,2}(?:[;/]|$)/", "\\/\\.{2}(?:[;/]|$)/", "a segment of one dot passes"],
      ["(?:^|[/\\\\])(?:\\.\\.?", "(?:^|[/])(?:\\.\\.?", "a backslash before dots leads out of the base"],
      ["(?:;[^/\\\\]*)?(?=[/\\\\]|$)", "(?=[/\\\\]|$)", "`..;x` leads out of the base on Tomcat"],
      ["(?=[/\\\\]|$)|\\.\\.(?=[?#])", "(?=[/]|$)|\\.\\.(?=[?#])", "dots before a backslash lead out of the base"],
      ["|\\.\\.(?=[?#]))/", ")/", "an escaped question mark behind dots leads out of the base"],
      ["\\u0001-\\u0020\\u007f-\\u00a0", "\\u0001-\\u001f\\u007f-\\u00a0", "a blank beside dots leads out of the base"],
      [
        "\\u0001-\\u0020\\u007f-\\u00a0",
        "\\u0020\\u007f-\\u00a0",
        "a control character beside dots leads out of the base",
      ],
      [
        "\\u0001-\\u0020\\u007f-\\u00a0",
        "\\u0001-\\u0020",
        "a delete character or a hard blank beside dots leads out of the base",
      ],
      [
        "[\\p{Cc}\\p{Cf}\\p{Z}\\ufffd]",
        "[\\p{Cc}\\p{Z}\\ufffd]",
        "a zero-width character between dots leads out of the base",
      ],
      ["[\\p{Cc}\\p{Cf}\\p{Z}\\ufffd]", "[\\p{Cc}\\p{Cf}\\ufffd]", "a hard blank beside dots leads out of the base"],
      ["(?:[\\u00c0\\u00c1]|", "(?:[\\u00c1]|", "an overlong dot leads out of the base"],
      ["|\\u00e0[\\u0080\\u0081]", "", "an overlong dot of three bytes leads out of the base"],
      ["|\\u00f0\\u0080[\\u0080\\u0081]", "", "an overlong dot of four bytes leads out of the base"],
      ['reading.includes("\\0") || ', "", "a NUL cuts the path off for some servers"],
      [
        "const path = query === -1 ? target : target.slice(0, query);\n  if (!SUSPECT",
        "const path = target;\n  if (!SUSPECT",
        "a query with dots in it is refused",
      ],
      [
        "const careless = reading.replace(OVERLONG, overlongCharacter);",
        "const careless = reading;",
        "an overlong dot leads out of the base",
      ],
      [
        ', characters.normalize("NFKC").replace(DROPPED_CHARACTERS, "")]',
        "]",
        "a zero-width character between dots leads out of the base",
      ],
      [
        "    if (decoded === reading) break;\n    reading = decoded;",
        "    break;",
        "dots that are escaped twice lead out of the base",
      ],
      [
        '/%(?:25)+(?=[0-9a-f]{2})/gi, "%"',
        '/%(?:25)+(?=[0-9a-f]{2})/g, "%"',
        "an escape with capitals takes as many rounds as it has layers",
        { accepted: "the digits 2 and 5 have no capitals, and what is behind them is decoded in the next round" },
      ],
      ["/%([0-9a-f]{2})/gi, (_, hex", "/%([0-9a-f]{2})/g, (_, hex", "%2E leads out of the base"],
      ["((lead & 1) << 6)", "0", "an overlong letter is read as another character"],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["core/several-slashes", "core/slashes-before-api"],
    [
      [
        "matchPath(origin, plain) === server ? plain : path",
        "plain",
        "one slash less takes a request to another server, unjudged",
      ],
      [
        "(?:ajax-)?api\\\\/\\\\d+\\\\.\\\\d+\\\\/|",
        "\\\\w+\\\\/|",
        "paths that nobody knows go out in another spelling",
      ],
      [
        "if (path !== url.path) return send({ ...options, path }, handler, ask);",
        "",
        "traces of a program whose tracking URI ends in a slash are answered with 404",
      ],
    ],
  ),
];
