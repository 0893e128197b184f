/** Faults in what Python programs do about a shared proxy that does not start, or stands still. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/words.py",
    ["proxy/python-last-words"],
    [
      ['text = text.replace(value, f"[{name}]")', "pass", "a secret of the environment is in an error"],
      ["key=lambda one: -len(one[0])", "key=len", "half of a secret is in an error"],
      ['            text = f"{text[:-cut]}[{name}]"', "            pass", "the beginning of a secret is in an error"],
      ["for line in value.splitlines()]", "for line in ()]", "a line of a key is in an error"],
      ["one.isprintable()", "True", "what a program prints steers the terminal of whoever reads an error"],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/find.py",
    ["proxy/python-patience"],
    [
      [
        "words.take()",
        "pass",
        "a command that says much can't end, and is waited for",
        { tests: ["proxy/python-last-words"] },
      ],
      ["if cleans and path in self._still:", "if False:", "each program waits for a proxy that was stopped"],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/ask.py",
    ["proxy/python-last-words"],
    [["ensure_ascii=False", "ensure_ascii=True", "a large environment in another script is too long to be asked with"]],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/folder.py",
    ["proxy/python-patience"],
    [["if looks > STOPPED or", "if", "a program that was stopped as it started a proxy holds all others up"]],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/handover.py",
    ["proxy/python-patience"],
    [
      ["or self._silent >= MOST_SILENT", "", "a plugin that never ends holds requests up for hours"],
      ["is_ours(proxy, COMMAND) or", "True or", "some other process is killed"],
      [
        "self._stopped >= MOST_STOPPED or ",
        "",
        "requests to a proxy that was stopped wait for minutes",
        { tests: ["cli/with-python"] },
      ],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/held.py",
    ["proxy/python-held"],
    [
      [
        "own is not None and identity(one) == own",
        "own is not None",
        "a file that the program opens is read or closed as a lease",
      ],
      ["if threading.get_ident() in _handing_on:", "if False:", "under gevent no proxy can be started"],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/join.py",
    ["proxy/python-held"],
    [["and not lease.is_lost", "", "a program that closes what it does not know can send nothing any more"]],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/share.ts",
    ["cli/shared-proxy"],
    [
      [
        "every((name) => asked.has(name))",
        "some((name) => asked.has(name))",
        "a program has what another's variables give where the plugin of a second server reads them late",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/judge.ts",
    ["cli/shared-proxy"],
    [[" && !OF_ONE_PROCESS.test(name)", "", "each kernel and each process of a pool has a proxy of its own"]],
  ),
  ...faultsIn(
    "cli/src/too-long.ts",
    ["cli/run-child"],
    [
      [
        ".sort((one, other) => other.size - one.size)",
        "",
        "the variables that are named are not those that are too long",
      ],
      ["longest > LONGEST_ONE", "false", "people look for many variables where one is too long"],
    ],
  ),
  ...faultsIn(
    "python/mlflow_auth/command.py",
    ["test/python-messages"],
    [["if error.errno == errno.E2BIG:", "if False:", "people look for another Node where a variable is too long"]],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/main.ts",
    ["cli/with-python"],
    [["      leaveStderr();\n", "", "a program of a plugin is ended by what it writes to stderr"]],
  ),
  ...faultsIn(
    "proxy/src/http/response-writer.ts",
    ["proxy/response-writer"],
    [
      ["<= SHORT", "< 0", "a proxy that is killed leaves a client with half of a short answer"],
      ["if (this.#isShort) this.#hold", "if (false) this.#hold", "the same where its body comes later"],
      ["else this.#flush();\n  }", "}", "a head waits for a body that has no end"],
      ["this.#hold = setTimeout(() => this.#flush(), patience);", ";", "a head waits for ever for a short body"],
    ],
  ),
];
