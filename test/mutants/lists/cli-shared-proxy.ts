/** Faults in the proxy that Python programs share: who may, for how long, and what becomes of one that is changed or killed. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Who may share
  ...faultsIn(
    "cli/src/shared-proxy/judge.ts",
    ["cli/judge"],
    [
      [
        'if (!same(values, valuesIn(ask.env, own))) return "variables";',
        "",
        "a program without the secret is let through on another's credential",
      ],
      ["[...ALWAYS, ...all]", "all", "a program behind another corporate proxy, or with other authorities, is let in"],
      [
        "[...ALWAYS, ...all]",
        "ALWAYS",
        "a program gets what a command prints for another environment",
        { tests: ["cli/shared-proxy"] },
      ],
      ['if (ask.version !== version) return "version";', "", "a program of another version is let in"],
      ["ask.prefix !== prefix || ", "", "a program of another Python environment is let in"],
      ["!same(ask.plugins, plugins)", "false", "a program with other plugins is let in"],
      ['if (!["net", "mnt"].every(', "if (![].every(", "a container that shares the folder is let in"],
      ['if (!same(file, own.file)) return "file";', "", "a program with another file gets this one's credentials"],
      ['if (used === undefined) return "file";', "", "a program whose file can't be used is let in"],
      [
        'if (ask.cwd === null && !isAbsolute(ask.env["MLFLOW_AUTH_CONFIG"] ?? "")) return "folder";',
        "",
        "a program without a folder is told of the file's",
      ],
      ["installedNow(own.config) === own.installed", "true", "a plugin that was installed anew is passed over"],
    ],
  ),
  // For how long, and what programs can do
  ...faultsIn(
    "cli/src/shared-proxy/leases.ts",
    ["cli/leases", "cli/hostile-programs"],
    [
      ["all.size === 0 && isExpecting", "isExpecting", "it ends under its programs"],
      ["        count();\n      });\n      count();", "      });\n      count();", "it never ends"],
      ["socket.writableLength <= MOST_UNREAD", "true", "a program that does not read fills its memory"],
      ["kept.length < MOST_KEPT", "true", "what nobody hears fills its memory"],
      ["whole.slice(0, LONGEST_SAID)", "whole", "one line fills its memory"],
      ["if (socket !== but) ", "", "the first program asks anew for what only it has"],
    ],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/control.ts",
    ["cli/hostile-programs"],
    [
      [
        "const timer = clock.setTimeout(() => socket.destroy(), PATIENCE);",
        "const timer = clock.setTimeout(() => undefined, PATIENCE);",
        "who asks nothing keeps a connection for ever",
      ],
      ["waiting.size > MOST_WAITING", "false", "there is no limit to those who ask nothing"],
      ["timer.cancel();", "", "a lease ends by itself"],
      ["ignoreAllElse(socket);", "socket.resume();", "who floods a lease is read for ever"],
    ],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/ask.ts",
    ["cli/hostile-programs"],
    [
      ["length > LONGEST || ", "", "a line without an end fills its memory"],
      ["room.left < 0", "false", "many lines without an end fill its memory"],
      ["room.left += length;", "", "once many have asked, nobody gets an answer"],
      ["[version, prefix].every(isText) &&", "", "an ask that is none is judged"],
    ],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/main.ts",
    ["cli/shared-proxy"],
    [
      [
        'leadsFromFolder(Object.entries(given.env)) ? cwd : "/"',
        '"/"',
        "an SDK finds no file that a variable names by a relative path",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/refuse.ts",
    ["cli/successor"],
    [
      [
        "if (asked !== null) control.listen(asked)",
        "if (asked === null) control.listen(0)",
        "half of the requests are refused for minutes once the file is put right",
      ],
    ],
  ),
  // What becomes of it
  ...faultsIn(
    "cli/src/shared-proxy/share.ts",
    ["cli/share"],
    [
      [
        "    isRetired = true;\n    leases.again();",
        "    isRetired = true;",
        "programs stay with the file as it was",
        { tests: ["cli/changed-file"] },
      ],
      [
        "if (isRetired) return { no:",
        "if (isEnding) return { no:",
        "a program is let in as it ends",
        { accepted: "its sockets are gone by then: a matter of a moment" },
      ],
      ["if (isEnding) return void proxy.close();", "if (isEnding) return;", "who stops it twice waits all the same"],
      ["leases.size === 0 ? UNUSED : LONG_UNUSED", "LONG_UNUSED", "one that nobody has any more stays"],
      [
        "if (proxy.uses !== uses) usedAt = clock.now();",
        "",
        "one that gave way ends under those who have not seen that",
      ],
      ["left: noteUses, ", "", "it stays twice as long as is said"],
      [
        "if (leases.size > 0) await",
        "if (leases.size > 9) await",
        "who looked at its lease as it ends waits for nobody",
      ],
      ["LONG_UNUSED)) end(LONG_GRACE)", "LONG_UNUSED)) end(0)", "a change of the file cuts uploads off"],
      [
        "if (isUsed) leases.expect();",
        "if (isUsed) end(LONG_GRACE);",
        "a successor ends under a request that is sent again",
      ],
      [
        "given.known !== null || haveAllBeenAsked()",
        "true",
        "a program gets the credential of another's variable, which nobody had read yet",
        { tests: ["cli/shared-proxy"] },
      ],
      [
        "given.known !== null || ",
        "",
        "programs with other variables that nobody reads part once their proxy was killed",
        { tests: ["cli/shared-proxy"] },
      ],
      [
        "if (reads.size > known) leases.again(starter);",
        "",
        "a program goes on with what another's variable says",
        { tests: ["cli/shared-proxy"] },
      ],
      ["isStarter ? undefined : ", "", "a program with a variable that is no text can't start one"],
      ["await handover?.farewell();", "", "one that is told to end has a successor", { tests: ["cli/successor"] }],
    ],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/file-watch.ts",
    ["cli/changed-file"],
    [
      [
        "if (text === file.text) faulty = undefined;",
        "if (text === file.text) return;",
        "once it was looked at, the file is not looked at again",
      ],
      [
        "if (isTold && !isOver) bad(thrown);",
        "if (!isOver) bad(thrown);",
        "a file that is half written is told as a bad one",
      ],
      ["isOver = true;\n      good();", "good();", "it gives way again and again"],
    ],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/main.ts",
    ["cli/shared-proxy"],
    [
      [
        "token !== undefined && digest === digestOf(meaning) ? token",
        "token !== undefined ? token",
        "an old token stands for another file",
        { tests: ["cli/successor"] },
      ],
      [
        "await refuseAll(given);",
        "",
        "requests wait for minutes where there is no successor",
        { tests: ["cli/successor"] },
      ],
      ["    if (!isSuccessor) removeSockets(given);\n", "", "a proxy that could not start leaves its sockets"],
      ["tell(starter, { failed: { code, text } });", "", "nobody hears why it can't start"],
    ],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/given.ts",
    ["cli/shared-proxy"],
    [
      ["delete env[sharedVariable];", "", "what plugins start takes itself for a proxy"],
      ["delete env[launchVariable];", "", "a command that fetches a token waits for itself where it uses MLflow"],
      ["takePythonEnvironment(env);", "", "what plugins start takes its plugins from there"],
    ],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/main.ts",
    ["cli/changed-file"],
    [["void rehearseLoading()", "undefined", "after pip install -U a bad file ends what the last good one serves"]],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/handover.ts",
    ["cli/successor"],
    [
      [
        "if (!isOver && ++ends < MOST_ENDS)",
        "if (ends > 0)",
        "once its handover program was killed, a proxy has no successor",
      ],
      [
        'stdio: ["pipe", "ignore", "ignore", listen, control, handover]',
        'stdio: ["pipe", "ignore", "ignore", control, listen, handover]',
        "a successor takes asks for requests",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/choose-upstream.ts",
    ["cli/shared-proxy"],
    [['server.uri.replace("*", "any")', "server.uri", "a file of wildcards alone serves no Python program"]],
  ),
  ...faultsIn(
    "cli/src/child-environment.ts",
    ["cli/child-environment"],
    [["  unset(launchVariable);\n", "", "Python under exec shares a proxy with secrets that exec took out"]],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/start.py",
    ["cli/with-python"],
    [
      [
        "            environment.pop(name, None)\n",
        "            pass\n",
        "a program that Node started can't start a proxy",
      ],
    ],
  ),
];
