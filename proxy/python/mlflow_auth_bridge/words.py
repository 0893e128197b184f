"""What a program said on stderr before it ended, as it may be shown: on few lines, without a secret, and nothing of it a command to a terminal."""

import os
import re

from .held import closed_in_children

MOST_LINES = 15
# Characters. What is behind that of a line is as a rule the source text of a bundle.
LONGEST_LINE = 240
# Variables whose values are never shown.
SECRET = re.compile("TOKEN|SECRET|PASS|KEY|CREDENTIAL", re.IGNORECASE)
# A shorter value would be found in innocent words.
SHORTEST_SECRET = 6


class Words:
    """A pipe for the stderr of a program. Give it `writing`, and close that then."""

    def __init__(self):
        reading, writing = os.pipe()
        self.reading = closed_in_children(os.fdopen(reading, "rb", 0))
        self.writing = closed_in_children(os.fdopen(writing, "wb", 0))
        os.set_blocking(reading, False)
        # Bytes, and no empty ones; the last may go on.
        self._lines = []
        self._last = b""

    def take(self):
        """Reads what has come, without waiting: who can't write goes on with nothing else."""
        while True:
            try:
                some = self.reading.read(65536)
            except (OSError, ValueError):
                return
            if not some:
                return
            for index, piece in enumerate(some.split(b"\n")):
                if index > 0:
                    self._end_line()
                self._last = (self._last + piece)[: 4 * LONGEST_LINE]

    def _end_line(self):
        if len(self._lines) < MOST_LINES and self._last.strip() != b"":
            self._lines.append(self._last)
        self._last = b""

    def text(self, environment):
        """All that was said, with what variables of this environment must not tell left out. Empty: nothing was."""
        self.take()
        self._end_line()
        text = b"\n".join(self._lines).decode("utf-8", "replace")
        for name in secrets_in(environment):
            text = text.replace(environment[name], f"[{name}]")
        # Between a scheme and the host.
        text = re.sub(r"(://)[^\s/@]+@", r"\1[secret]@", text)
        lines = ("".join(one for one in line if one.isprintable() or one == "\t").rstrip() for line in text.split("\n"))
        return "\n".join(line[:LONGEST_LINE] for line in lines if line)

    def close(self):
        self.reading.close()
        self.writing.close()


def secrets_in(environment):
    """Names of variables with secrets, that of the longest first: one may hold another."""
    names = [name for name, value in environment.items() if SECRET.search(name) and len(value) >= SHORTEST_SECRET]
    return sorted(names, key=lambda name: -len(environment[name]))
