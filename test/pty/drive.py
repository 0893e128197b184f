"""Runs a program in a pseudo-terminal and types what it is told.

Takes one JSON object on stdin: command, cwd, env, columns of the terminal, and steps, each [what has to appear on the screen, what is typed then]; what is
looked for has to come after what was typed before. Gives one JSON object on stdout: code (negative: a signal), the screen's text
without control sequences, raw, and waiting: what never appeared.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

LONGEST = 40.0
SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?<>=]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|P[^\x1b]*\x1b\\|[=>78])")


def drive(command, cwd, env, steps, columns):
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        os.chdir(cwd)
        os.execvpe(command[0], command, env)
    raw, seen, waiting = b"", 0, list(steps)
    end = time.monotonic() + LONGEST
    while True:
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                chunk = os.read(terminal, 65536)
            except OSError:
                break
            if not chunk:
                break
            raw += chunk
        if waiting and waiting[0][0] in plain(raw[seen:]):
            typed = waiting.pop(0)[1]
            seen = len(raw)
            os.write(terminal, typed.encode())
    status = os.waitpid(pid, 0)[1]
    return {
        "code": os.waitstatus_to_exitcode(status),
        "screen": plain(raw),
        "raw": raw.decode(errors="replace"),
        "waiting": waiting[0][0] if waiting else None,
    }


def plain(raw):
    text = SEQUENCE.sub("", raw.decode(errors="replace")).replace("\r", "").replace("\a", "")
    # A shell that goes back by one writes that character anew.
    return re.sub(r"[^\n\x08]\x08", "", text)


print(json.dumps(drive(**json.load(sys.stdin))))
