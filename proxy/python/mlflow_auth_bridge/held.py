"""What this process has open for itself alone: no child that is forked has it, and no file of the program's that got its number is taken for it."""

import contextlib
import os
import socket
import threading
import weakref


def closed_in_children(one):
    """A child that is forked must not hold what is its parent's: a lease, a lock or a port would outlive that."""
    _opened[one] = identity(one)
    return one


def is_held(one):
    """Whether its descriptor is its own yet: a program that becomes a daemon closes all numbers, and opens others in their place."""
    own = _opened.get(one)
    return own is not None and identity(one) == own


def let_go(one):
    """Closes it; where the descriptor of a socket is another's by now, forgets that, for the end of the object would close it."""
    if is_held(one):
        one.close()
    elif isinstance(one, socket.socket):
        one.detach()


def identity(one):
    try:
        stats = os.fstat(one.fileno())
    except (OSError, ValueError):
        return None
    return stats.st_dev, stats.st_ino


@contextlib.contextmanager
def handed_on():
    """What this thread forks meanwhile becomes another program, and closes itself what it is not given: as gevent starts programs."""
    thread = threading.get_ident()
    _handing_on.add(thread)
    try:
        yield
    finally:
        _handing_on.discard(thread)


def close_in_child():
    if threading.get_ident() in _handing_on:
        return
    _handing_on.clear()
    for one in list(_opened):
        with contextlib.suppress(OSError):
            let_go(one)
    _opened.clear()


_opened = weakref.WeakKeyDictionary()
_handing_on = set()
os.register_at_fork(after_in_child=close_in_child)
