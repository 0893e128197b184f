"""One connection to a shared proxy: the ask, the answer, and the lease, which lasts for as long as the connection is open."""

import contextlib
import errno
import json
import os
import socket
import sys
import threading
import time
import weakref

from .folder import closed_in_children
from .handover import peer_uid

LONGEST_LINE = 4 * 1024 * 1024
# Seconds for what does not depend on how long a proxy takes to load.
AT_ONCE = 2


def connect(path):
    """A connection to a process of this user. Raises OSError: ConnectionRefusedError where nobody will listen any more."""
    connection = closed_in_children(socket.socket(socket.AF_UNIX))
    try:
        connection.settimeout(AT_ONCE)
        connection.connect(path)
        # Before anything is sent, or believed.
        if peer_uid(connection) != os.geteuid():
            raise PermissionError(errno.EPERM, "another user's", path)
    except BaseException:
        connection.close()
        raise
    return connection


class Asked:
    """A connection on which the proxy has answered, as `answer` holds. Raises OSError where it says nothing that can be read."""

    def __init__(self, connection, question, end):
        """Has until `end`, of time.monotonic()."""
        self.connection = connection
        connection.settimeout(AT_ONCE)
        connection.sendall(json.dumps({"ask": question}).encode() + b"\n")
        received = b""
        while b"\n" not in received:
            left = end - time.monotonic()
            if left <= 0 or len(received) > LONGEST_LINE:
                raise TimeoutError(errno.ETIMEDOUT, "no answer in time")
            connection.settimeout(left)
            some = connection.recv(65536)
            if not some:
                raise ConnectionResetError(errno.ECONNRESET, "it has ended")
            received += some
        line, self.rest = received.split(b"\n", 1)
        try:
            self.answer = json.loads(line)
            if not isinstance(self.answer, dict):
                raise ValueError("no object")
        except ValueError as error:
            raise OSError(errno.EPROTO, "not an answer") from error


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
        self._connection.setblocking(False)

    def look(self):
        """Takes what the proxy has said meanwhile, without waiting."""
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
        self._connection.close()
        self.listening.close()
        return True

    def take(self, request):
        """Whether this request may go this way: from here on the port is held for it."""
        with self._closing:
            if self._is_closed or self.is_over:
                return False
            self.under_way.add(request)
            return True


def given_port(path, settings):
    """The listening socket of the proxy with these settings, by its other socket. Raises OSError where it can't be had."""
    with connect(path) as connection:
        _, descriptors, _, _ = socket.recv_fds(connection, 1, 1)
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
