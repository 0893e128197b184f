"""What a program said on stderr before it ended, as it may be shown: on few lines, without a secret, and nothing of it a command to a terminal."""

import os
import re

from .held import closed_in_children

MOST_LINES = 15
# What is kept of it.
MOST_BYTES = 1024 * 1024
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
        self._said = b""

    def take(self):
        """Reads what has come, without waiting: who can't write goes on with nothing else."""
        while True:
            try:
                some = self.reading.read(65536)
            except (OSError, ValueError):
                return
            if not some:
                return
            if len(self._said) < MOST_BYTES:
                self._said = (self._said + some)[:MOST_BYTES]

    def text(self, environment):
        """The beginning of what was said, with what variables of this environment must not tell left out. Empty: nothing was."""
        self.take()
        # Cut last of all: a part of a secret is not found any more.
        text = without_secrets(self._said.decode("utf-8", "replace"), environment)
        # Between a scheme and the host.
        text = re.sub(r"(://)[^\s/@]+@", r"\1[secret]@", text)
        lines = ("".join(one for one in line if one.isprintable() or one == "\t").rstrip() for line in text.split("\n"))
        return "\n".join([line[:LONGEST_LINE] for line in lines if line.strip()][:MOST_LINES])

    def close(self):
        self.reading.close()
        self.writing.close()


def without_secrets(text, environment):
    names = [name for name, value in environment.items() if SECRET.search(name) and len(value) >= SHORTEST_SECRET]
    values = [(environment[name], name) for name in names]
    # A key has many lines, of which a program may show one.
    values += [(line.strip(), name) for value, name in values for line in value.splitlines()]
    # The longest first: one may hold another.
    for value, name in sorted(values, key=lambda one: -len(one[0])):
        if len(value) < SHORTEST_SECRET:
            continue
        text = text.replace(value, f"[{name}]")
        # What was said is cut somewhere.
        lengths = range(min(len(value), len(text)) - 1, SHORTEST_SECRET - 1, -1)
        cut = next((length for length in lengths if text.endswith(value[:length])), None)
        if cut is not None:
            text = f"{text[:-cut]}[{name}]"
    return text
