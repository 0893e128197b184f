"""What MLflow gives `requests` as the authentication of a request: it leads the request to the proxy, and its redirects."""

import os
from urllib.parse import urljoin, urlsplit

from .bridge import TOKEN_HEADER


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


def exempt_from_http_proxies(url):
    """`exec` has put loopback into NO_PROXY; a program that writes that anew would send an HTTP proxy all in the clear."""
    from requests.utils import get_environ_proxies

    if not get_environ_proxies(url):
        return
    lower, upper = (os.environ.get(variable) for variable in ("no_proxy", "NO_PROXY"))
    # Where there is but one, what it exempts stays exempt: the other one would hide it.
    for variable, exempt in (("no_proxy", lower or upper), ("NO_PROXY", upper or lower)):
        os.environ[variable] = ",".join(name for name in (exempt, urlsplit(url).hostname) if name)
