/** Faults in Hokusai's key, its paths, what answers in its place, and its registrations. */
import { faultsIn } from "../mutant.ts";

const SOURCE = "plugins/hokusai/src";

export const mutants = [
  // The key
  ...faultsIn(
    SOURCE,
    ["plugins/hokusai/key"],
    [
      ["if (apiKey !== undefined) return", "if (apiKey === undefined) return", "the SDK's file wins over the option"],
      ['env["HOME"] || homedir()', "homedir()", "the key of another home is sent"],
      [
        'code !== "ENOENT" && code !== "ENOTDIR"',
        "false",
        "a key that may not be read counts as none, so reads go out bare",
      ],
      ["headerValue(secret, {", "((text: Secret, _: unknown) => text)(secret, {", "a key with a line break is sent"],
      [": Hokusai's key is api_key", ": the key is", "nobody learns where in the file the key belongs"],
      ["/^[#;]/.test(trimmed)", "false", "a comment counts as the key"],
      ["key = `${key}\\n${trimmed}`;", "", "half of a key is sent"],
      ["section = name.toLowerCase();", "", "no section is ever found"],
      [
        'if (section === "default" && option === "api_key") key = trimmed',
        'if (option === "api_key") key = trimmed',
        "another section's key is sent",
      ],
      ["trimmed.search(/[=:]/)", "trimmed.search(/[=]/)", "a key behind a colon is not found"],
      [
        'key === "" ? undefined : key',
        "key",
        "a key without a value counts as one",
        { accepted: "no header can carry an empty key, so it is refused all the same" },
      ],
    ],
  ),
  // Reads without a key
  ...faultsIn(
    SOURCE,
    ["plugins/hokusai/access"],
    [
      [
        "!isAbsence(thrown) || !isDirect(request.url, options)",
        "!isDirect(request.url, options)",
        "a read goes out bare although its key can't be had",
      ],
      ["!isAbsence(thrown) || !isDirect(request.url, options)", "!isAbsence(thrown)", "reads go out bare to the proxy"],
      ["if (reads(request)) return anonymous;", "return anonymous;", "writes go out bare"],
      ["throw keyNeeded(request, context);", "throw thrown;", "nobody learns why a write is refused where reads pass"],
      [
        "body.includes('\"REGISTRY_ADMIN_REQUIRED\"')",
        "false",
        "a missing permission costs a new key and a second request",
      ],
      ['new Set(["GET", "HEAD", "OPTIONS"])', 'new Set(["GET", "HEAD", "OPTIONS", "PUT"])', "uploads go out bare"],
      [
        'method === "POST" && READING_CALLS',
        "READING_CALLS",
        "what ends like a search goes out bare, whatever its method",
      ],
      ["|get-latest-versions)$/", "|get-latest-versions)/", "what begins like a search goes out bare"],
      ['if (access !== undefined) return access === "direct";', "", "the file's word about the access is ignored"],
    ],
  ),
  // Paths
  ...faultsIn(
    SOURCE,
    ["plugins/hokusai/paths"],
    [
      ["(?=\\/\\d+\\.\\d+\\/)/", "(?=\\/)/", "the proxy's own path is taken for the API"],
      ['protocol === "https:" && host', "host", "a server without TLS passes for Hokusai's"],
      ["/^\\/mlflow(?:\\/|$)/", "/^\\/mlflow/", "a neighbour's path passes for the direct endpoint"],
      ['if (paths === "as-asked" ||', "if (false &&", "requests take a detour where the file says that none is needed"],
      ["paths ?? (", "(", "the file's word about the paths is ignored"],
      [
        "2 * count + Number(asked === wanted)",
        "2 * count",
        "two addresses become one, and answers lead back to the wrong one",
      ],
      ["Math.floor(count / 2)", "count", "answers lead back to another address than was asked for"],
      ["search.length - before", "search.length", "queries grow at their end"],
    ],
  ),
  // Mock mode
  ...faultsIn(
    SOURCE,
    ["plugins/hokusai/mock"],
    [
      ["options.mock ? createMock(context)", "!options.mock ? createMock(context)", "nothing reaches MLflow, unasked"],
      ["const uri = url.origin + basePath;", 'const uri = "";', "two servers share a memory"],
      ["servers.set(uri, handler);", "", "nothing is remembered"],
      [
        "logger.warn({ plugin: instance, server: server.uri }, message);\n      // Loaded",
        "// Loaded",
        "nobody learns that nothing is recorded",
      ],
      ["if (bytes === undefined) return tooLong();", "", "a long upload fails without a word"],
      ['filter(([name]) => name !== "origin")', "filter(() => true)", "clients in a browser are refused"],
      [', host: "localhost" };', " };", "every request is refused"],
      [
        'headers: { ...answer.headers, [NOT_RECORDED]: "true" }',
        "headers: { ...answer.headers }",
        "exec prints links of runs that nobody has",
      ],
    ],
  ),
  // Going on without MLflow
  ...faultsIn(
    SOURCE,
    ["plugins/hokusai/continuing"],
    [
      ['isTruthy(context.env["HOKUSAI_OPTIONAL_MLFLOW"])', "false", "the SDK's variable does nothing"],
      ["/^(?:1|true|yes|on)$/i", "/^(?:1|true|yes|on)/i", "`once` switches on"],
      ['if (wanted === "fail") return {};', "", "failures are hidden, unasked"],
      ["if (standIn.owns(call)) {", "if (standIn.owns(call) && false) {", "ids that no server has are sent to one"],
      [
        "if (answer === undefined) return unknown(call);",
        "if (answer === undefined) return await next();",
        "a made-up id reaches the server",
      ],
      [
        "if (answer === undefined) return await outcome.otherwise();",
        "if (answer === undefined) return unknown(call);",
        "a read in an outage says that there is nothing",
      ],
      ["answer.status < 500 ? { answer }", "answer.status < 400 ? { answer }", "a rejected key passes for an outage"],
      ["signal.aborted ? undefined : outageOf(thrown)", "outageOf(thrown)", "a client that gave up counts as a loss"],
      [
        "if (isMlflowAuthError(thrown)) return undefined;",
        "",
        "a store that is down passes for an outage of MLflow, and nobody learns that the key is missing",
      ],
      ['"timeout", "hung-up"]', '"timeout"]', "a connection that breaks ends the program"],
      ["/^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/.test(code)", "false", "a server that is too slow ends the program"],
      [
        "const PATIENCE = 30_000;",
        "const PATIENCE = 3_000_000;",
        "a server that hangs holds up the program for an hour",
      ],
      ['if (name === "artifacts") return await settled;', "", "a long upload counts as lost"],
      ["losses.add(request, call, outcome.outage);", "", "nobody learns what was lost"],
      ["close: losses.tell,", "", "nobody learns how much was lost"],
      ['if (method === "GET" || method === "HEAD") return;', "", "reads count as losses"],
      ["if (before > 0) return;", "", "each lost metric is a warning of its own"],
      [
        '[NOT_RECORDED]: "true" };\n  return { status',
        "};\n  return { status",
        "exec prints links of runs that nobody has",
      ],
    ],
  ),
  ...faultsIn(
    SOURCE,
    ["plugins/hokusai/continuing"],
    [
      ["remember(run_id, info);\n  ", "", "a made-up run is sent to the server"],
      ["if (before !== undefined) made.set(run_id, info);", "", "a run that ended is still running"],
      ['"runs/log-metric",', "", "a metric ends the program"],
      [
        'name === "artifacts") return method === "PUT" ? {} : undefined;',
        'name === "artifacts") return {};',
        "a download in an outage is empty, and nobody learns why",
      ],
      [
        "/(?=([0-9a-f]{32}|\\d{18}))/g",
        "/([0-9a-f]{32}|\\d{18})/g",
        "a made-up run behind a quotation mark is asked of the server",
      ],
      ["const path = unescaped(url.pathname);", "const path = url.pathname;", "an upload to a made-up run goes out"],
      ['text.includes("\\\\u")', "false", "an escaped id of a made-up run goes out"],
      ['textOf(given) || "0"', '"0"', "a run is told to be in another experiment"],
    ],
  ),
  // Registrations
  ...faultsIn(
    SOURCE,
    ["plugins/hokusai/baseline", "plugins/hokusai/command"],
    [
      ["const WAITS = [1_000, 2_000];", "const WAITS = [1_000, 1_000];", "Hokusai is asked again too early"],
      ["!thrown.transient || pausing", "pausing", "a certificate that is not trusted is tried three times"],
      [
        "answer.status < 500 || pausing === undefined",
        "pausing === undefined",
        "a wrong key is tried three times, and locked",
      ],
      [
        "if (answer.status < 500 || pausing === undefined || signal?.aborted)",
        "if (answer.status < 500 || pausing === undefined)",
        "Ctrl-C is not heard",
      ],
      ["printable(`registered", "String(`registered", "an answer forges lines of the terminal"],
      [
        "if (kind !== undefined) throw unreachable",
        "throw unreachable",
        "an answer without an end is told as an unknown reason",
      ],
      ["!/[\\s?#@\\\\]/.test(endpoint)", "true", "the key goes to another path or host than the endpoint looks like"],
      ['redirect: "manual"', 'redirect: "follow"', "the key follows a redirect"],
      [
        'throw new MlflowAuthError("SERVER_CLEARTEXT"',
        'if (false) throw new MlflowAuthError("SERVER_CLEARTEXT"',
        "the key goes out in the clear",
      ],
      [
        "127\\.\\d+\\.\\d+\\.\\d+|\\[::1\\])$/",
        "127\\.\\d+\\.\\d+\\.\\d+|\\[::1\\])/",
        "a host whose name begins like loopback gets the key in the clear",
      ],
      ["mlflow_run_id: runId ?? null", "mlflow_run_id: null", "the run is lost"],
      ['typeof model_id !== "string" || typeof', "typeof", "a page passes for a registration"],
      ['process.env["HOKUSAI_API_KEY"] && environmentSource', "environmentSource", "the SDK's file is never asked"],
      ["if (named.length > 1) {", "if (false) {", "the wrong one of two keys is sent"],
      [
        'thrown.code === "CONFIG_NOT_FOUND")',
        "true)",
        "a broken file is passed over, and another key is sent",
        { tests: ["plugins/hokusai/command"] },
      ],
      ["endpoint: endpoint || DEFAULT_ENDPOINT };", "endpoint: DEFAULT_ENDPOINT };", "HOKUSAI_API_ENDPOINT is ignored"],
      ["thrown.transient && !isTls", "thrown.transient", "a certificate that is not trusted is tried three times"],
      ["if (metrics.length > 0 && !isObject(before))", "if (false)", "metrics become letters"],
    ],
  ),
];
