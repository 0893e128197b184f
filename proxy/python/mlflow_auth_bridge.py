"""The part of `mlflow-auth exec` that runs in Python: it leads what MLflow sends to a listed server through the proxy.

`exec` puts a wheel of this folder on PYTHONPATH, names `mlflow-auth` in MLFLOW_TRACKING_AUTH, and says in _MLFLOW_AUTH_BRIDGE where
the proxy is. Without `exec`, _MLFLOW_AUTH_LAUNCH says how one is started, and mlflow_auth_bridge_join finds where that is. MLflow
finds the two classes below by the entry points in the folder beside this file. The variables are inherited, so a Python program that a
Python program starts has the same.

The local version in that folder's name is on purpose: no public index holds one, so a list of packages that something made under
`exec` can't fetch somebody else's package by the bridge's name. pip itself does not list it, for the file is named like a wheel.

Standard library only, for Python 3.9 and newer; `requests` is MLflow's own, and imported once MLflow sends something.
"""

import http.client
import importlib
import importlib.util
import json
import os
import re
import sys
import threading
from urllib.parse import urljoin, urlsplit

from mlflow_auth_bridge_end import after_end, has_ended
from mlflow_auth_bridge_servers import Server

NAME = "mlflow-auth"
SETTINGS = "_MLFLOW_AUTH_BRIDGE"
LAUNCH = "_MLFLOW_AUTH_LAUNCH"
TOKEN_HEADER = "mlflow-auth-token"
UNLISTED_HEADER = "mlflow-auth-unlisted"


class Bridge:
    """What `exec` says: where the proxy is, which servers are listed, and whose place in MLflow's settings it took."""

    def __init__(self, proxy, token, upstream, servers, displaced, addresses, process):
        self._proxy = proxy
        self._upstream = upstream
        self._servers = [Server(**server) for server in servers]
        self._addresses = addresses
        self._process = process
        self._reported = set()
        # As `requests` names the hosts for which there are HTTP proxies.
        self.proxy_host = f"http://{urlsplit(proxy).hostname}"
        self.token = token
        self.displaced_name = displaced["auth"]
        self.displaced_sigv4 = displaced["sigv4"]

    def show_real_addresses(self):
        """MLflow gets the real addresses, so that the links that it prints are the server's own."""
        # Only if MLflow is going to ask the bridge: otherwise the proxy's address is the one way to it.
        if os.environ.get("MLFLOW_TRACKING_AUTH") != NAME or "MLFLOW_TRACKING_AWS_SIGV4" in os.environ:
            return
        if not mlflow_asks_plugins():
            return
        # Not before MLflow is there, which loads this module itself.
        if "mlflow.environment_variables" not in sys.modules:
            return
        from mlflow_auth_bridge_variables import translate

        for variable in translate(self):
            address = self._addresses.get(variable)
            if address is not None and os.environ.get(variable) == address["proxy"]:
                os.environ[variable] = address["real"]

    def server_of(self, url):
        """The listed server to which a request for this URL goes, or None."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        if "@" in parts.netloc:
            return None
        return next((one for one in self._servers_at(parts) if one.has_path(parts.path)), None)

    def _servers_at(self, parts):
        return [one for one in self._servers if one.is_at(parts)]

    def is_proxy(self, url):
        return url.startswith(self._proxy) and url[len(self._proxy) :][:1] in ("", "/", "?", "#")

    def real_url(self, url):
        """The server's own URL where a program took the proxy's address from the environment before MLflow was imported."""
        own = f"{self._proxy}/{self.token}"
        rest = url[len(own) :]
        return self.from_proxy(self._proxy + rest) if url.startswith(own) and rest[:1] in ("", "/", "?") else url

    def proxy_address(self, url):
        """What a program without the bridge needs in place of a listed server's URL: the proxy's, with the token. Others stay."""
        if self.server_of(url) is None:
            return url
        own = f"{self._proxy}/{self.token}"
        rest = url[len(self._upstream) :]
        if url.startswith(self._upstream) and rest[:1] in ("", "/", "?"):
            return own + rest
        return own + self.to_proxy(url)[len(self._proxy) :]

    def to_proxy(self, url):
        """The proxy's address for a URL of a listed server."""
        parts = urlsplit(url)
        query = "?" + parts.query if parts.query else ""
        fragment = "#" + parts.fragment if parts.fragment else ""
        return f"{self._proxy}/~{parts.scheme}:{parts.netloc}{parts.path}{query}{fragment}"

    def from_proxy(self, url):
        """The other way round."""
        path = url[len(self._proxy) :]
        named = re.match(r"/~(https?):([^/?]+)", path)
        if named is None:
            return self._upstream + path
        return f"{named[1]}://{named[2]}{path[named.end() :]}"

    def refuse_after_end(self, url):
        """Says that `exec` has ended where that is sure, at once: MLflow would try a port where nobody listens for minutes."""
        if has_ended(self._process, self._proxy):
            raise after_end(url)

    def report_unlisted(self, url):
        """Tells `exec` once what address it was, so that it can say in the end why nothing went there with a credential."""
        parts = urlsplit(url)
        _, at, host = parts.netloc.rpartition("@")
        # That there was a user name is told, and not which.
        origin = f"{parts.scheme}://{at and 'user@'}{host}"
        if origin in self._reported:
            return
        self._reported.add(origin)
        # A path may hold a secret, as another proxy's does. It matters only where other paths of that very origin are listed.
        address = origin + (parts.path.partition("/api/")[0] if self._servers_at(parts) else "")
        connection = http.client.HTTPConnection(urlsplit(self._proxy).netloc, timeout=1)
        try:
            connection.request("POST", "/~unlisted", headers={TOKEN_HEADER: self.token, UNLISTED_HEADER: address})
            connection.getresponse().read()
        except (OSError, ValueError, http.client.HTTPException):
            # The program's own business goes on without.
            pass
        finally:
            connection.close()


