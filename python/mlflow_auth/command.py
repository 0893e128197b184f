"""The console script ``mlflow-auth``, and how Python starts the command that this package carries.

The script becomes node, so that exit codes, signals and the terminal are the command's own. Everything here happens before each start,
and each import takes its milliseconds: no ``importlib.metadata``, no ``subprocess``, no ``json``.
"""

import os
import sys

from mlflow_auth import __version__

#: In it the command is told which plugins this environment has. It takes it out before it starts anything.
VARIABLE = "_MLFLOW_AUTH_PYTHON"
_CARRIED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_command")
#: The wheel file that joins MLflow to a proxy, under the name that ``exec`` puts on PYTHONPATH.
BRIDGE = os.path.join(_CARRIED, "wheel", "mlflow_auth_bridge-1+exec-py3-none-any.whl")
#: Used wrongly, as the command itself ends where its Node is too old.
_EXIT = 2


class CantStart(Exception):
    """The command can't be started here. The message says what, where and what to do."""


def launch():
    """How the command is started from here, for JSON.

    ``argv``: node and the command, to which arguments are added; ``plugins``: absolute folders of the plugin packages of this
    environment; ``prefix`` of the environment; ``version``; ``bridge``: the wheel file that joins MLflow to a proxy; ``python`` that runs,
    or None.

    Raises CantStart.
    """
    argv, told = _prepare()
    return {"argv": argv, **told, "bridge": BRIDGE, "python": _own_python()}


def main():
    """Becomes the command. Returns never: exits 2 where it can't be started."""
    try:
        argv, told = _prepare()
        environment = {**os.environ, VARIABLE: _json(told)}
        try:
            os.execve(argv[0], [*argv, *sys.argv[1:]], environment)
        except OSError as error:
            raise cant_run(argv[0], environment, error) from None
    except CantStart as error:
        sys.stderr.write(f"mlflow-auth: {error}\n")
        sys.exit(_EXIT)


def _own_python():
    # Where a program was packed with its Python, this is the program, and it would be run once more beside each proxy.
    return None if getattr(sys, "frozen", False) else sys.executable or None


def _prepare():
    if os.name == "nt":
        raise CantStart("the command runs on Linux and macOS, not on Windows: use it within WSL (https://aka.ms/wsl)")
    from mlflow_auth.node import NoNode, find_node
    from mlflow_auth.packages import plugin_packages

    try:
        node = find_node()
    except NoNode as error:
        raise CantStart(str(error)) from None
    told = {"plugins": plugin_packages(), "prefix": sys.prefix, "version": __version__}
    return [node, os.path.join(_CARRIED, "bin", "mlflow-auth.js")], told


def cant_run(node, environment, error):
    """Why the system would not run it with this environment, as CantStart."""
    import errno

    from mlflow_auth.node import NEEDED, VARIABLE as NAMED

    if error.errno == errno.E2BIG:
        from mlflow_auth.provider import load_bridge

        load_bridge()
        from mlflow_auth_bridge.too_long import why_too_long

        return CantStart(": ".join(why_too_long(environment)))
    # The file is there: what is missing is the C library that it was built for.
    reason = "it is built for another system" if error.errno in (errno.ENOENT, errno.ENOEXEC) else error.strerror
    return CantStart(f"{node} can't be run ({reason}): set {NAMED} to the path of {NEEDED}")


def _json(value):
    try:
        from _json import encode_basestring_ascii as quoted
    except ImportError:  # Another Python than CPython.
        import json

        return json.dumps(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"[{','.join(map(_json, value))}]"
    return f"{{{','.join(f'{quoted(name)}:{_json(part)}' for name, part in value.items())}}}"
