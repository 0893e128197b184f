/** Faults in which headers may be sent, where a client may bring credentials, and what is this machine. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Which headers a plugin may set
  ...faultsIn(
    "core/src",
    ["core/authorizer", "core/auth", "core/ended-credentials", "core/rejections", "core/plugins"],
    [
      [
        'given === null || Symbol.iterator in given) {\n    throw new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} gave headers',
        'given === null) {\n    throw new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} gave headers',
        "a Headers object or a Map of headers passes for no headers, and the request goes bare",
      ],
      [
        'name.toLowerCase().replace(/[^a-z0-9]/g, "-")',
        "name.toLowerCase()",
        "X_Api_Key of the client goes along with ours",
        { tests: ["core/interceptor", "core/authorizer", "core/auth", "core/ended-credentials", "core/rejections"] },
      ],
      [
        "known.size < MOST_NAMES && name.length <= LONGEST_NAME",
        "true",
        "a client with ever new header names fills the memory",
        { accepted: "only memory, and `headerKey` shows nothing of what it remembers" },
      ],
      ["if (!NAME.test(name)) {", "if (false) {", "a header name with a line break makes another request"],
      ["RESERVED.has(headerKey(name))", "RESERVED.has(name)", "a plugin sets Transfer-Encoding or Host"],
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
        "headerKey(decoded(key).trim())",
        "headerKey(key.trim())",
        "an escaped api_key in the query goes along with our credential",
      ],
      [
        "headerKey(decoded(key).trim())",
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
];
