"""Whether another process stands still, as one that was stopped does. One that is slow, for the machine has much to do, is waited for."""

import socket
import struct
import sys
import time

# Seconds between two looks, and how many find the same before it is said to stand still: where a signal has stopped it, and where it
# only sleeps, as one does that waits for a disk of others. Whoever waits with a timer wakes up far more often.
PAUSE = 0.1
STOPPED = 10
ASLEEP = 30
# Looks of which none finds it at work before it is said to wait for something.
IDLE = 10
# States of Linux in which a process works or would, were it its turn: it runs, or waits for a disk.
BUSY = ("R", "D")


class Pulse:
    """Of the process with this number, if it is one of ours: `argument` is in its command line. Nothing is known where there is no Linux."""

    def __init__(self, pid, argument):
        self._pid = pid if is_ours(pid, argument) else None
        self._seen = None
        self._same = self._idle = 0
        self._next = 0.0

    def stands_still(self):
        """To be asked again and again. Time in which this process did not run itself counts for nothing."""
        self._look()
        return self._seen is not None and self._same >= (STOPPED if self._seen[0] == "T" else ASLEEP)

    def is_busy(self):
        """The same."""
        self._look()
        return self._seen is not None and self._idle < IDLE

    def _look(self):
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + PAUSE
        seen = state_of(self._pid)
        is_busy = seen is not None and seen[0] in BUSY
        self._same = self._same + 1 if seen == self._seen and not is_busy else 0
        self._idle = 0 if is_busy else self._idle + 1
        self._seen = seen


def is_ours(pid, argument):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return argument.encode() in file.read().split(b"\0")
    except OSError:
        return False


def state_of(pid):
    """A letter, and what changes each time that the process gets to run. None where that can't be told."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            told = dict(line.split(":", 1) for line in file if ":" in line)
        state = told["State"].strip()[:1]
        switches = [int(told[f"{kind}_ctxt_switches"]) for kind in ("voluntary", "nonvoluntary")]
    except (OSError, ValueError, KeyError):
        return None
    # Where nobody counts them there are none.
    return (state, *switches) if sum(switches) > 0 else None


def is_stopped(pid):
    """Whether a signal has stopped it."""
    seen = state_of(pid)
    return seen is not None and seen[0] == "T"


def peer_pid(connection):
    """The process that listens at the other end of a Unix socket, or has listened there last; None where that can't be known."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0] or None
    except OSError:
        return None
