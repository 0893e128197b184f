"""The yes of a shared proxy, which lasts for as long as its connection is open, and the port that comes with it."""

import contextlib
import errno
import json
import os
import socket
import sys
import threading
import weakref

from .ask import connect, until_done
from .held import closed_in_children, is_held, let_go
from .pulse import PAUSE, Pulse, peer_pid

# By which the program that hands over is known.
HANDOVER_OPTION = "-I"


class Lease:
    """A proxy's yes. `settings` are those of a Bridge; `listening` is the proxy's port, which is nobody else's while this holds it."""

    def __init__(self, asked, listening):
        self._connection = asked.connection
        self._rest = asked.rest
        self.settings = asked.answer["settings"]
        self.digest = asked.answer.get("digest")
        self.listening = listening
        # Requests whose answers are not there yet.
        self.under_way = weakref.WeakSet()
        self._closing = threading.RLock()
        self._is_closed = False
        self.has_ended = False
        # Whether another is to be asked for, at the latest because this one has ended.
        self.is_over = False
        # Whether the program has closed what it does not know, and this with it.
        self.is_lost = False
        self._connection.setblocking(False)

    def look(self):
        """Takes what the proxy has said meanwhile, without waiting."""
        if not self._is_closed and not (is_held(self._connection) and is_held(self.listening)):
            self.is_lost = self.has_ended = self.is_over = True
            let_go(self._connection)
            let_go(self.listening)
        while not self.has_ended:
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                self._hear(line)
            try:
                some = self._connection.recv(65536)
            except BlockingIOError:
                return
            except OSError:
                some = b""
            self._rest += some
            if not some:
                self.has_ended = self.is_over = True

    def _hear(self, line):
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            # Whatever that is, it is not to be relied on.
            self.is_over = True
            return
        if "say" in message:
            say(message["say"])
        if message.get("again"):
            self.is_over = True

    def is_claimed_by(self, paths):
        """Whether one of these control sockets is that of a proxy on this port."""
        return any(os.path.basename(path).startswith(f"{port_of(self.listening)}-") for path in paths)

    def close_unless_used(self):
        """Whether it could be closed. Until then its requests, which MLflow may send again, find its port."""
        with self._closing:
            if len(self.under_way) > 0:
                return False
            self._is_closed = True
        let_go(self._connection)
        let_go(self.listening)
        return True

    def take(self, request):
        """Whether this request may go this way: from here on the port is held for it."""
        with self._closing:
            if self._is_closed or self.is_over:
                return False
            self.under_way.add(request)
            return True


def given_port(path, settings, is_late):
    """The listening socket of the proxy with these settings, by its other socket. Raises OSError where it can't be had before `is_late()`."""
    with connect(path) as connection:
        connection.settimeout(PAUSE)
        pulse = Pulse(peer_pid(connection), HANDOVER_OPTION)
        is_enough = lambda: pulse.stands_still() or is_late()  # noqa: E731
        _, descriptors, _, _ = until_done(lambda: socket.recv_fds(connection, 1, 1), is_enough)
    if not descriptors:
        raise OSError(errno.EPROTO, "no port came", path)
    # Unlike one that Python opens, it would be open in every program that this one starts.
    os.set_inheritable(descriptors[0], False)
    listening = closed_in_children(socket.socket(fileno=descriptors[0]))
    if settings["proxy"] != f"http://127.0.0.1:{port_of(listening)}":
        listening.close()
        raise OSError(errno.EPROTO, "another port came", path)
    return listening


def port_of(listening):
    return listening.getsockname()[1] if listening.family == socket.AF_INET else None


def say(text):
    """On stderr, where there is one that takes it: no request fails for want of a word."""
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):
            print(text, file=sys.stderr, flush=True)
