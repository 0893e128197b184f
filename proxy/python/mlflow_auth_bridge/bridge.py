"""The way of a request from MLflow to the proxy and back: addresses of either side, and what is told to `exec`."""

import http.client
import importlib.util
import os
import re
import sys
from urllib.parse import urlsplit

from .end import after_end, has_ended
from .servers import Server

NAME = "mlflow-auth"
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
        from .variables import translate

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


def mlflow_asks_plugins():
    """Whether the MLflow of this Python has plugins for authentication: since 2.9, mlflow/mlflow#10049."""
    spec = importlib.util.find_spec("mlflow")
    folders = spec.submodule_search_locations if spec else None
    return any(os.path.isdir(os.path.join(folder, "tracking", "request_auth")) for folder in folders or [])
