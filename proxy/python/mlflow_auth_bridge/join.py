"""
Without `exec` in front: this process leads its requests through a proxy that programs of its user share, and that one of them starts.

_MLFLOW_AUTH_LAUNCH holds which command that is: {"argv", "version", "prefix", "plugins", "bridge", "python"}. The command finds the file
and decides who may share; it is told the whole environment. Before each request the process looks whether what it was told still holds.
"""

import json
import os
import threading
import time
from urllib.parse import urlsplit

from .addresses import as_given
from .auth import BridgeAuth, exempt_from_http_proxies
from .bridge import Bridge
from .find import Failure, find_or_start
from .lease import say
from .provider import LAUNCH
from .rights import rights
from .watch import Watch

# Seconds for which a failure is not tried again: each request of the program would wait for it.
MEMORY = 5


def shared_auth():
    """What `requests` calls with a request. Raises RuntimeError, with the command's own message, where it can't be led anywhere."""
    global _member
    if _member.process != os.getpid():
        _member = Member(_member)
    return SharedAuth(*_member.current())


class Member:
    """A process as one that shares a proxy. A child that is forked is another, and asks for itself."""

    def __init__(self, parent=None):
        self.process = os.getpid()
        # A signal may come while it is held, and its handler may send a request.
        self._lock = threading.RLock()
        self._lease = None
        self._bridge = None
        self._question = None
        # Leases that are over, and still have requests under way.
        self._old = []
        self._failed = None
        self._said = set()
        self._watch = Watch(self._look_after_requests)
        # A program that goes elsewhere later keeps its file.
        self._folder = None if parent is None else parent._folder

    def current(self):
        """What a SharedAuth is made of. Threads wait for the one that asks."""
        with self._lock:
            if self._lease is not None:
                self._lease.look()
            question = self._ask_for()
            if self._lease is None or self._lease.is_over or question != self._question:
                # Before it is asked: the first request would make it another environment.
                exempt_from_http_proxies("http://127.0.0.1/")
                self._renew(self._ask_for())
            self._old = [one for one in self._old if not one.close_unless_used()]
            return self._bridge, self._lease, self._watch

    def _look_after_requests(self):
        """Whether there are any. Where their proxy has ended, they get another that has its port."""
        with self._lock:
            self._lease.look()
            has_ended = self._lease.has_ended
            is_busy = any(len(one.under_way) > 0 for one in (self._lease, *self._old))
        if has_ended and is_busy:
            try:
                self.current()
            except RuntimeError:
                # It is said, and tried again.
                pass
        return is_busy

    def _ask_for(self):
        launch = json.loads(os.environ[LAUNCH])
        return {
            **{name: launch[name] for name in ("version", "prefix", "plugins")},
            "cwd": self._folder or present_folder(),
            "env": {as_read(name): as_read(value) for name, value in as_given(environment()).items() if name != LAUNCH},
            "namespaces": namespaces(),
            "rights": rights(),
            # Whoever is another user from now on has another proxy: as which it is asked is seen by the socket.
            "user": os.geteuid(),
        }

    def _renew(self, question):
        if self._failed is not None:
            asked, text, end = self._failed
            if asked == question and time.monotonic() < end:
                raise RuntimeError(text)
        lease = self._lease
        is_left = lease is not None and lease.has_ended and not lease.is_lost and question == self._question
        left = lease if is_left else None
        try:
            found = find_or_start(json.loads(os.environ[LAUNCH]), question, left)
        except Failure as failure:
            text = str(failure)
            self._failed = (question, text, time.monotonic() + MEMORY)
            # Whoever waits for another thread's request may never hear of it.
            if threading.current_thread() is not threading.main_thread():
                self.say_once(text)
            raise RuntimeError(text) from None
        if lease is not None:
            self._old.append(lease)
        self._lease, self._question, self._failed, self._folder = found, question, None, question["cwd"]
        self._bridge = SharedBridge(found.settings, self)
        # What it has said by now is for this program, too.
        found.look()

    def say_once(self, text):
        if text not in self._said:
            self._said.add(text)
            say(text)


class SharedBridge(Bridge):
    """A Bridge to a proxy that looks after itself: no `exec` ends before the program does, or has a last word."""

    def __init__(self, settings, member):
        names = ("proxy", "token", "upstream", "servers", "displaced", "addresses", "process")
        super().__init__(**{name: settings[name] for name in names})
        self._member = member

    def refuse_after_end(self, url):
        pass

    def report_unlisted(self, url):
        parts = urlsplit(url)
        _, has_user, host = parts.netloc.rpartition("@")
        origin = f"{parts.scheme}://{host}"
        if has_user and self.server_of(parts._replace(netloc=host).geturl()) is not None:
            why = f"an address of {origin} has a user name in it, so requests that go there carry that and no credential of the file."
            return self._member.say_once(f"mlflow-auth: warning: {why} Try this: take it out of the tracking URI")
        self._member.say_once(
            f"mlflow-auth: warning: the file does not list {origin}, so requests that go there carry no credential of it"
        )


class SharedAuth(BridgeAuth):
    def __init__(self, bridge, lease, watch):
        super().__init__(bridge)
        self._lease = lease
        self._watch = watch
        self._process = os.getpid()

    def __call__(self, request):
        # Who keeps this for later, was held up, or was forked meanwhile, may not hold the port any more that this would send to.
        if self._process != os.getpid() or not self._lease.take(request):
            return shared_auth()(request)
        request = super().__call__(request)
        self._lease.under_way.add(request)
        self._watch.begin()
        return request

    def _on_response(self, response, proxies=None, **more):
        super()._on_response(response, proxies, **more)
        self._lease.under_way.discard(response.request)


def environment():
    while True:
        try:
            return dict(os.environ)
        except (KeyError, RuntimeError):
            # Another thread has changed it meanwhile.
            continue


def as_read(value):
    """As the command reads it: with U+FFFD for what is no UTF-8. Left out, the variable would look like one that is not set."""
    try:
        value.encode()
        return value
    except UnicodeEncodeError:
        return os.fsencode(value).decode("utf-8", "replace")


def present_folder():
    try:
        return os.getcwd()
    except OSError:
        return None


def namespaces():
    """Where network interfaces and mounts are counted; nothing where there is but one such place."""
    try:
        return {kind: os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "mnt")}
    except OSError:
        return {}


_member = Member()
