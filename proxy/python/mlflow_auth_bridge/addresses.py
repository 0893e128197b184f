"""Which addresses a program was given in its environment, whatever it has told MLflow since.

MLflow writes what `set_tracking_uri` is told into MLFLOW_TRACKING_URI. A file that says `trackingUri: ${MLFLOW_TRACKING_URI}` would mean
any server then that a program names in its code, and that server would get the credential of the one that the file was written for. So
the command is told what stood there before. Where nothing did, the first address that the program names counts.
"""

import json
import os
import sys

# JSON for what this process starts: by the variable's name, what was given and what MLflow wrote in its place.
GIVEN = "_MLFLOW_AUTH_GIVEN"
# Where MLflow keeps an address that a program set, beside the variable.
KEPT_IN = {
    "MLFLOW_TRACKING_URI": ("mlflow.tracking._tracking_service.utils", "_tracking_uri"),
    "MLFLOW_REGISTRY_URI": ("mlflow.tracking._model_registry.utils", "_registry_uri"),
}


def present():
    """By the variable's name; None where it is not set."""
    return {name: os.environ.get(name) for name in KEPT_IN}


def watch(before):
    """Has MLflow's own object for each variable remember what it overwrites. `before`: what `present` gave when MLflow was imported."""
    for name in KEPT_IN:
        variable = getattr(sys.modules.get("mlflow.environment_variables"), name, None)
        kind = type(variable)
        if not callable(getattr(kind, "set", None)) or hasattr(kind, "remembers"):
            continue
        kept = kept_by_mlflow(name)
        if kept is not None and kept == os.environ.get(name):
            remember(name, before.get(name), kept)
        variable.__class__ = remembering(kind)


def kept_by_mlflow(name):
    module, attribute = KEPT_IN[name]
    return getattr(sys.modules.get(module), attribute, None)


def remembering(kind):
    class RememberingVariable(kind):
        remembers = True

        def set(self, value):
            before = os.environ.get(self.name)
            super().set(value)
            remember(self.name, before, os.environ[self.name])

    return RememberingVariable


def remember(name, before, written):
    """`before`: what stood in the variable, or None."""
    replaced = read()
    given, last = replaced.get(name, (None, None))
    if before is not None and before != last:
        # The program, or whoever started it, wrote that.
        given = before
    replaced[name] = (written if given is None else given, written)
    os.environ[GIVEN] = json.dumps(replaced)


def as_given(environment):
    """A copy of an environment, with what was given in the place of what MLflow wrote."""
    result = {name: value for name, value in environment.items() if name != GIVEN}
    for name, (given, written) in read(environment).items():
        if result.get(name, written) == written:
            result[name] = given
    return result


def read(environment=os.environ):
    """Nothing where it is missing or cut off: what stands in the variables counts then."""
    try:
        found = json.loads(environment[GIVEN])
        return {name: (str(found[name][0]), str(found[name][1])) for name in KEPT_IN if name in found}
    except (KeyError, IndexError, TypeError, ValueError):
        return {}
