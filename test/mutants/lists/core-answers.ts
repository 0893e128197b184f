/** Faults in what is told of answers: to whom failures are silent, how often, and what of a request. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "core/src/pipeline/answers.ts",
    ["core/answers", "core/told-answers"],
    [
      ["if (statuses?.has(status)) return;", "", "the log is written full while a server fails"],
      ["< PAUSE) return;", "< 0) return;", "a server that comes and goes fills the log"],
      ["    statuses.add(status);\n", "", "a failure that lasts is told each minute"],
      ["if (failing.delete(uri)) ", "", "each answer is told at info"],
      ['pythonsToo ? `. ${pythonRepeats(status, retryAfter)}` : ""', '""', "nobody hears why the program stands still"],
      ['path.replace(/[?#].*$/s, "")', "path", "a query, which may hold a credential, is logged"],
      ["=== false ? undefined : tell", "=== false ? tell : tell", "each request pays for a line that nobody reads"],
      [".slice(0, LONGEST_PATH)", "", "a client writes the log full with one path"],
      ["printable(", "String(", "a path moves the cursor of whoever reads the log"],
    ],
  ),
  ...faultsIn(
    "core/src/transport/interceptor.ts",
    ["core/told-answers"],
    [
      [
        "fail((isTold ? request : told(request)).handler",
        "fail((isTold ? request : request).handler",
        "a refusal has no line at debug",
      ],
      ["heard = told(request);", "", "what a plugin answers has no line at debug"],
      ["authorize(next, true)", "authorize(next)", "what a plugin hands on has two lines at debug"],
    ],
  ),
  ...faultsIn(
    "core/src/transport/authorized-request.ts",
    ["core/told-answers"],
    [
      [
        "|| answers.failing.size > 0",
        "",
        "a server that works again stays one that fails, and the next failure is not told",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/mlflow/passing-failures.ts",
    ["core/answers"],
    [
      ["&& WAITS_AS_TOLD.has(status)", "", "Retry-After is told of an answer for which nobody heeds it"],
      ["[408, 429, 500", "[429, 500", "a 408 is silent"],
    ],
  ),
  ...faultsIn(
    "proxy/src/http/request-log.ts",
    ["proxy/request-log"],
    [["writableFinished ?", "true ?", "a client that gave up was answered, as the log has it"]],
  ),
  ...faultsIn(
    "proxy/src/private/own-address.ts",
    ["proxy/request-log"],
    [
      ['tests.isIn(rest) ? "/…" : ', "", "the token stands in the log, where a client gives it twice"],
      ["`/…${rest}`", "target", "the token of another proxy stands in the log"],
    ],
  ),
  ...faultsIn(
    "proxy/src/private/relay.ts",
    ["proxy/request-log"],
    [
      ["followed.refused = reasonOf(upstream);", "followed.path = path;", "a refusal's line lacks its reason"],
      ["followed.path = upstream.path;", "", "the log names another path than the server's"],
    ],
  ),
  ...faultsIn(
    "proxy/src/http/refusal-log.ts",
    ["proxy/refusal-log"],
    [
      ["at - before.at < PAUSE", "at - before.at < 0", "a stranger writes the log full"],
      ["told.size >= MOST_REASONS", "false", "reasons that clients make up fill memory and log"],
    ],
  ),
];
