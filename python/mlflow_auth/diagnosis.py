"""``mlflow_auth.doctor()``: ``mlflow-auth doctor`` for where nobody has a terminal, as in a notebook.

It tells of the process that it is called in: of its variables as they are now, and whether its MLflow asks this package at all.
"""

import json
import os
import subprocess
import sys

from mlflow_auth.asked import why_not_asked
from mlflow_auth.command import VARIABLE, CantStart, cant_run, launch


class DoctorFailed(Exception):
    """The chain from the file to an answer of MLflow breaks. What is wrong has been printed."""

    def _render_traceback_(self):
        """What IPython shows in a cell: where doctor() was called is no news there."""
        return [f"mlflow-auth: {self}"]


def diagnose(arguments):
    """Prints what the command prints for these arguments, as it comes. Raises DoctorFailed."""
    problem = why_not_asked()
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
