/** Faults in the commands of plugins: which one is meant, what it is given, and how it ends. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "cli/src/main.ts",
    ["cli/plugin-command-ends"],
    [['command.args.includes("--json")', "false", "a script that reads JSON gets nothing where a command fails"]],
  ),
  ...faultsIn(
    "cli/src",
    ["cli/plugin-command-names"],
    [
      ["if (own.includes(name)) {", "if (false) {", "nobody hears that a plugin's command can't be reached"],
      [
        "const file = await fileInstances(where).catch(() => ({}));",
        "const file = await fileInstances(where);",
        "a file that is not there keeps the help from the commands of plugins",
      ],
      [
        "instance.enabled && instance.plugin === name && instance.package",
        "false",
        "the file can't say which of two commands is meant",
      ],
      [
        "listed.refused ?? commandFault(",
        "commandFault(",
        "a package of somebody else's counts as one that can be run",
        { accepted: "what is refused has its reason from the same judge: only its command's line could say less" },
      ],
      ["if (having.length === 0) return [];", "return [];", "validate keeps quiet about two commands of one name"],
      [".filter((name) => commandFault(name, sources, own) === undefined)", "", "the help lists what can't be run"],
      [
        '[name as string, "--help"]',
        "[name as string]",
        "`mlflow-auth help NAME` runs the command in place of helping",
        { tests: ["cli/plugin-command"] },
      ],
    ],
  ),
  ...faultsIn(
    "core/src/discovery",
    ["core/find-command", "cli/plugin-command-names"],
    [
      ["meant.length > 0 ? meant : having", "having", "the file can't say which of two commands is meant"],
      ["if (second !== undefined) throw ambiguous(name, having);", "", "which of two commands runs is left to chance"],
      [
        "if (group === commandGroup && !TYPED.test(name)) {",
        "if (false) {",
        "the help lists what moves the cursor of a terminal",
      ],
      [
        "refuseUntrusted(manifest, trust.contentProblem(owner.folder));",
        "",
        "a command that everybody may write is run",
      ],
      [
        "if (refused !== undefined) throw notTrusted(refused, refused.reason);\n  for",
        "for",
        "who installed a command as another user hears that there is none",
      ],
      [
        "if (lying === undefined) continue;\n    const message = `the package ${lying.name}",
        "continue;\n    const message = `the package ${lying?.name}",
        "a command that is installed and not named is unknown",
      ],
      [
        "plugin !== undefined || commands !== undefined || Object",
        "plugin !== undefined || Object",
        "a package without `mlflow-auth-plugin` is passed over in silence, where it should be told what it lacks",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/connection/http-client.ts",
    ["cli/plugin-command"],
    [
      [
        "if (servers !== undefined) return servers(url);",
        "",
        "a plugin's command sends without the credential of the file",
      ],
      [
        'if (code === "SERVER_UNREACHABLE" || thrown.code === code',
        "if (thrown.code === code",
        "a command that has no credential hears that the server is down",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/plugin-command",
    ["cli/plugin-command"],
    [
      ["opened ??= openFile(", "opened = openFile(", "the file is opened each time that a command asks for it"],
      ["authorizer.refuseMisleading({ url: href });", "", "a misleading path is told as an address that is not listed"],
      [
        ".filter((instance) => instance.package.folder === command.package.folder)",
        "",
        "a command is given the secrets of all plugins",
      ],
      ["options: secrets.watchOptions(given)", "options: given", "what a command has read from the file is printed"],
      ["secrets.watchHeaders(authorizer)", "authorizer", "a server that repeats a credential has it printed"],
      ["sources[name] === provider) learn(value)", "false) learn(value)", "a credential that is no Secret is printed"],
      ["return [text, rest, password];", "return [text];", "a token is printed without its scheme"],
      ["Boolean(stream.isTTY) &&", "", "colours end up in files"],
    ],
  ),
  ...faultsIn(
    "cli/src/hide-texts.ts",
    ["cli/plugin-command"],
    [
      ["if (!(chunk instanceof Uint8Array)) return write", "return write", "a credential among bytes is printed"],
      [
        'without(bytes, (hidden) => Buffer.from(hidden).toString("latin1"))',
        "without(bytes)",
        "a password with an umlaut is printed among bytes",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src",
    ["cli/plugin-command-ends"],
    [
      ['process.once("beforeExit", idle);', "", "a command that waits for nothing ends as if all were well"],
      [
        "process.setUncaughtExceptionCaptureCallback(failed);",
        "",
        "what a timer throws is printed, with what it quotes",
      ],
      ['process.stdout.once("error", unread);', "", "`mlflow-auth NAME | head` never ends"],
      ["else setTimeout(() => resolve(how), GRACE);", "", "a command that hangs can't be interrupted by one Ctrl-C"],
      ["    ending.abort();\n  }", "  }", "a command is not told that it is to end"],
      [
        "(asked === undefined ? reject(told(thrown)) : resolve(asked))",
        "reject(told(thrown))",
        "an interrupted command is told as a faulty one",
      ],
      [
        'if (asked !== undefined && "signal" in asked) return asked;',
        "",
        "a script can't see that its command was interrupted",
      ],
      [
        "process.kill(process.pid, signal);",
        "",
        "a shell goes on with its loop after Ctrl-C",
        { tests: ["cli/plugin-command-ends"] },
      ],
      [
        "if (isSound(thrown)) return thrown;",
        "if (isMlflowAuthError(thrown)) return thrown;",
        "what only looks like an error of ours ends in a stack",
      ],
      ["    giveBackExit();\n", "", "no command of a plugin can end"],
      [
        "const giveBackExit = takeExit((code) => end(code ?? process.exitCode));",
        "const giveBackExit = () => undefined;",
        "a command ends with a code that means something else",
      ],
      ["await closeAll(closers);", "", "what plugins have open is not closed"],
      [
        "clock: waitingClock, http",
        "clock: systemClock, http",
        "a command that waits on its clock ends before its time",
      ],
      [
        "Object.values<unknown>(exit).includes(code)",
        "true",
        "a command ends with a code that means something else",
        { tests: ["cli/plugin-command"] },
      ],
    ],
  ),
];
