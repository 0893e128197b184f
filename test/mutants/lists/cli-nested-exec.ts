/** Faults in what a command knows of a proxy of ours around it, and a program of one that has ended. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Within another proxy of ours
  ...faultsIn(
    "cli/src/outer-proxy.ts",
    ["cli/outer-proxy"],
    [
      [
        "for (const [name, { real }] of led) env[name] = real;",
        "",
        "a command within exec is about the proxy, and prints its token in links",
      ],
      ["return [settings.token, ...tokens];", "return tokens;", "a command within exec prints the token of its proxy"],
      ["(?=.*\\d)", "", "a name in an address is printed as a token"],
      ['url?.protocol === "http:"', "url !== null", "a name in an address is printed as a token"],
    ],
  ),
  // A program that outlives exec
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/auth.py",
    ["cli/outliving-exec"],
    [
      [
        "            self._bridge.refuse_after_end(request.url)\n",
        "",
        "a program that outlives exec tries a port where nobody listens for minutes",
      ],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/end.py",
    ["cli/outliving-exec"],
    [
      [
        'namespaces() != process["namespaces"]',
        "False",
        "a program in a container is told that exec has ended, which may run",
      ],
    ],
  ),

  // An exec within another
  ...faultsIn(
    "cli/src/nested-exec.ts",
    ["cli/nested-exec"],
    [
      [
        "bridge.addresses).every(([name, { real }]) => env[name] === real)",
        "bridge.addresses).every(() => true)",
        "a server that a script names is passed over for the outer one's",
      ],
      ["baseOf(server) !== own.real", "false", "--server of the inner exec is passed over"],
      ["here?.digest !== meant.digest", "here === undefined", "another file counts for the same"],
      ["{ file, text: textOf(file) }", "{ file }", "a file that was changed counts for the same"],
      ["    env[bridgeVariable],\n", "", "an address that another program wrote is believed"],
      [
        "(await answers(own.proxy, bridge.token)) ? { outer, file: here.file }",
        "own.proxy !== undefined ? { outer, file: here.file }",
        "a proxy that does not answer is used",
        { accepted: "the process lives, so its proxy does: this is for other namespaces" },
      ],
      [
        "if (!isRunning(meant.pid)) return",
        "if (meant.pid === 0) return",
        "in the shell of an exec that has ended, doctor blames the file",
        { tests: ["cli/doctor-within-exec"] },
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/same-meaning.ts",
    ["cli/nested-exec"],
    [
      [
        " && !isFileNamed(place)",
        "",
        "a named file that is not there is passed over for the environment",
        { tests: ["cli/without-file"] },
      ],
      ["[name, env[name] ?? null]", "[name, null]", "a credential of the script's own is passed over"],
      ["...kindred(reads, env), ", "", "a setting that a vendor's library reads by itself is passed over"],
    ],
  ),
  ...faultsIn(
    "cli/src/child-environment.ts",
    ["cli/nested-exec"],
    [
      [
        "for (const name of dropped) delete env[name];",
        "",
        "a program within gets a secret that only the outer exec was told to leave",
      ],
      ["addresses)) env[name] = proxy;", "addresses)) void proxy;", "the program under the inner exec goes bare"],
      ["env[name] = withLoopback(env[name]);", "", "an HTTP proxy gets the token where a script wrote NO_PROXY anew"],
      [
        "if (!hasBridge(env)) env",
        "if (hasBridge(env)) env",
        "Python under the inner exec goes bare where a script wrote PYTHONPATH anew",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/hide-texts.ts",
    ["cli/outer-proxy"],
    [
      [
        "rest.replaceAll(spelled(hidden),",
        "rest.replace(hidden,",
        "of a token that stands in a line twice one is printed",
      ],
    ],
  ),
];
