/** Faults in what a person sees of mlflow-auth in a notebook. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "python/mlflow_auth/asked.py",
    ["test/python-messages", "test/notebooks"],
    [
      ["if value != NAME:", "if not value:", "doctor() says that all is well where MLflow asks another plugin"],
      [
        "    if knows:",
        "    if True:",
        "doctor() says that all is well, and MLflow goes bare until the kernel is restarted",
      ],
      [
        "    if signs_by_itself():",
        "    if False:",
        "doctor() says that all is well where MLflow signs, and asks nobody",
      ],
      [
        "    if mlflow_asks_plugins():",
        "    if True:",
        "doctor() says that all is well where there is no MLflow that asks",
      ],
    ],
  ),
  ...faultsIn(
    "python/mlflow_auth/diagnosis.py",
    ["test/notebooks"],
    [
      ["if code != 0:", "if code == 0:", "a cell that ends well stands for a chain that breaks"],
      ["stderr=subprocess.STDOUT", "stderr=subprocess.DEVNULL", "a cell does not say that there is no file"],
      ["def _render_traceback_(self)", "def _render_nothing_(self)", "what doctor() has found drowns in a traceback"],
      ["            process.terminate()\n", "", "an interrupted cell waits for doctor to the end"],
      [
        "        VARIABLE: json.dumps",
        "        '_' + VARIABLE: json.dumps",
        "doctor() finds no plugin of this environment",
      ],
    ],
  ),
  ...faultsIn(
    "python/mlflow_auth/__init__.py",
    ["test/notebooks"],
    [["diagnose(arguments)", "diagnose(())", "doctor() tells of another file than it was asked for"]],
  ),
];
