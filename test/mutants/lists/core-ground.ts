/** Faults in what everything stands on: the one error, clocks, the log. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
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

  // The log
  ...faultsIn(
    "core/src",
    ["core/logger"],
    [
      [
        "if (!enabled(at)) return;",
        "",
        "a program's stderr fills with debug lines",
        { accepted: "pino has the level, too, and drops the line" },
      ],
      [
        "Object.hasOwn(ALLOWED, name) && isPlain(value)",
        "isPlain(value)",
        "a value that a plugin adds by a new name is logged",
      ],
      [
        "Object.hasOwn(ALLOWED, name) && isPlain(value)",
        "Object.hasOwn(ALLOWED, name)",
        "an object that a plugin adds is logged, with all that it holds",
      ],
      ['value.every((item) => typeof item === "string")', "true", "an object in a list that a plugin adds is logged"],
      [
        'MLFLOW_AUTH_LOG: { allowed: logLevels, usual: "warn" }',
        'MLFLOW_AUTH_LOG: { allowed: logLevels, usual: "silent" }',
        "nobody hears of an outage",
      ],
    ],
  ),

  // The log at debug
  ...faultsIn(
    "core/src",
    ["core/trace"],
    [
      [
        'if (logger.isLevelEnabled?.("debug") === false) return undefined;',
        "",
        "every request pays for a log that nobody reads",
        { accepted: "only the speed of a request depends on it: the logger drops the line" },
      ],
      [
        "const origin = URL.parse(url)?.origin ?? ",
        "const origin = url ?? ",
        "a query of somebody else's request, with its credential, is logged",
      ],
    ],
  ),
];
