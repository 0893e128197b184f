"""A question to a process at the other end of a Unix socket, and its answer."""

import errno
import json
import os
import socket
import time

from .held import closed_in_children
from .handover import peer_uid
from .pulse import PAUSE

LONGEST_LINE = 4 * 1024 * 1024
# Seconds for a place in the queue of a socket.
LONGEST_QUEUE = 2


def connect(path):
    """A connection to a process of this user. Raises OSError: ConnectionRefusedError where nobody will listen any more."""
    connection = closed_in_children(socket.socket(socket.AF_UNIX))
    try:
        connection.settimeout(PAUSE)
        enter_queue(connection, path)
        # Before anything is sent, or believed.
        if peer_uid(connection) != os.geteuid():
            raise PermissionError(errno.EPERM, "another user's", path)
    except BaseException:
        connection.close()
        raise
    return connection


def enter_queue(connection, path):
    end = time.monotonic() + LONGEST_QUEUE
    while True:
        try:
            return connection.connect(path)
        except BlockingIOError:
            # So many others are asking.
            if time.monotonic() > end:
                raise
            time.sleep(PAUSE)


def until_done(step, is_enough):
    """Repeats a step on a socket that gives up after PAUSE. Raises TimeoutError once `is_enough()`."""
    while True:
        if is_enough():
            raise TimeoutError(errno.ETIMEDOUT, "no answer in time")
        try:
            return step()
        except (TimeoutError, socket.timeout):
            # One and the same since Python 3.10.
            continue


class Asked:
    """A connection on which the proxy has answered, as `answer` holds. Raises OSError where it says nothing that can be read."""

    def __init__(self, connection, question, is_enough):
        """`question`: as `line_of` gives it. TimeoutError once `is_enough()`, which is called some times a second."""
        self.connection = connection
        connection.settimeout(PAUSE)
        unsent = memoryview(question)
        while unsent:
            unsent = unsent[until_done(lambda: connection.send(unsent), is_enough) :]
        received = b""
        while b"\n" not in received:
            some = until_done(lambda: connection.recv(65536), is_enough)
            if not some:
                raise ConnectionResetError(errno.ECONNRESET, "it has ended")
            received += some
            if len(received) > LONGEST_LINE:
                raise OSError(errno.EMSGSIZE, "no end of its answer")
        line, self.rest = received.split(b"\n", 1)
        try:
            self.answer = json.loads(line)
            if not isinstance(self.answer, dict):
                raise ValueError("no object")
        except ValueError as error:
            raise OSError(errno.EPROTO, "not an answer") from error


def line_of(question):
    """A question as it is sent. Raises OSError where it is longer than a proxy takes."""
    # As it is: escaped, an environment of another script than Latin would be three times as long.
    line = json.dumps({"ask": question}, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    if len(line) > LONGEST_LINE:
        raise OSError(errno.E2BIG, "the environment is too long")
    return line