class BridgeAuth:
    """What `requests` calls with each prepared request, and sends what it returns."""

    def __init__(self, bridge):
        self._bridge = bridge

    def __call__(self, request):
        request.url = self._bridge.real_url(request.url)
        server = self._bridge.server_of(request.url)
        if server is None or not server.has_auth:
            request = self._with_own_credentials(request)
        if self._bridge.server_of(request.url) is not None:
            self._bridge.refuse_after_end(request.url)
            self._lead_to_proxy(request)
        else:
            self._bridge.report_unlisted(request.url)
        # First of all: what other hooks see is the server's own address.
        request.hooks["response"].insert(0, self._on_response)
        return request

    def _with_own_credentials(self, request):
        """As MLflow and `requests` would have done it, had the bridge not taken the place of the program's own choice."""
        auth = self._displaced_auth()
        if auth is None:
            from requests.utils import get_auth_from_url, get_netrc_auth

            auth = get_netrc_auth(request.url)
            if auth is None and any(get_auth_from_url(request.url)):
                auth = get_auth_from_url(request.url)
        if isinstance(auth, tuple):
            from requests.auth import HTTPBasicAuth

            auth = HTTPBasicAuth(*auth)
        return request if auth is None else auth(request)

    def _displaced_auth(self):
        if self._bridge.displaced_sigv4:
            from requests_auth_aws_sigv4 import AWSSigV4

            return AWSSigV4("execute-api")
        if self._bridge.displaced_name is None:
            return None
        from mlflow.tracking.request_auth.registry import fetch_auth

        return fetch_auth(self._bridge.displaced_name)

    def _lead_to_proxy(self, request):
        from requests.cookies import get_cookie_header

        request.url = self._bridge.to_proxy(request.url)
        exempt_from_http_proxies(request.url)
        request.headers[TOKEN_HEADER] = self._bridge.token
        # The proxy has a name of its own, and gives the server the one that it expects.
        request.headers.pop("Host", None)
        # The cookies of earlier answers belong to the proxy's address, those of the program to the server's, or to both.
        given = request.headers.pop("Cookie", None)
        kept = get_cookie_header(request._cookies, request)
        if given or kept:
            pairs = [pair for header in (given, kept) if header for pair in header.split("; ")]
            request.headers["Cookie"] = "; ".join(dict.fromkeys(pairs))

    def _on_response(self, response, proxies=None, **_):
        if self._bridge.is_proxy(response.url):
            response.url = self._bridge.from_proxy(response.url)
        if response.is_redirect:
            self._before_redirect(response, proxies)

    def _before_redirect(self, response, proxies):
        """`requests` sends the same headers to wherever a redirect leads, and asks nobody about the new address."""
        from requests.sessions import SessionRedirectMixin

        redirects = SessionRedirectMixin()
        target = urljoin(response.url, redirects.get_redirect_target(response))
        if self._bridge.is_proxy(target):
            # One form of each address: cookies are kept by it.
            target = self._bridge.from_proxy(target)
        headers = response.request.headers
        if self._bridge.server_of(target) is None:
            headers.pop(TOKEN_HEADER, None)
            self._bridge.report_unlisted(target)
            return
        if redirects.should_strip_auth(response.url, target):
            headers.pop("Authorization", None)
        headers[TOKEN_HEADER] = self._bridge.token
        response.headers["location"] = self._bridge.to_proxy(target)
        if proxies is not None:
            # Else `requests` would keep to the HTTP proxy of the request before, whatever NO_PROXY says.
            proxies[self._bridge.proxy_host] = None


