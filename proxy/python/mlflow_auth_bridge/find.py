"""Gets a lease of a proxy: of one that is there and would do the same for this program, or of one that is started for it."""

import os
import socket
import subprocess
import time

from .folder import own_folders
from .lease import Asked, Lease, connect, given_port
from .start import Sockets, start

# Seconds for the command to load.
LONGEST_START = 10
# Seconds for all proxies of a folder to answer. One that is loading is waited for with the lock, in which it was started.
LONGEST_ANSWERS = 2
DOCTOR = "Try this: mlflow-auth doctor"
# What was replaced or taken away while the program runs.
REINSTALL = "Try this: pip install mlflow-auth, then start the program anew"


class Failure(Exception):
    """Why there is no proxy, as it is said to people."""


def find_or_start(launch, question, left=None):
    """
    A Lease. `launch`: as _MLFLOW_AUTH_LAUNCH has it. `question`: what a proxy is asked. `left`: a Lease for the same question whose
    proxy was killed, so that a successor may have its port and token. Raises Failure.
    """
    for folder in own_folders():
        try:
            lease, _ = find(folder, question, LONGEST_ANSWERS)
            if lease is not None:
                return lease
            with folder.locked():
                lease, living = find(folder, question, LONGEST_START, removes_dead=True)
                if lease is not None:
                    return lease
                # Who lives on that port leads elsewhere now.
                kept = None if left is None or left.is_claimed_by(living) else left
                return begin(launch, question, Sockets(folder, kept and kept.listening), kept)
        except OSError:
            continue
    try:
        return begin(launch, question, Sockets(port=left and left.listening), left)
    except OSError as error:
        raise Failure(f"mlflow-auth: no port of 127.0.0.1 can be had ({error.strerror})") from None


def find(folder, question, patience, removes_dead=False):
    """A Lease of one that says yes, or None; and the paths of all that live. Raises OSError where the folder can't be read."""
    end = time.monotonic() + patience
    living = []
    for path in folder.sockets():
        try:
            connection = connect(path)
        except ConnectionRefusedError:
            if removes_dead:
                remove(path)
            continue
        except OSError:
            continue
        living.append(path)
        lease = lease_of(connection, question, end)
        if lease is not None:
            return lease, living
    return None, living


def lease_of(connection, question, end):
    """None where the proxy says no or nothing, or does not give its port: it might be another's by the time of a request."""
    try:
        asked = Asked(connection, question, end)
        handover = asked.answer.get("fd")
        if "settings" in asked.answer and handover is not None:
            return Lease(asked, given_port(handover, asked.answer["settings"]))
    except OSError:
        pass
    except BaseException:
        connection.close()
        raise
    connection.close()
    return None


def remove(path):
    for one in (path, path[: -len("sock")] + "fd"):
        try:
            os.unlink(one)
        except OSError:
            pass


def begin(launch, question, sockets, left):
    """A Lease of a new one. Whatever else comes of it, nothing of the sockets is open here."""
    try:
        answer = first_answer(launch, question, sockets, left)
        if "settings" in answer.answer:
            return Lease(answer, sockets.listening)
    except BaseException:
        sockets.close()
        raise
    finally:
        sockets.close_shared()
    sockets.remove()
    answer.connection.close()
    failed = answer.answer.get("failed", {}).get("text", "the proxy would not serve the program that started it")
    raise Failure(f"mlflow-auth: {failed}")


def first_answer(launch, question, sockets, left):
    remedy = DOCTOR
    try:
        connection = start(launch, sockets, question["cwd"], left and (left.settings["token"], left.digest))
    except (OSError, subprocess.SubprocessError) as error:
        raise Failure(f"mlflow-auth: its proxy can't be started ({error}). {DOCTOR}") from None
    try:
        return Asked(connection, question, time.monotonic() + LONGEST_START)
    except (TimeoutError, socket.timeout):
        # One and the same since Python 3.10.
        connection.close()
        why = f"has not been ready after {LONGEST_START} seconds"
    except OSError:
        connection.close()
        why = "ended as it started"
        gone = [path for path in launch["argv"] if os.path.isabs(path) and not os.path.exists(path)]
        if gone:
            why, remedy = f"can't be started without {gone[0]}, which is not there any more", REINSTALL
    except BaseException:
        connection.close()
        raise
    raise Failure(f"mlflow-auth: its proxy {why}, so nothing is sent. {remedy}")
