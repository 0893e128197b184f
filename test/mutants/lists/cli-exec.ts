/** Faults in what the commands exit with, and what a program under exec gets. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Exit codes
  ...faultsIn(
    "cli/src",
    ["cli/exit-codes", "cli/program", "cli/headers"],
    [
      [
        "problem: 1, usage: 2, config: 3, backend: 4 }",
        "problem: 1, usage: 2, config: 3, backend: 1 }",
        "a script can't tell an outage from a problem",
      ],
      [
        "problem: 1, usage: 2, config: 3, backend: 4 }",
        "problem: 1, usage: 2, config: 2, backend: 4 }",
        "a script can't tell a broken file from a wrong option",
      ],
      [
        "Object.hasOwn(table, code) ? table[code as ErrorCode] : exit.backend",
        "table[code as ErrorCode]",
        "an error with a plugin's own code ends with none",
      ],
      ["thrown.exitCode === 0 ? exit.fine : exit.usage", "exit.fine", "a wrong option counts as success"],
      [
        "  SECRET_UNREACHABLE: backend,",
        "  SECRET_UNREACHABLE: config,",
        "an outage counts as a broken file",
        { tests: ["cli/exit-codes", "cli/headers", "cli/exec", "test/docs/error-reference"] },
      ],
    ],
  ),

  // A program under exec
  ...faultsIn(
    "cli/src",
    ["cli/child-environment", "cli/run-child", "cli/exec"],
    [
      ["server.auth.length > 0 ? CLIENT_CREDENTIALS : []", "[]", "an ambient token of the program beats the file"],
      [
        "server.auth.length > 0 ? CLIENT_CREDENTIALS : []",
        "CLIENT_CREDENTIALS",
        "a program's own credential is taken away where the file gives none",
      ],
      ['  "MLFLOW_TRACKING_PASSWORD",\n', "", "an ambient password of the program beats the file"],
      ['  "MLFLOW_TRACKING_TOKEN",\n', "", "an ambient token of the program beats the file"],
      [
        "new Set([...named, ...fallbacks])",
        "new Set([...fallbacks])",
        "the program gets the credential that only the plugin needs",
      ],
      [
        "new Set([...named, ...fallbacks])",
        "new Set([...named])",
        "the program gets a credential that the file only falls back to",
      ],
      [
        "ambient.filter((name) => !secrets.has(name))",
        "ambient",
        "--keep-env takes the token away from which the file of an exec within has its credential",
      ],
      ['if (keep === "all")', 'if (keep === "none")', "--keep-env is passed over"],
      ["keep?.has(name) !== true && !NEEDED.has(name)", "!NEEDED.has(name)", "--keep-env=NAME is passed over"],
      [
        "keep?.has(name) !== true && !NEEDED.has(name)",
        "keep?.has(name) !== true",
        "a secret with the user's name in it takes that from the program",
      ],
      [
        "if (unnamed.length > 0) warnings.push",
        "if (false) warnings.push",
        "a tracer of the program loses its key without a word",
      ],
      [
        "fallbacks.filter((name) => !named.has(name))",
        "fallbacks",
        "what the file names is warned of as if it did not",
      ],
      ["value === name) ?? []", 'value === "") ?? []', "a credential behind --keep-env= is printed"],
      [
        'platform === "win32" ? name.toUpperCase() : name',
        "name",
        "on Windows a credential stays in a variable that is written in another way",
      ],
      ["set(removalVariable, ", "void (", "within another exec nobody hears why a variable is not there"],
      [
        "new Set([...before, ...removed",
        "new Set([...removed",
        "within two others nobody hears why a variable is not there",
      ],
      ["own[at] = `${name}=${ALL}`;", "own[at] += ` `;", "--keep-env alone is no option any more"],
      [
        "if (takesWord && value === undefined) at++;",
        "",
        "--keep-env behind another option takes the program for a name",
      ],
      [
        "/^[A-Za-z_]\\w*$/.test(variable)",
        "true",
        "--keep-env= with an empty variable of a shell keeps nothing, without a word",
      ],
      [
        'env["no_proxy"] = withLoopback(lower);',
        "",
        "a program with a corporate proxy can't reach ours, and tells it the token",
      ],
      [
        'env["NO_PROXY"] = withLoopback(upper);',
        "",
        "a program with a corporate proxy can't reach ours, and tells it the token",
      ],
      [
        'const LOOPBACK = ["127.0.0.1", "localhost"]',
        'const LOOPBACK = ["localhost"]',
        "a program with a corporate proxy can't reach ours",
      ],
      ['unset("MLFLOW_TRACKING_AWS_SIGV4");', "", "MLflow signs by itself, and never asks the bridge"],
      ["path ? pythonWheel + delimiter + path : pythonWheel", "pythonWheel", "a program's own modules are not found"],
      [
        "path ? pythonWheel + delimiter + path : pythonWheel",
        "path ?? pythonWheel",
        "Python does not find the bridge where PYTHONPATH is set",
      ],
      [
        "if (proxied !== undefined) addresses",
        "if (false) addresses",
        "the model registry is reached without a credential",
      ],
      [
        'else warnings.push("MLFLOW_REGISTRY_URI',
        'else if (false) warnings.push("MLFLOW_REGISTRY_URI',
        "nobody hears that the model registry is reached without a credential",
      ],
      [
        "auth && auth !== bridgeName && !isFollowed",
        "auth && !isFollowed",
        "a program under exec under exec asks the bridge about itself",
      ],
      [
        'auth !== bridgeName && !isFollowed("MLFLOW_TRACKING_AUTH") ?',
        "auth !== bridgeName ?",
        "the old plugin in Python is asked for servers that get nothing from the environment",
        { tests: ["cli/child-environment"] },
      ],
      ["128 + constants.signals[signal], started", "1, started", "a shell can't tell that a signal ended the program"],
      [
        "code: signal === null ? (code as number)",
        "code: signal === null ? 0",
        "a program that failed counts as success",
      ],
      [
        "for (const signal of FORWARDED) process.prependListener(signal, forward);",
        "",
        "a stop ends exec and leaves the program running",
      ],
      [
        'process.on("exit", leave);',
        "",
        "a program is left behind without its proxy, and without a word",
        { tests: ["cli/run-child"] },
      ],
      [
        "process.setUncaughtExceptionCaptureCallback(tellThrown);",
        'process.on("uncaughtException", tellThrown);',
        "a listener of a plugin ends the process",
        { tests: ["cli/background-failures"] },
      ],
      [
        'process.on("unhandledRejection", tellThrown);',
        "",
        "a plugin that listens for forgotten promises, and does nothing, hides them",
        { accepted: "without a listener Node makes an exception of them, which is told of in the same words" },
      ],
      ['  refuse("exit");\n', "", "a plugin ends the process in a timer", { tests: ["cli/background-failures"] }],
      [
        "return code === exit.usage || code === exit.config ? code : execExit.failed;",
        "return code;",
        "a failure of ours looks like one of the program",
      ],
      ["exit: execExit.notFound,", "exit: execExit.failed,", "a shell can't tell a name that was misspelt"],
      ["exit: execExit.notExecutable,", "exit: execExit.failed,", "a shell can't tell a file that can't be run"],
    ],
  ),
  ...faultsIn(
    "cli/src",
    ["cli/end-of-exec"],
    [
      ["if (uses === 0 && interrupted && unlisted.length === 0) return [];", "", "who presses Ctrl-C is told off"],
      [
        "if (uses === 0) return [unused(",
        "if (false) return [unused(",
        "nobody hears that a program went past the proxy",
      ],
      ["if (count > links.length) lines.push(", "if (false) lines.push(", "it looks as if five runs were all"],
    ],
  ),
  ...faultsIn(
    "cli/src",
    ["cli/choose-upstream"],
    [
      ['wanted.includes("*") ? undefined :', "", "a wildcard is taken for an address"],
      [
        "if (ambient && server !== undefined) return { uri: baseOf(ambient), server };",
        "",
        "MLFLOW_TRACKING_URI does not choose among the servers of the file",
      ],
      [
        "if (only === undefined || others.length > 0) {",
        "if (only === undefined) {",
        "of several servers the first is taken without a word",
      ],
      ["${which}", "", "who has set MLFLOW_TRACKING_URI is told to set it"],
      [
        "MLFLOW_TRACKING_URI names no server of the file; going",
        "going",
        "nobody hears that the variable's server is not used",
      ],
    ],
  ),
];
