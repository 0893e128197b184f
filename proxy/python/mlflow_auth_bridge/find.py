"""Gets a lease of a proxy: of one that is there and would do the same for this program, or of one that is started for it."""

import errno
import os
import subprocess
import time

from .ask import Asked, connect, line_of
from .folder import own_folders
from .lease import Lease, given_port
from .pulse import Pulse, peer_pid
from .start import COMMAND, Sockets, TooLong, start
from .too_long import why_too_long
from .words import Words

# Seconds for the command to load; and as long as it works, where others keep the machine busy.
LONGEST_START = 10
LONGEST_BUSY_START = 60
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
    try:
        line = line_of(question)
    except OSError:
        raise not_started(*why_too_long(question["env"])) from None
    for folder in own_folders():
        search = Search(folder, line)
        try:
            lease = search.lease(LONGEST_ANSWERS)
            if lease is not None:
                return lease
            with folder.locked():
                lease = search.lease(LONGEST_START, cleans=True)
                if lease is not None:
                    return lease
                # Who lives on that port leads elsewhere now.
                kept = None if left is None or left.is_claimed_by(search.living) else left
                return begin(launch, question, line, Sockets(folder, kept and kept.listening), kept)
        except OSError:
            continue
    try:
        return begin(launch, question, line, Sockets(port=left and left.listening), left)
    except OSError as error:
        raise Failure(f"mlflow-auth: no port of 127.0.0.1 can be had ({error.strerror})") from None


class Search:
    """For a proxy in one folder that says yes."""

    def __init__(self, folder, line):
        self._folder = folder
        self._line = line
        # The paths of all that live; and of those that stand still, which are not asked twice.
        self.living = []
        self._still = set()

    def lease(self, patience, cleans=False):
        """
        None after `patience` in seconds, or if there is none. `cleans`: the sockets of those that are dead are removed, and of those that
        give no answer, so that nobody else waits for them. Raises OSError where the folder can't be read.
        """
        end = time.monotonic() + patience
        self.living = []
        for path in self._folder.sockets():
            if path not in self._still:
                try:
                    connection = connect(path)
                except ConnectionRefusedError:
                    if cleans:
                        remove(path)
                    continue
                except OSError:
                    continue
                lease = self._lease_of(connection, path, end, cleans)
                if lease is not None:
                    return lease
            self.living.append(path)
            if cleans and path in self._still:
                remove(path)
        return None

    def _lease_of(self, connection, path, end, cleans):
        """None where the proxy says no or nothing, or does not give its port: it might be another's by the time of a request."""
        pulse = Pulse(peer_pid(connection), COMMAND)

        def is_late():
            return time.monotonic() > end

        try:
            asked = Asked(connection, self._line, lambda: pulse.stands_still() or is_late())
            handover = asked.answer.get("fd")
            if "settings" in asked.answer and handover is not None:
                return Lease(asked, given_port(handover, asked.answer["settings"], is_late))
        except TimeoutError:
            # Before it has the lock, it may be busy with all who ask. Later nobody loads any more but one whose program is gone.
            if cleans or pulse.stands_still():
                self._still.add(path)
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


def begin(launch, question, line, sockets, left):
    """A Lease of a new one. Whatever else comes of it, nothing of the sockets is open here."""
    try:
        answer = first_answer(launch, question, line, sockets, left)
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


def first_answer(launch, question, line, sockets, left):
    words = Words()
    try:
        connection, process = start(launch, sockets, question["cwd"], words, left and (left.settings["token"], left.digest))
    except TooLong as too_long:
        words.close()
        raise not_started(*too_long.args) from None
    except (OSError, subprocess.SubprocessError) as error:
        said = words.text(os.environ)
        words.close()
        raise not_started(said or error) from None
    try:
        return Asked(connection, line, patience_with(process, words))
    except OSError as error:
        connection.close()
        raise why_not(error, launch, words) from None
    except BaseException:
        connection.close()
        raise
    finally:
        words.close()


def patience_with(process, words):
    """Whether a process that loads has been waited for long enough."""
    began = time.monotonic()
    pulse = Pulse(process, COMMAND)

    def is_enough():
        words.take()
        is_busy = pulse.is_busy()
        seconds = time.monotonic() - began
        return seconds > LONGEST_START and not (is_busy and seconds < LONGEST_BUSY_START)

    return is_enough


def why_not(error, launch, words):
    """A Failure, by what is left of a process that gave no answer."""
    gone = [path for path in launch["argv"] if os.path.isabs(path) and not os.path.exists(path)]
    if gone:
        return Failure(
            f"mlflow-auth: its proxy can't be started without {gone[0]}, which is not there any more, so nothing is sent. {REINSTALL}"
        )
    said = words.text(os.environ)
    if error.errno == errno.ETIMEDOUT:
        why = f"has not been ready after {LONGEST_START} seconds"
    else:
        why = "ended as it started" if said else "ended as it started without a word, as where the system has no memory left for it"
    if said == "":
        return Failure(f"mlflow-auth: its proxy {why}, so nothing is sent. {DOCTOR}")
    lines = said.replace("\n", "\n  ")
    return Failure(f"mlflow-auth: its proxy {why}, so nothing is sent. It said:\n  {lines}\n  {DOCTOR}")


def not_started(why, remedy="mlflow-auth doctor"):
    return Failure(f"mlflow-auth: its proxy can't be started, so nothing is sent: {why}. Try this: {remedy}")
