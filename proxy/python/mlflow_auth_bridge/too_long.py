"""What is said where the system starts no program for want of room for its environment: which variables have it, and no value."""

import os
import sys

# Linux takes as much in one variable, in pages, and a quarter of the stack's limit for all together.
MOST_PAGES = 32


def why_too_long(environment):
    """A sentence's end and what to do, for an environment, which a system has refused with E2BIG."""
    sizes = {name: len(os.fsencode(f"{name}={value}")) + 1 for name, value in environment.items()}
    longest = sorted(sizes, key=sizes.get, reverse=True)
    # Those of which nobody but mlflow-auth would hear.
    named = [name for name in longest if not name.startswith("_MLFLOW_AUTH_")][:3]
    told = ", ".join(f"{name} {amount(sizes[name])}" for name in named)
    one = os.sysconf("SC_PAGE_SIZE") * MOST_PAGES
    if sys.platform.startswith("linux") and longest and sizes[longest[0]] > one:
        what = f"the system takes {amount(one)} in one variable at most"
    else:
        what = f"it has {amount(sum(sizes.values()))}, which is more than the system takes"
    return (
        f"the environment is too long for a program that is started: {what}. The longest are {told}",
        "unset what the program does not need, or keep it in a file",
    )


def amount(size):
    return f"{size / 1024 / 1024:.1f} MiB" if size >= 1024 * 1024 else f"{-(-size // 1024)} KiB"
