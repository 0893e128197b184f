"""What MLflow finds by its entry points: with MLFLOW_TRACKING_AUTH=mlflow-auth, requests are led to a proxy that has the credentials.

MLflow loads this whatever it is told to use. So it imports nothing that is not there anyway, and raises nothing as it is loaded. The
work is that of the bridge, which ``mlflow-auth exec`` puts on PYTHONPATH as well; under ``exec`` that one is used.
"""

import _thread
import os

NAME = "mlflow-auth"
EXEC = "_MLFLOW_AUTH_BRIDGE"
LAUNCH = "_MLFLOW_AUTH_LAUNCH"
SIGNS = "MLFLOW_TRACKING_AWS_SIGV4"
# MLflow writes into them what a program sets in its code.
ADDRESSES = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")

_told = None
# What stood in them as MLflow was imported.
_at_import = {}


class Provider:
    """MLflow's ``RequestAuthProvider``."""

    def get_name(self):
        return NAME

    def get_auth(self):
        """Raises RuntimeError, with the command's own message, where nothing can be sent with its credential."""
        from mlflow_auth.command import CantStart

        try:
            if EXEC not in os.environ:
                tell_children()
            bridge = load_bridge()
        except CantStart as error:
            raise RuntimeError(f"mlflow-auth: {error}") from None
        return bridge.BridgeProvider(_at_import).get_auth()


class EarlyImport:
    """A ``RunContextProvider`` that has nothing to say. MLflow makes those as it is imported, before a program starts others."""

    def __init__(self):
        _at_import.update((name, os.environ.get(name)) for name in ADDRESSES)
        try:
            if os.environ.get("MLFLOW_TRACKING_AUTH") == NAME and EXEC not in os.environ:
                tell_children()
                load_bridge().EarlyImport()
                if signs_by_itself():
                    warn_of_signatures()
        except Exception:
            # It is said where a request is made.
            pass

    def in_context(self):
        return False

    def tags(self):
        return {}


def signs_by_itself():
    """Whether MLflow signs its requests for AWS, and so asks no plugin: the variable as MLflow reads it."""
    return os.environ.get(SIGNS, "").lower() in ("true", "1")


def warn_of_signatures():
    import sys

    if sys.stderr is not None:
        sys.stderr.write(
            f"mlflow-auth: warning: {SIGNS} is set, so MLflow signs its requests itself and sends them without the credential of"
            f" mlflow-auth. Try this: unset {SIGNS}\n"
        )


def tell_children():
    """Children may be of an environment without this package, as those of ``mlflow run`` are: they get the bridge, and how to start."""
    import json

    global _told
    if _told is None:
        from mlflow_auth.command import launch

        told = launch()
        _told = json.dumps(told), told["bridge"]
    os.environ[LAUNCH], bridge = _told
    path = os.environ.get("PYTHONPATH")
    # In a folder with a colon in its name it would be two others there.
    if os.pathsep not in bridge and (path is None or bridge not in path.split(os.pathsep)):
        os.environ["PYTHONPATH"] = bridge if not path else bridge + os.pathsep + path


def load_bridge():
    """The bridge as a module. Under ``exec`` this environment need not be able to start the command."""
    import importlib
    import sys

    from mlflow_auth.command import BRIDGE

    with _loading:
        if "mlflow_auth_bridge" not in sys.modules:
            # That of `exec`, or of the program that started this one, has the same name elsewhere, if it is still there.
            if not any(os.path.basename(path) == os.path.basename(BRIDGE) and os.path.isfile(path) for path in sys.path):
                sys.path.insert(0, BRIDGE)
        return importlib.import_module("mlflow_auth_bridge.provider")


# Python 3.9 gives one thread what another has begun to import from a wheel.
_loading = _thread.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_loading._at_fork_reinit)
