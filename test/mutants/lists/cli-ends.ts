/** Faults in how exec, proxy and a program with the library end, and in what they bear around them. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "cli/src",
    ["test/ends/signals"],
    [
      [
        'const STOP = ["SIGTERM", "SIGINT", "SIGHUP"]',
        'const STOP = ["SIGTERM", "SIGINT"]',
        "a closed terminal cuts requests off",
      ],
      [
        "await Promise.race([authorizer.close(), sleep(LONGEST_CLOSE)]);",
        "await authorizer.close();",
        "exec and proxy wait for a plugin that hangs as it is closed",
      ],
      [
        "const grace = stopping ? 0 : GRACE;",
        "const grace = GRACE;",
        "who asks a second time still waits for the request that hangs",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src",
    ["test/ends/who-started-it"],
    [
      ["own.reallyExit = reallyExit;", "", "`docker stop` waits in vain while a plugin starts"],
      [
        "if (pid !== 1) return () => undefined;",
        "return () => undefined;",
        "docker stop waits in vain for a command that starts",
      ],
      [
        'if (process.env["npm_lifecycle_event"] !== "npx") return () => undefined;',
        "return () => undefined;",
        "a proxy behind npx listens for ever, and a program runs on, when npx is stopped",
      ],
      [
        'if (process.env["npm_lifecycle_event"] !== "npx") return () => undefined;',
        "",
        "a proxy that a script puts in the background ends with the script",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src",
    ["test/ends/lost-output"],
    [
      [
        'if (lost === undefined || lost === "EPIPE") return end(code);',
        "if (lost === undefined) return end(code);",
        "`| head` is a failure",
      ],
      [
        'if (lost === undefined || lost === "EPIPE") return end(code);',
        "return end(code);",
        "a result that was lost counts as printed",
      ],
      [
        "return end(code === exit.fine ? own : code);",
        "return end(own);",
        "a full disk hides what a program ended with",
      ],
      [
        "for (const stream of [process.stdout, process.stderr])",
        "for (const stream of [process.stdout])",
        "a wrong option ends with 1 where nobody reads stderr",
      ],
      [
        "if (!token || tokenFile !== undefined) return say(message);",
        "return say(message);",
        "a proxy stays whose address nobody can know",
      ],
      [
        "      rmSync(file, { force: true });\n      throw wrong",
        "      throw wrong",
        "half a token stays, and is refused from then on",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/logging/logger.ts",
    ["test/ends/lost-output"],
    [
      [
        'if (fault && stderr.listenerCount("error") === 0)',
        "if (false)",
        "a warning that nobody reads ends the program that it is for",
      ],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["test/ends/working-folder"],
    [
      [
        "if (isAbsolute(named)) return dirname(named);",
        "",
        "a job that removes its own folder fails, though its file is elsewhere",
      ],
      ["if (cwd === undefined) return file;", 'if (cwd === undefined) return "";', "a problem is told of no file"],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["test/ends/programs"],
    [
      ["    socket.unref();\n", "", "a program that is done waits for a secret store that hangs"],
      ["    socket.ref = () => socket;\n", "", "a program that is done waits for a secret store that hangs"],
      [
        "createHttpClient({ instance: name, env, logger, clock, background: true })",
        "createHttpClient({ instance: name, env, logger, clock })",
        "a program that is done waits for a secret store that hangs",
      ],
    ],
  ),
  // What plugins could end exec and proxy with
  ...faultsIn(
    "cli/src",
    ["cli/background-failures"],
    [
      ['  refuse("reallyExit");\n', "", "a plugin ends the proxy below process.exit"],
      ['  refuse("abort");\n', "", "a plugin aborts the proxy"],
      [
        '  refuse("kill", (pid, signal) => signal === 0 || !isThisProcess(Number(pid)));\n',
        "",
        "a plugin kills the proxy",
      ],
      ['  refuse("setUncaughtExceptionCaptureCallback");\n', "", "a plugin takes the callback for errors away"],
      [
        "return createHook(borne);",
        "return createHook(callbacks);",
        "an async hook that throws ends the proxy, and its words are printed",
      ],
      [
        'given[0] === "uncaughtExceptionMonitor" ? borne : emit',
        "emit",
        "a plugin that fails where it watches errors ends the proxy",
      ],
      [
        'const ENDS = ["exit", "reallyExit", "abort"] as const;',
        'const ENDS = ["exit"] as const;',
        "a plugin gives exec another exit code as it ends",
      ],
      [
        "return () => Object.assign(own, { exit, reallyExit, abort, kill });",
        "return () => undefined;",
        "exec never ends",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/usage-as-json.ts",
    ["cli/program"],
    [
      ["end === -1 ? words : words.slice(0, end)", "words", "a word of the user's program is taken for a command"],
      ["named.find((one) => one !== undefined)", "named.findLast((one) => one !== undefined)", "exec prints JSON"],
      ['!own.includes("--json")', "false", "a person is given JSON"],
    ],
  ),
];
