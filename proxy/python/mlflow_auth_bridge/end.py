"""How a program that outlives its `exec` knows of that: nobody listens on the proxy's port then, and MLflow would try it for minutes."""

import os
import socket
import sys
from urllib.parse import urlsplit


def has_ended(process, proxy):
    """Whether it is sure that the `exec` has ended which has this process and this proxy."""
    # A process of that number may be another's by now, and a port may be refused elsewhere than where `exec` runs.
    if os.name != "posix" or namespaces() != process["namespaces"]:
        return False
    try:
        os.kill(process["pid"], 0)
        return False
    except ProcessLookupError:
        pass
    except OSError:
        return False
    parts = urlsplit(proxy)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        pass
    return False


def namespaces():
    """Where processes and ports are counted: as in proxy/src/private/python-bridge.ts. Empty where there is but one such place."""
    if sys.platform == "darwin":
        return []
    try:
        return [os.readlink(f"/proc/self/ns/{kind}") for kind in ("pid", "net")]
    except OSError:
        return None


def after_end(url):
    """The error for a request to this URL of a listed server: one that MLflow does not try again."""
    from requests.exceptions import ConnectionError as NoConnection

    parts = urlsplit(url)
    server = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return NoConnection(
        f"mlflow-auth: the mlflow-auth exec around this program has ended, and its proxy with it, so nothing can be sent to {server}."
        " Try this: let the command behind `exec --` wait for this program, or start this program by an exec of its own."
    )
