/** Faults in the bridge in Python, which its tests import from the wheel that is packed of it. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/servers.py",
    ["proxy/python-bridge"],
    [
      [
        '"[^.]+".join(',
        '".+".join(',
        "a wildcard stands for several labels, and a request goes to the proxy, which refuses it",
      ],
      [
        '(path + "/").startswith(self._base + "/")',
        "path.startswith(self._base)",
        "another path of the host counts as listed",
      ],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/auth.py",
    ["proxy/python-joining-surroundings"],
    [
      ["lower or upper", "lower", "what NO_PROXY exempts is sent to an HTTP proxy, credential and all"],
      ["upper or lower", "upper", "what no_proxy exempts is sent to an HTTP proxy by what reads the other one"],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/lease.py",
    ["proxy/python-joining-surroundings"],
    [
      [
        "    os.set_inheritable(descriptors[0], False)\n",
        "",
        "what a program starts keeps the port of a proxy that has ended",
      ],
      ["contextlib.suppress(OSError, ValueError)", "contextlib.suppress(OSError)", "a warning fails a request"],
      ["if not isinstance(message, dict):", "if False:", "a line of nobody's fails a request"],
      [
        "if self._is_closed or self.is_over:",
        "if False:",
        "a token is sent to whoever has the port of a proxy that ended",
      ],
    ],
  ),
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge/variables.py",
    ["proxy/python-variables"],
    [
      [
        "return value if value is None else bridge.real_url(value)",
        "return value",
        "MLflow prints links with the proxy's address and its token",
      ],
      ["        os.environ[name] = bridge.proxy_address(told)\n", "", "what a child of `mlflow run` starts goes bare"],
    ],
  ),
];
