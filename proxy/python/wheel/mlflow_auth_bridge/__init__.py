"""The part of mlflow-auth that runs in Python: it leads what MLflow sends to a listed server through the proxy.

The modules are files beside this wheel, for Python compiles what it imports from within one anew in each process. The wheel itself has
the entry points, and is what stands on PYTHONPATH: pip lists no file that is named like a wheel, and every folder with entry points.

The local version in its name is on purpose: no public index holds one, so a list of packages that something made under `exec` can't
fetch somebody else's package by the bridge's name.
"""

import os

__path__ = [os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(__file__))), __name__)]
