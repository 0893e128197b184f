/** Faults in the bridge in Python, which its tests import from the wheel that is packed of it. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "proxy/python/mlflow_auth_bridge_servers.py",
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
    "proxy/python/mlflow_auth_bridge_variables.py",
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
