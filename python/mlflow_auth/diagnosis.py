"""``mlflow_auth.doctor()``: ``mlflow-auth doctor`` for where nobody has a terminal, as in a notebook.

It tells of the process that it is called in: of its variables as they are now, and whether its MLflow asks this package at all.
"""

import json
import os
import subprocess
import sys

from mlflow_auth.command import VARIABLE, CantStart, cant_run, launch
from mlflow_auth.provider import SIGNS, signs_by_itself

#: The name by which MLflow asks for this package, and the variable in which it is told to.
NAME = "mlflow-auth"
ASKED = "MLFLOW_TRACKING_AUTH"
#: Where `exec` says that it leads this process's requests.
_UNDER_EXEC = "_MLFLOW_AUTH_BRIDGE"


class DoctorFailed(Exception):
    """The chain from the file to an answer of MLflow breaks. What is wrong has been printed."""

    def _render_traceback_(self):
        """What IPython shows in a cell: where doctor() was called is no news there."""
        return [f"mlflow-auth: {self}"]


def diagnose(arguments):
    """Prints what the command prints for these arguments, as it comes. Raises DoctorFailed."""
    problem = _problem_here()
    if problem is not None:
        what, remedy = problem
        print(f"  FAIL  python          {what}\n                        Try this: {remedy}\n")
        raise DoctorFailed("the chain breaks at: python, see above")
    try:
        code = _run([str(one) for one in arguments])
    except CantStart as error:
        raise DoctorFailed(str(error)) from None
    if code != 0:
        raise DoctorFailed(f"the chain breaks (exit code {code}), see above")


def _problem_here():
    """Why MLflow in this process would send its requests bare whatever the command finds: what it is, and what to do. None: it would not."""
    if os.environ.get(_UNDER_EXEC):
        return None
    value = os.environ.get(ASKED)
    if value != NAME:
        is_what = "is not set" if not value else "names another plugin"
        return (
            f"{ASKED} {is_what}, so MLflow in this process does not ask mlflow-auth",
            f'os.environ["{ASKED}"] = "{NAME}", before the first request',
        )
    if signs_by_itself():
        return (
            f"{SIGNS} is set, so MLflow in this process signs its requests itself and does not ask mlflow-auth",
            f'del os.environ["{SIGNS}"], before the first request',
        )
    if not _is_known_to_mlflow():
        return (
            "MLflow was imported before mlflow-auth was installed, and does not know of it",
            "restart the kernel, or start the program anew",
        )
    return None


def _is_known_to_mlflow():
    """MLflow reads once, as it is imported, which plugins are installed."""
    module = sys.modules.get("mlflow.tracking.request_auth.registry")
    registry = getattr(module, "_request_auth_provider_registry", None)
    try:
        return registry is None or any(one.get_name() == NAME for one in registry)
    except Exception:  # Another MLflow's registry: nothing is known against it.
        return True


def _run(arguments):
    """Its exit code. Both of its streams go to where Python prints: a notebook's cell has no file for them."""
    told = launch()
    argv = told.pop("argv")
    environment = {
        **os.environ,
        VARIABLE: json.dumps({name: told[name] for name in ("plugins", "prefix", "version")}),
    }
    try:
        started = subprocess.Popen(
            [*argv, "doctor", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise cant_run(argv[0], environment, error) from None
    with started as process:
        try:
            for line in process.stdout:
                sys.stdout.write(line)
                sys.stdout.flush()
        except BaseException:  # A cell that is interrupted.
            process.terminate()
            raise
        return process.wait()