class BridgeProvider:
    """MLflow's `RequestAuthProvider`."""

    def get_name(self):
        return NAME

    def get_auth(self):
        if bridge is not None:
            return BridgeAuth(bridge)
        if shares_proxy():
            return load_joining().shared_auth()
        # Never without a word, and without a credential.
        raise RuntimeError(
            f"mlflow-auth: {SETTINGS} is missing or cut off, so requests can't be led through the proxy of"
            " `mlflow-auth exec`. Pass the environment on as it is, or remove MLFLOW_TRACKING_AUTH from it."
        )


class EarlyImport:
    """A `RunContextProvider` that has nothing to say: MLflow makes those, and so loads this module, before it asks for any address."""

    def __init__(self):
        try:
            if bridge is not None:
                bridge.show_real_addresses()
            elif shares_proxy() and os.environ.get("MLFLOW_TRACKING_AUTH") == NAME:
                # Beside MLflow nobody notices the milliseconds that it takes. The first request would wait for them.
                load_joining()
        except Exception:
            # The proxy's address leads there as well, and only the links are others; or a request says what is wrong.
            pass

    def in_context(self):
        return False

    def tags(self):
        return {}


def shares_proxy():
    return bridge is None and LAUNCH in os.environ and SETTINGS not in os.environ


def load_joining():
    # Python 3.9 gives one thread what another has begun to import from a wheel.
    with _loading:
        return importlib.import_module("mlflow_auth_bridge_join")


def exempt_from_http_proxies(url):
    """`exec` has put loopback into NO_PROXY; a program that writes that anew would send an HTTP proxy all in the clear."""
    from requests.utils import get_environ_proxies

    if not get_environ_proxies(url):
        return
    lower, upper = (os.environ.get(variable) for variable in ("no_proxy", "NO_PROXY"))
    # Where there is but one, what it exempts stays exempt: the other one would hide it.
    for variable, exempt in (("no_proxy", lower or upper), ("NO_PROXY", upper or lower)):
        os.environ[variable] = ",".join(name for name in (exempt, urlsplit(url).hostname) if name)


def mlflow_asks_plugins():
    """Whether the MLflow of this Python has plugins for authentication: since 2.9, mlflow/mlflow#10049."""
    spec = importlib.util.find_spec("mlflow")
    folders = spec.submodule_search_locations if spec else None
    return any(os.path.isdir(os.path.join(folder, "tracking", "request_auth")) for folder in folders or [])


def read_settings():
    """None if they are missing, cut off or of another form: whatever it is, a program that sends nothing must go on."""
    try:
        return Bridge(**json.loads(os.environ[SETTINGS]))
    except Exception:
        return None


_loading = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_loading._at_fork_reinit)
bridge = read_settings()
