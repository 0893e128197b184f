"""The folders in which this Python environment has its packages.

Most environments have one, ``site-packages``. It may be split: ``--user``, system-site-packages, ``--target``, a folder for each wheel.
The working directory and the script's folder are on ``sys.path`` as well, and are never among these: what lies there by chance, or
because somebody put it there, is not installed.
"""

import os
import sys


def environment_folders():
    """In the order in which Python looks; absolute paths of folders, each once.

    They are the same whatever program of this environment asks, as far as it has not appended to ``sys.path``.
    """
    own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = {_real(path) for path in (own, *_site_folders(), *_named_folders())}
    library = os.path.dirname(os.__file__)
    # What programs put in front of the standard library is theirs; behind it stands what .pth files have added.
    behind = sys.path.index(library) if library in sys.path else len(sys.path)
    here = _working_folder()
    folders = {}
    for index, path in enumerate((*sys.path, own)):
        if not isinstance(path, str) or not os.path.isabs(path):
            continue
        real = _real(path)
        if real != _real(library) and (real in installed or (index > behind and real != here)) and os.path.isdir(real):
            folders.setdefault(real, path)
    return list(folders.values())


def _site_folders():
    site = sys.modules.get("site")
    if site is None:  # python -S
        return []
    folders = list(site.getsitepackages()) if hasattr(site, "getsitepackages") else []
    if site.ENABLE_USER_SITE and isinstance(site.USER_SITE, str):
        folders.append(site.USER_SITE)
    return folders


def _named_folders():
    """Those of PYTHONPATH, but for the one that the process works in, however it is written."""
    if sys.flags.ignore_environment:
        return []
    here = _working_folder()
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return [path for path in paths if os.path.isabs(path) and _real(path) != here]


def _working_folder():
    try:
        return os.path.realpath(os.getcwd())
    except OSError:  # It was removed.
        return None


def _real(path):
    return os.path.realpath(path)
