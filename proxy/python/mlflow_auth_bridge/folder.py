"""Where the programs of one user find the proxies that they share: sockets in a folder of that user's alone, and a lock to start one.

A folder that can't be had for whatever reason (somebody planted another one, the disk is full or read-only, its path is too long for
a socket) is passed over for the next.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import socket
import stat
import time

from .held import closed_in_children
from .pulse import is_stopped

# Of the path of a Unix socket there are 108 bytes on Linux, 104 on macOS.
LONGEST_PATH = 100
LONGEST_NAME = len("/65535-01234567.sock")
# Seconds. Who holds the lock for longer hangs, and is not waited for; on a busy machine a start takes its time. Where a signal has
# stopped him, that many looks show it.
LONGEST_LOCK = 90
PAUSE = 0.01
STOPPED = 100
MOST_SOCKETS = 32
# As many programs may ask or connect at once before one of them is served.
BACKLOG = 512


def own_folders():
    """Those that can be used, best first. Each is made if it is not there."""
    if is_anybody():
        return
    for path in places():
        try:
            folder = Folder(path)
        except OSError:
            continue
        yield folder


def places():
    user = os.geteuid()
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime):
        yield os.path.join(runtime, "mlflow-auth")
    yield f"/run/user/{user}/mlflow-auth"
    cache = os.environ.get("XDG_CACHE_HOME", "")
    cache = os.path.join(cache if os.path.isabs(cache) else os.path.expanduser("~/.cache"), "mlflow-auth")
    if os.path.isabs(cache):
        with contextlib.suppress(OSError):
            if is_trusted(nearest(cache)):
                os.makedirs(cache, 0o700, exist_ok=True)
        # A home may be that of many machines, and a socket belongs to one.
        yield os.path.join(cache, machine())
    yield f"/tmp/mlflow-auth-{user}"


def nearest(path):
    """The folder in which the first of what is missing of a path would be made."""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return path


def is_trusted(folder):
    """Not another user's, who could exchange what is in it; and root leaves nothing in a home that it was given, as `sudo -E` gives it."""
    return os.stat(folder).st_uid in (0, os.geteuid())


def is_anybody():
    """Whether this user has the number by which a user namespace shows all whom it does not know: as an owner's or a peer's, it says nothing."""
    try:
        with open("/proc/sys/kernel/overflowuid", encoding="ascii") as number, open("/proc/self/uid_map", encoding="ascii") as known:
            return os.geteuid() == int(number.read()) and sum(int(line.split()[2]) for line in known) < 2**32 - 1
    except (OSError, ValueError):
        return False


def machine():
    try:
        with open("/etc/machine-id", encoding="ascii") as file:
            name = file.read().strip()
    except (OSError, ValueError):
        name = ""
    return hashlib.sha256(f"{name} {socket.gethostname()}".encode()).hexdigest()[:12]


class Folder:
    """One that is the user's alone. Raises OSError where it can't be had."""

    def __init__(self, path):
        if len(os.fsencode(path)) + LONGEST_NAME > LONGEST_PATH:
            raise OSError(errno.ENAMETOOLONG, "too long for a socket", path)
        if not is_trusted(os.path.dirname(path)):
            raise OSError(errno.EPERM, "in another user's folder", path)
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, 0o700)
        found = os.lstat(path)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise OSError(errno.EPERM, "not this user's alone", path)
        self.path = path

    def sockets(self):
        """The paths of the control sockets in it, newest first."""
        with os.scandir(self.path) as found:
            named = [(one.stat(follow_symlinks=False).st_mtime, one.path) for one in found if one.name.endswith(".sock")]
        return [path for _, path in sorted(named, reverse=True)[:MOST_SOCKETS]]

    @contextlib.contextmanager
    def locked(self):
        """Raises OSError where the lock can't be had in time. The kernel frees it if this process dies."""
        with closed_in_children(open(os.path.join(self.path, "lock"), "rb", opener=made_by_need)) as lock:
            wait_for(lock)
            try:
                yield
            finally:
                # Said, for a child that was forked meanwhile may have the file open as well.
                fcntl.flock(lock, fcntl.LOCK_UN)

    def bind(self, name):
        """The path of a Unix socket, and what listens there. Raises OSError where there is no room for it."""
        path = os.path.join(self.path, name)
        one = closed_in_children(socket.socket(socket.AF_UNIX))
        try:
            # Where the mask of the program is open, and the folder was exchanged: the socket is made with this mode on Linux.
            with contextlib.suppress(OSError):
                os.fchmod(one.fileno(), 0o600)
            one.bind(path)
            one.listen(BACKLOG)
        except BaseException:
            one.close()
            raise
        return path, one


def made_by_need(path, _):
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def wait_for(lock):
    end = time.monotonic() + LONGEST_LOCK
    holder, looks = None, 0
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            told = os.pread(lock.fileno(), 100, 0)
            if told != holder:
                holder, end = told, time.monotonic() + LONGEST_LOCK
            looks = looks + 1 if is_stopped(here(told)) else 0
            if looks > STOPPED or time.monotonic() > end:
                raise
            time.sleep(PAUSE)
    with contextlib.suppress(OSError):
        # For who waits: the disk may be full.
        os.ftruncate(lock.fileno(), 0)
        os.pwrite(lock.fileno(), f"{os.getpid()} {namespace()}".encode(), 0)


def here(told):
    """The number of a process that has told it so; None where processes are counted elsewhere."""
    number, _, where = told.decode("ascii", "replace").partition(" ")
    return number if where == namespace() and number.isdecimal() else None


def namespace():
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
