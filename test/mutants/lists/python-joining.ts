/** Faults in how Python programs find the proxy that they share, start it and keep its port. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/addresses.py",
    ["test/given-addresses"],
    [
      ["        given = before\n", "        pass\n", "any server that a program names in its code gets the credential"],
      ["            result[name] = given\n", "            pass\n", "and so does any that its children are told"],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/folder.py",
    ["proxy/python-own-folder"],
    [
      [" or found.st_mode & 0o077:", ":", "who may write the folder stands between a program and its proxy"],
      ["found.st_uid != os.geteuid() or ", "", "another user's folder is taken for one's own"],
      [
        "        if not is_trusted(os.path.dirname(path)):",
        "        if False:",
        "another user exchanges what programs find",
      ],
      [
        "            if is_trusted(nearest(cache)):",
        "            if True:",
        "under sudo a home gets a folder of root's",
      ],
      [
        "    if is_anybody():\n        return\n",
        "",
        "in a user namespace anybody's proxy is asked, and told all variables",
      ],
      ["os.lstat(path)", "os.stat(path)", "a link leads to wherever another user says"],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/find.py",
    ["test/no-room"],
    [
      [
        "        except OSError:\n            continue\n    try:",
        "        except PermissionError:\n            continue\n    try:",
        "with a full disk every program fails",
      ],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/ask.py",
    ["proxy/python-own-folder"],
    [
      [
        "if peer_uid(connection) != os.geteuid():",
        "if False:",
        "the whole environment goes to another user's process, and its address is believed",
      ],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/lease.py",
    ["proxy/python-joining-faults"],
    [
      [
        'if settings["proxy"] != f"http://127.0.0.1:{port_of(listening)}":',
        "if False:",
        "requests and the token go to a port that is not held",
      ],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/join.py",
    ["proxy/python-joining-faults"],
    [
      [
        "not lease.is_lost and question == self._question",
        "not lease.is_lost",
        "a successor for other variables takes the requests of the programs before it",
      ],
      ["if has_ended and is_busy:", "if False:", "a request whose proxy was killed hangs for minutes"],
      ["if asked == question and time.monotonic() < end:", "if False:", "each request waits for a command that fails"],
      [
        "if asked == question and time.monotonic() < end:",
        "if time.monotonic() < end:",
        "a variable that was put right in a notebook counts for nothing at first",
      ],
      [
        "if text not in self._said:",
        "if True:",
        "the same words fill the log",
        { tests: ["proxy/python-joining-words"] },
      ],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/handover.py",
    ["proxy/python-handover"],
    [
      ["if peer_uid(connection) != os.geteuid():", "if False:", "another user has the port of the proxy"],
      [
        "told = hand_over(listening)",
        "told, listening = hand_over(listening), None",
        "the successor can't give its port away",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/shared-proxy/judge.ts",
    ["cli/judge"],
    [
      [
        'if (!RIGHTS.every((kind) => ask.rights[kind] === own.rights[kind])) return "rights";',
        "",
        "a program gets what only a group may read to which it does not belong",
      ],
      ['"groups", "capabilities", "root"', '"capabilities", "root"', "a program that gave up a group is let in"],
      ['"groups", "capabilities", "root"', '"groups", "root"', "a program that gave up its capabilities is let in"],
      ['"groups", "capabilities", "root"', '"groups", "capabilities"', "a program in another root folder is let in"],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/rights.py",
    ["cli/with-python"],
    [["[own, *groups]", "groups", "no program shares a proxy"]],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/start.py",
    ["proxy/python-joining-surroundings"],
    [["        **as_it_acts(),\n", "", "a program that acts as another user for a while starts a proxy of root's"]],
  ),
];
