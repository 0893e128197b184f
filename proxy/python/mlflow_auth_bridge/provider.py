"""What MLflow finds by the entry points of the wheel, or by those of the package `mlflow_auth`.

`exec` puts the wheel on PYTHONPATH, names `mlflow-auth` in MLFLOW_TRACKING_AUTH, and says in _MLFLOW_AUTH_BRIDGE where the proxy is.
Without `exec`, _MLFLOW_AUTH_LAUNCH says how one is started, and `join` finds where that is. The variables are inherited, so a Python
program that a Python program starts has the same.

Standard library only, for Python 3.9 and newer; `requests` is MLflow's own, and imported once MLflow sends something.
"""

import json
import os

from .addresses import present, watch
from .auth import BridgeAuth
from .bridge import NAME, Bridge

SETTINGS = "_MLFLOW_AUTH_BRIDGE"
LAUNCH = "_MLFLOW_AUTH_LAUNCH"


class BridgeProvider:
    """MLflow's `RequestAuthProvider`."""

    def __init__(self, at_import=None):
        """`at_import`: what `addresses.present` gave when MLflow was imported. Default: what EarlyImport saw."""
        self._at_import = _at_import if at_import is None else at_import

    def get_name(self):
        return NAME

    def get_auth(self):
        if bridge is not None:
            return BridgeAuth(bridge)
        if shares_proxy():
            from .join import shared_auth

            # A program may have asked for this plugin only later.
            watch(self._at_import)
            return shared_auth()
        # Never without a word, and without a credential.
        raise RuntimeError(
            f"mlflow-auth: {SETTINGS} is missing or cut off, so requests can't be led through the proxy of"
            " `mlflow-auth exec`. Pass the environment on as it is, or remove MLFLOW_TRACKING_AUTH from it."
        )


class EarlyImport:
    """A `RunContextProvider` that has nothing to say: MLflow makes those, and so loads this module, before it asks for any address."""

    def __init__(self):
        _at_import.update(present())
        try:
            if bridge is not None:
                bridge.show_real_addresses()
            elif shares_proxy() and os.environ.get("MLFLOW_TRACKING_AUTH") == NAME:
                watch(_at_import)
                # Beside MLflow nobody notices the milliseconds that it takes. The first request would wait for them.
                from . import join  # noqa: F401
        except Exception:
            # The proxy's address leads there as well, and only the links are others; or a request says what is wrong.
            pass

    def in_context(self):
        return False

    def tags(self):
        return {}


def shares_proxy():
    return bridge is None and LAUNCH in os.environ and SETTINGS not in os.environ


def read_settings():
    """None if they are missing, cut off or of another form: whatever it is, a program that sends nothing must go on."""
    try:
        return Bridge(**json.loads(os.environ[SETTINGS]))
    except Exception:
        return None


# The addresses that the program was given.
_at_import = {}
bridge = read_settings()
