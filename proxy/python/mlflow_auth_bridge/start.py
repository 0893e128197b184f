"""Starts a proxy that programs of one user may share: the command, with sockets that this program has opened for it."""

import errno
import json
import os
import secrets
import socket
import subprocess

from .addresses import as_given
from .folder import BACKLOG
from .held import closed_in_children, handed_on
from .too_long import why_too_long

COMMAND = "serve-processes"
# Where Node started this program with a channel, they name a descriptor of it, which node would take for its own.
CHANNEL = ("NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE")
# What a shell leaves behind has no parent that waits for it: `os.wait` of this program sees nothing. It prints the number of the process.
LEAVE_BEHIND = ("/bin/sh", "-c", '"$@" >/dev/null & echo $!', "sh")


class Sockets:
    """A proxy's port, and in a folder the two by which other programs find it."""

    def __init__(self, folder=None, port=None):
        """`port`: a listening socket that is to be the same. Raises OSError where the folder has no room."""
        self.listening = port.dup() if port else socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        closed_in_children(self.listening)
        # Paths with what listens there.
        self.found_by = {}
        name = f"{self.listening.getsockname()[1]}-{secrets.token_hex(4)}"
        try:
            for kind in ("sock", "fd") if folder is not None else ():
                self.found_by.update([folder.bind(f"{name}.{kind}")])
        except BaseException:
            self.remove()
            raise

    def close_shared(self):
        """Closes what only the proxy listens on."""
        for one in self.found_by.values():
            one.close()

    def close(self):
        self.close_shared()
        self.listening.close()

    def remove(self):
        """Leaves nothing of them."""
        self.close()
        for path in self.found_by:
            try:
                os.unlink(path)
            except OSError:
                pass


def start(launch, sockets, cwd, words, inherited=None):
    """
    Starts one. `launch`: as _MLFLOW_AUTH_LAUNCH has it. `words`: a pipe for what it says. `inherited`: token and digest of one that was
    killed. Returns the connection on which it is to be asked first, and the number of its process.
    """
    own, starter = socket.socketpair()
    closed_in_children(own)
    given = [starter]
    try:
        (control_path, control), (handover_path, handover) = list(sockets.found_by.items()) or [(None, None)] * 2
        token, digest = inherited or (None, None)
        if token is not None:
            given.append(piped(token))
        shared = {
            "listen": sockets.listening.fileno(),
            "control": control and control.fileno(),
            "handover": handover and handover.fileno(),
            "starter": starter.fileno(),
            "socket": control_path,
            "handoverSocket": handover_path,
            "cwd": cwd,
            "python": launch["python"],
            "handoverProgram": launch["bridge"],
            "token": None if token is None else given[-1].fileno(),
            "digest": digest,
        }
        environment = {
            **as_given(os.environ),
            "_MLFLOW_AUTH_PYTHON": json.dumps({name: launch[name] for name in ("plugins", "prefix", "version")}),
            "_MLFLOW_AUTH_SHARED": json.dumps(shared),
        }
        for name in CHANNEL:
            environment.pop(name, None)
        descriptors = [one.fileno() for one in (*given, sockets.listening, *sockets.found_by.values())]
        process = leave_behind([*launch["argv"], COMMAND], environment, descriptors, words.writing)
    except OSError as error:
        own.close()
        if error.errno != errno.E2BIG:
            raise
        raise TooLong(*why_too_long(environment)) from None
    except BaseException:
        own.close()
        raise
    finally:
        for one in (*given, words.writing):
            one.close()
    return own, process


class TooLong(Exception):
    """No program can be started with this environment: a sentence's end, and what to do."""


def leave_behind(command, environment, descriptors, stderr):
    """Runs a command in a session of its own that holds none of this program's streams, for nobody shall wait for its end. Returns its number."""
    with handed_on():
        shell = subprocess.run(
            [*LEAVE_BEHIND, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd="/",
            env=environment,
            pass_fds=descriptors,
            start_new_session=True,
            check=True,
            **as_it_acts(),
        )
    return int(shell.stdout)


def as_it_acts():
    """A shell goes back to who the program was started as, where that acts as another user for a while, and the proxy with it."""
    acts_as = {"user": os.geteuid(), "group": os.getegid()}
    return {} if acts_as == {"user": os.getuid(), "group": os.getgid()} else acts_as


def piped(text):
    """A pipe from which a text can be read: an environment is seen from outside."""
    reading, writing = os.pipe()
    os.write(writing, text.encode())
    os.close(writing)
    return os.fdopen(reading, "rb")
