"""The plugin packages of this environment: import packages ``mlflow_auth_NAME`` that hold a package.json."""

import os

from mlflow_auth.environment import environment_folders

PREFIX = "mlflow_auth_"


def plugin_packages():
    """Their folders, absolute; in the order in which Python looks, and by name. The command judges what they hold."""
    found = []
    for folder in environment_folders():
        try:
            names = sorted(name for name in os.listdir(folder) if name.startswith(PREFIX))
        except OSError:  # It may not be read.
            continue
        found += [path for path in (os.path.join(folder, name) for name in names) if _is_plugin(path)]
    return found


def _is_plugin(path):
    return os.path.isfile(os.path.join(path, "package.json"))
