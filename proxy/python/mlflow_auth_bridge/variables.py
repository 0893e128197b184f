"""MLFLOW_TRACKING_URI as two readers need it: the proxy's address for the program and all that it starts, the server's own for MLflow.

A program's own `requests` calls, curl, and programs in other languages have nothing but the variable. MLflow prints its tracking
URI in links, keeps it, and leads what it sends there through the bridge. It reads and writes the variable through one object, in
every version from 2.9 to 3.17; that object translates from here on.
"""

import os
import sys

from .addresses import KEPT_IN, kept_by_mlflow


def translate(bridge):
    """Returns the variables that this MLflow reads in another way: nothing has changed for those."""
    return [name for name in KEPT_IN if not translates(name, bridge)]


def translates(name, bridge):
    variable = getattr(sys.modules.get("mlflow.environment_variables"), name, None)
    kind = type(variable)
    if not all(callable(getattr(kind, method, None)) for method in ("get", "get_raw", "set")):
        return False
    # A child that was told the server's own address, as those of `mlflow run` are.
    told = os.environ.get(name)
    if told is not None:
        os.environ[name] = bridge.proxy_address(told)
    try:
        variable.__class__ = translating(kind, bridge)
        is_read = told is None or variable.get() == bridge.real_url(os.environ[name])
    except Exception:
        is_read = False
    if not is_read:
        if type(variable) is not kind:
            variable.__class__ = kind
        if told is not None:
            os.environ[name] = told
    return is_read


def translating(kind, bridge):
    class TranslatingVariable(kind):
        def get_raw(self):
            hide_from_doctor(bridge)
            value = super().get_raw()
            return value if value is None else bridge.real_url(value)

        def set(self, value):
            super().set(bridge.proxy_address(str(value)))
            # A program may have taken it from the environment.
            kept = kept_by_mlflow(self.name)
            if isinstance(kept, str):
                module, attribute = KEPT_IN[self.name]
                setattr(sys.modules[module], attribute, bridge.real_url(kept))

    return TranslatingVariable


def hide_from_doctor(bridge):
    """`mlflow doctor` prints the variables for people to paste into issues, once it has asked for the addresses: not with the token."""
    doctor = sys.modules.get("mlflow.utils.doctor")
    if getattr(doctor, "os", None) is os:
        doctor.os = OsWithRealAddresses(bridge)


class OsWithRealAddresses:
    def __init__(self, bridge):
        self._bridge = bridge

    def __getattr__(self, name):
        return getattr(os, name)

    @property
    def environ(self):
        return {name: self._bridge.real_url(value) for name, value in os.environ.items()}
