"""Keeps the port of a proxy that several programs share: each of them gets the listening socket, and a proxy that is killed a successor.

The proxy starts `python -I -S WHEEL`, which is this, with these descriptors:

0: a pipe from the proxy. Lines of JSON: {"argv": [of a successor], "token": "of the proxy", "digest": text or null, "known": names of
   variables or nothing}, of which the last counts; {"beat": true} every few seconds; and in the end {"farewell": true}: without that the
   proxy was killed once the pipe ends. One that stands still is killed here, for what waits there would wait for minutes.
3: the listening TCP socket. 4: the listening Unix socket of its control. 5: the listening Unix socket on which this program accepts.

Whoever connects to 5 as the same user gets one byte and the TCP socket with it (SCM_RIGHTS). Port and token so never belong to
anybody else: connections wait in the sockets' queues until the successor takes them. The environment is the one that the successor
gets; its token goes through a pipe, for an environment can be read from outside.

Standard library only, and little of that: this starts beside each proxy.
"""

import json
import os
import select
import signal
import socket
import sys
import time

from .pulse import is_ours, is_stopped

PORT, CONTROL, HANDOVER = 3, 4, 5
# What the proxy is started with.
COMMAND = "serve-processes"
BACKLOG = 512
# Seconds between two looks at the proxy. In those after which it is killed: with each it was found stopped by a signal; it had no turn,
# as where code of a plugin never ends. MLflow waits as long for an answer.
PAUSE = 1
MOST_STOPPED = 3
MOST_SILENT = 120
SHARED = "_MLFLOW_AUTH_SHARED"
LONGEST_TOKEN = 4096


def main():
    try:
        # Ctrl-C and the end of a terminal are meant for the programs.
        os.setsid()
    except OSError:
        pass
    # Held to the end: closed with its object, it would not be there for the successor.
    listening = socket.socket(fileno=HANDOVER)
    # So whoever connects sees whether this process stands still, and not the one that made the socket.
    listening.listen(BACKLOG)
    told = hand_over(listening)
    if told is not None:
        succeed(told)


def hand_over(listening):
    """Until the proxy has ended. Returns what it told for its successor; None if it said farewell, or had not come that far."""
    listening.setblocking(False)
    os.set_blocking(0, False)
    rest, told = b"", None
    watch = Watch(os.getppid())
    while True:
        ready, _, _ = select.select([0, listening], [], [], PAUSE)
        if listening in ready:
            give_port(listening)
        if 0 not in ready:
            watch.look()
            continue
        try:
            some = os.read(0, 65536)
        except BlockingIOError:
            continue
        except OSError:
            some = b""
        if not some:
            return told
        watch.has_heard()
        *lines, rest = (rest + some).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if message.get("farewell"):
                # Whoever is still to be served gets nothing from here on: the sockets end with this program.
                return None
            if "argv" in message:
                told = message


class Watch:
    """Kills a proxy that stands still. It counts looks: time in which this process stood still with it counts for nothing."""

    def __init__(self, proxy):
        self._proxy = proxy if is_ours(proxy, COMMAND) or (sys.platform == "darwin" and proxy != 1) else None
        self._next = 0.0
        self._stopped = 0
        self._silent = 0

    def has_heard(self):
        self._silent = 0

    def look(self):
        now = time.monotonic()
        if self._proxy is None or now < self._next:
            return
        self._next = now + PAUSE
        self._silent += 1
        self._stopped = self._stopped + 1 if is_stopped(self._proxy) else 0
        # While it is the parent, that number is no other's.
        if (self._stopped >= MOST_STOPPED or self._silent >= MOST_SILENT) and os.getppid() == self._proxy:
            os.kill(self._proxy, signal.SIGKILL)


def give_port(listening):
    try:
        connection, _ = listening.accept()
    except OSError:
        return
    with connection:
        if peer_uid(connection) != os.geteuid():
            return
        try:
            connection.setblocking(False)
            socket.send_fds(connection, [b"."], [PORT])
        except OSError:
            # It has gone, and another one is waiting.
            pass


def peer_uid(connection):
    """Whose process is at the other end of a Unix socket; None where that can't be known."""
    try:
        if sys.platform == "darwin":
            # `struct xucred`: version 0, then the effective uid; level SOL_LOCAL, option LOCAL_PEERCRED.
            told = connection.getsockopt(0, 1, 76)
            return int.from_bytes(told[4:8], sys.byteorder) if told[:4] == bytes(4) else None
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        return int.from_bytes(told[4:8], sys.byteorder)
    except (AttributeError, OSError):
        return None


def succeed(told):
    """Becomes the successor, with the same sockets and the same token."""
    reading, writing = os.pipe()
    os.write(writing, told["token"].encode()[:LONGEST_TOKEN])
    os.close(writing)
    os.set_inheritable(reading, True)
    shared = json.loads(os.environ[SHARED])
    shared.update(listen=PORT, control=CONTROL, handover=HANDOVER, starter=None, token=reading)
    shared.update(digest=told.get("digest"), known=told.get("known"))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for descriptor in (PORT, CONTROL, HANDOVER):
        os.set_inheritable(descriptor, True)
    try:
        os.execve(told["argv"][0], told["argv"], {**os.environ, SHARED: json.dumps(shared)})
    except OSError:
        # With so many variables that all their names are too long for one: it finds anew which of them count.
        os.execve(told["argv"][0], told["argv"], {**os.environ, SHARED: json.dumps({**shared, "known": None})})
