/** Faults in what MLflow's bodies and answers mean, and what it takes. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
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
        "LIKELY = /runs\\/create|[^!-~]|[%\\\\]|",
        "LIKELY = /runs\\/create|[^!-~]|[\\\\]|",
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
];
