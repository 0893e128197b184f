"""Whether MLflow in this process asks this package for credentials. Where it does not, its requests go out bare, without a word."""

import importlib.util
import os
import sys

from mlflow_auth.provider import EXEC, NAME, SIGNS, load_bridge, signs_by_itself

#: In it MLflow is told which package to ask.
VARIABLE = "MLFLOW_TRACKING_AUTH"


def why_not_asked():
    """What is in the way, and what to do about it; None where it is asked, or ``exec`` leads its requests."""
    if os.environ.get(EXEC):
        return None
    return _of_its_installation() or _of_the_environment() or _of_its_import()


def _of_its_installation():
    load_bridge()
    from mlflow_auth_bridge.bridge import mlflow_asks_plugins

    if mlflow_asks_plugins():
        return None
    if importlib.util.find_spec("mlflow") is None:
        return f"there is no MLflow in {sys.prefix}", 'pip install "mlflow>=2.9", in the environment that your program runs in'
    return (
        "MLflow is older than 2.9 here, and asks no plugin",
        'pip install --upgrade "mlflow>=2.9", or start the program by `mlflow-auth exec -- …`',
    )


def _of_the_environment():
    value = os.environ.get(VARIABLE)
    if value != NAME:
        is_what = "is not set" if not value else "names another plugin"
        return (
            f"{VARIABLE} {is_what}, so MLflow in this process does not ask mlflow-auth",
            f'os.environ["{VARIABLE}"] = "{NAME}", before the first request',
        )
    if signs_by_itself():
        return (
            f"{SIGNS} is set, so MLflow in this process signs its requests itself, and does not ask mlflow-auth",
            f'del os.environ["{SIGNS}"], before the first request; where there is no file, MLFLOW_AUTH_PLUGINS=sigv4 signs as well',
        )
    return None


def _of_its_import():
    """MLflow reads once, as it is imported, which plugins are installed."""
    module = sys.modules.get("mlflow.tracking.request_auth.registry")
    registry = getattr(module, "_request_auth_provider_registry", None)
    try:
        knows = registry is None or any(one.get_name() == NAME for one in registry)
    except Exception:  # Another MLflow's registry: nothing is known against it.
        knows = True
    if knows:
        return None
    return (
        "MLflow was imported before mlflow-auth was installed, and does not know of it",
        "restart the kernel, or start the program anew",
    )
