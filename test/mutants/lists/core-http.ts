/** Faults in which server a URL belongs to, which paths and headers may be sent, and what MLflow's bodies and answers mean. */
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
        {
          accepted:
            "`misled` and what is below the base are judged, too; which of the two refuses it makes no difference to anybody",
        },
      ],
      [
        "matches(pattern, parsed) && isBelow(sent, pattern.base)",
        "matches(pattern, parsed)",
        "what the parser reads below the base stands elsewhere as it is sent",
      ],
      [
        "if (!READ_DIFFERENTLY.test(path)) return undefined;",
        "return undefined;",
        "a path that servers read as leading into the base goes out bare",
      ],
      ["if (!matchesOrigin(pattern, parsed)) return false;", "", "odd paths of other people's servers are not sent"],
      [
        "if (!isOut) return isBelow(parsed.pathname, base) !== isBelow(sent, base);",
        "if (!isOut) return false;",
        "a backslash leads a request out of the base unseen",
      ],
      [
        "isBelow(sent, base) || [...resolutions(sent)].some((path) => isBelow(path, base))",
        "isBelow(sent, base)",
        "a path that leads into the base from outside is sent",
      ],
      [
        "isBelow(sent, base) || [...resolutions(sent)].some((path) => isBelow(path, base))",
        "[...resolutions(sent)].some((path) => isBelow(path, base))",
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
      ["(?!\\\\.)[!", "[!", "a dot segment leads out of the base with its credential"],
      ['"(?:[?#]|$)")', '"")', "https://a.test/base matches https://a.test/basement"],
      ['"(?:\\\\?|$)")', '"")', "/base matches /basement"],
      [
        'prefix.replace(/[.*+?^${}()|[\\]\\\\/]/g, "\\\\$&")',
        "prefix",
        "a dot in a server's name stands for any character",
      ],
      ["url.protocol === pattern.protocol &&", "", "a credential for https goes over http"],
      [
        "url.port === pattern.port &&",
        "",
        "a credential goes to another port",
        {
          accepted:
            "for names the port is part of `host`; for wildcards a test exists, and the fast comparison covers the rest",
        },
      ],
      ['url.username === "" &&', "", "a URL with a user in it gets our credential"],
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
      ['bytes.includes("\\0") || ', "", "a NUL cuts the path off for some servers"],
      [
        "const path = query === -1 ? target : target.slice(0, query);\n  if (!SUSPECT",
        "const path = target;\n  if (!SUSPECT",
        "a query with dots in it is refused",
      ],
      [
        ".replace(OVERLONG, overlongCharacter);\n    const characters",
        ";\n    const characters",
        "an overlong dot leads out of the base",
      ],
      [
        'if (DOT_SEGMENT.test(characters.replace(DROPPED_CHARACTERS, ""))) return true;',
        "",
        "a zero-width character between dots leads out of the base",
      ],
      [
        "    if (decoded === reading) return;\n    reading = decoded;",
        "    return;",
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

  // Which headers a plugin may set
  ...faultsIn(
    "core/src",
    ["core/authorizer", "core/plugins"],
    [
      [
        'given === null || Symbol.iterator in given) {\n    throw new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} gave headers',
        'given === null) {\n    throw new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} gave headers',
        "a Headers object or a Map of headers passes for no headers, and the request goes bare",
      ],
      [
        'name.toLowerCase().replaceAll("_", "-")',
        "name.toLowerCase()",
        "X_Api_Key of the client goes along with ours",
        { tests: ["core/interceptor", "core/authorizer"] },
      ],
      [
        "known.size < MOST_NAMES && name.length <= LONGEST_NAME",
        "true",
        "a client with ever new header names fills the memory",
        { accepted: "only memory, and `headerKey` shows nothing of what it remembers" },
      ],
      ["if (!NAME.test(name)) {", "if (false) {", "a header name with a line break makes another request"],
      ["if (RESERVED.has(headerKey(name))) {", "if (RESERVED.has(name)) {", "a plugin sets Transfer-Encoding or Host"],
      ["expect host http2-settings", "expect http2-settings", "a plugin leads the credential to another site by Host"],
      ["trailer transfer-encoding upgrade", "trailer upgrade", "a plugin frames the request anew"],
      [
        'if (typeof text !== "string") {',
        "if (false) {",
        "a number as a header's value ends in a TypeError, or is sent",
      ],
      [
        "const LONGEST_VALUE = 8 * 1024",
        "const LONGEST_VALUE = 8 * 1024 * 1024",
        "a whole file as a credential is sent, and refused by the server without a reason",
      ],
      ["if (!VALUE.test(text)) {", "if (false) {", "a line break in a secret makes another header"],
      [
        "[\\t\\x20-\\x7e\\x80-\\xff]*[\\x21",
        "[\\t\\n\\x20-\\x7e\\x80-\\xff]*[\\x21",
        "a line break in a secret makes another header",
      ],
      [
        "/^[\\x21-\\x7e\\x80-\\xff](?:",
        "/^[\\x20-\\x7e\\x80-\\xff](?:",
        "a secret with a blank in front is sent, and not what the server compares with",
      ],
    ],
  ),

  // Credentials in a query
  ...faultsIn(
    "core/src",
    ["core/client-credentials", "core/interceptor"],
    [
      [
        "if (!likely.test(path)) return path;",
        "return path;",
        "an ambient api_key in the query goes along with our credential",
      ],
      ["const likely = /key|%/gi", "const likely = /key|%/g", "API_KEY in the query goes along with our credential"],
      [
        "const likely = /key|%/gi",
        "const likely = /key/gi",
        "an escaped api_key in the query goes along with our credential",
      ],
      [
        "headerKey(decoded(key)).trim()",
        "headerKey(key).trim()",
        "an escaped api_key in the query goes along with our credential",
      ],
      [
        "headerKey(decoded(key)).trim()",
        "headerKey(decoded(key))",
        "an api_key with a blank beside it goes along with our credential",
      ],
      [
        '(kept.length === 0 ? "" : `?${kept.join("&")}`)',
        '`?${kept.join("&")}`',
        "a question mark is left behind, which some signatures count",
      ],
      ['(end === -1 ? "" : path.slice(end))', '""', "a fragment is lost"],
    ],
  ),

  // Which names mean this machine
  ...faultsIn(
    "core/src",
    ["core/hosts"],
    [
      [
        "^127(?:\\.\\d{1,3}){3}$",
        "^127(?:\\.\\d{1,3}){3}",
        "127.0.0.1.evil.test counts as this machine, and cleartext goes there",
      ],
      [
        'hostname === "localhost"',
        'hostname.endsWith("localhost")',
        "evil-localhost counts as this machine, and cleartext goes there",
      ],
      ['hostname === "[::1]" || ', "", "http://[::1] is refused as cleartext"],
      [
        '(url.protocol === "http:" && isLoopback(url.hostname))',
        'url.protocol === "http:"',
        "a secret store's credential goes over the network in the clear",
      ],
    ],
  ),

  // The body of runs/create
  ...faultsIn(
    "core/src",
    ["core/run-body"],
    [
      ["if (!isUtf8(body) || !isJson(", "if (!isJson(", "a body that MLflow refuses is changed"],
      ['!isJson(body.toString("utf8", begin))', "false", "a body that is no JSON is changed"],
      ['if (text[open] !== "{") return undefined;', "", "a list is taken for a run"],
      ['if (kind !== "none" && kind !== "[") return undefined;', "", "tags that are no list are overwritten"],
      ["if (runName) own.keys.add(RUN_NAME_TAG);", "", "MLflow refuses a run whose two names differ"],
      [
        "filter(([key]) => !own.keys.has(key))",
        "filter(() => true)",
        "a tag of the client's is given a second time, and the last one counts",
      ],
      ["if (added.length === 0) return body;", "", "a list of tags that is empty comes into every body"],
      ["after ? `,${text}` : text", "text", "a body is no JSON any more"],
      [
        "body.subarray(0, start), Buffer.from",
        'body.subarray(0, start), Buffer.from(" "), Buffer.from',
        "more than the tags comes into the body",
      ],
      ["last?.end ?? open + 1", "last?.start ?? open + 1", "a tag is put into another one"],
      [
        "    keys.add(key);\n",
        '    if (tag.has("value")) keys.add(key);\n',
        "a tag of the client's without a value is given a second time",
      ],
      [
        "/^-?\\d/.test(literal) ? literal : stringAt(text, place)",
        "stringAt(text, place)",
        "plugins are not told of an experiment whose id is a number",
      ],
      [
        'fields.get("run_name") ?? fields.get("runName")',
        'fields.get("run_name")',
        "MLflow refuses a run whose two names differ",
      ],
    ],
  ),

  // Places in a JSON text
  ...faultsIn(
    "core/src",
    ["core/run-body"],
    [
      ['text[at] === "\\\\" ? 2 : 1', "1", "a quote in a text ends it, and tags come into the middle"],
      ["&& --depth === 0) break;", "&& --depth <= 1) break;", "tags come into an inner list"],
      [
        "code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09",
        "code === 0x20 || code === 0x0a || code === 0x09",
        "a body with line ends of Windows is broken",
      ],
    ],
  ),

  // Which endpoint
  ...faultsIn(
    "core/src",
    ["core/rejection", "core/tags"],
    [
      ["\\/mlflow\\/(?!.*artifact)/", "\\/mlflow\\//", "a user's HTML artifact counts as a login page"],
      [
        "const JSON_API = /\\/(?:ajax-)?api",
        "const JSON_API = /\\/api",
        "a login page in front of the UI's API is not told",
      ],
      ["url.split(/[?#]/, 1)[0] as string", "url", "a page with an API address in its query counts as a login page"],
      ['if (method !== "POST" || ', "if (", "a PUT gets tags"],
      [
        "LIKELY = /runs\\/create|%|",
        "LIKELY = /runs\\/create|",
        "a run that is created by an escaped path gets no tags",
      ],
      ["decodedOnce(pathname)", "pathname", "a run that is created by an escaped path gets no tags"],
      ["((?!.*\\/mlflow-artifacts\\/).*)", "(.*)", "an artifact of that name is read as a run"],
    ],
  ),

  // What an answer says of the credential
  ...faultsIn(
    "core/src",
    ["core/rejection"],
    [
      [
        "status >= 301 && status <= 308 && status !== 304",
        "status >= 301 && status <= 308",
        "an answer from a cache counts as a login page",
      ],
      [
        "status >= 301 && status <= 308 && status !== 304",
        "status >= 301 && status < 307",
        "a redirect (307) to a login page is not told",
      ],
      ["if (redirected && isJsonApi(", "if (false && isJsonApi(", "a redirect within the API counts as a login page"],
      [
        'if (text === "Permission denied") return true;',
        "",
        "a denial by MLflow's auth app has the secret fetched anew",
      ],
      [
        'return typeof error_code === "string";',
        "return error_code !== undefined;",
        "any JSON with an error_code counts as MLflow's denial",
      ],
      ["status === 200 && isHtml(", "isHtml(", "an error page counts as a login page"],
      ["/^text\\/html\\b/i", "/^text\\//i", "a text of the API counts as a login page"],
    ],
  ),

  // MLflow's limits of tags
  ...faultsIn(
    "core/src",
    ["core/tags"],
    [
      [
        "Buffer.byteLength(key) > LONGEST_KEY",
        "key.length > LONGEST_KEY",
        "a key of letters with marks becomes a 500 of the database",
      ],
      [
        "Buffer.byteLength(key) > LONGEST_KEY",
        "Buffer.byteLength(key) >= LONGEST_KEY",
        "a key of the longest length that MLflow takes is refused",
      ],
      [
        "const LONGEST_VALUE = 8000",
        "const LONGEST_VALUE = 8001",
        "a value that is too long becomes a 500 of the database",
      ],
      [
        "value.length > LONGEST_VALUE && [...value].length > LONGEST_VALUE",
        "value.length > LONGEST_VALUE",
        "a value of emoji that MLflow takes is refused",
      ],
      ["if (!KEY.test(key)) {", "if (false) {", "a key that MLflow refuses becomes a row that nothing can change"],
      [
        "if (resolvesElsewhere(key)) return",
        "if (false) return",
        "a key that is another file's name in some stores is sent",
      ],
      [
        "if (!value.isWellFormed()) return",
        "if (false) return",
        "half of a surrogate pair becomes a 500 of the database",
      ],
    ],
  ),

  // The one error
  ...faultsIn(
    "core/src",
    ["core/mlflow-auth-error"],
    [
      ["details.transient ?? false", "details.transient ?? true", "every error counts as one that passes by itself"],
      [
        'value is MlflowAuthError {\n  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;',
        "value is MlflowAuthError {\n  return value instanceof MlflowAuthError;",
        "errors of a second copy of this package are not recognised",
      ],
      [
        "const MAX_LISTED = 100",
        "const MAX_LISTED = 1_000_000",
        "a thousand problems push the first one off the screen",
      ],
      ["return printable(`${place}", "return (`${place}", "a file's content moves the cursor of a terminal"],
      ["${printable(error.remedy)}", "${error.remedy}", "a remedy's content moves the cursor of a terminal"],
      ["\\u007f-\\u009f", "\\u007f", "the other control characters pass to a terminal"],
      ["\\u2028-\\u202e", "\\u2028-\\u2029", "a text that is turned around hides what it says"],
      ["const WORD = /^\\w{1,64}$/", "const WORD = /^.{1,64}$/", "a message in the name of an error is printed"],
      [
        'return typeof code === "string" && WORD.test(code)',
        'return typeof code === "string"',
        "a message in the code of an error is printed",
      ],
    ],
  ),

  // Clocks and durations
  ...faultsIn(
    "core/src",
    ["core/clock", "core/duration"],
    [
      ["Math.min(milliseconds, LONGEST_TIMER)", "milliseconds", "a timer of a month fires at once"],
      ["    timer.unref();\n", "", "a program does not end while a token may be renewed"],
      [
        "      held = true;\n      reading = undefined;",
        "      held = true;",
        "time stands still for the secret cache",
      ],
      ["    release() {\n      held = false;", "    release() {", "time stands still for the secret cache"],
      ["const HOUR = 60 * MINUTE", "const HOUR = 24 * MINUTE", "an hour lasts 24 minutes"],
      ["const MINUTE = 60 * SECOND", "const MINUTE = 10 * SECOND", "a minute lasts ten seconds"],
      ["/^(\\d{1,9})(ms|s|m|h)$/", "/^(\\d{1,9})(ms|s|m|h)/", "`5minutes` is read as 5 m"],
    ],
  ),
];
