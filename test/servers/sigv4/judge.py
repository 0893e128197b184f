"""A front of AWS's kind: it lets a request through whose signature botocore computes, too, from what came over the wire.

It prints one line of JSON with its two ports, and ends with its process. The port `control` takes settings (POST /, merged into those
that are there) and lists what came (GET /).
"""

import datetime
import hashlib
import http.client
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})"
)
# Of one connection, or what those on the way may change.
NOT_SIGNED = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "expect", "user-agent"}
NOT_FORWARDED = NOT_SIGNED | {"host", "authorization", "x-amz-security-token"}
SECONDS = 300

settings = {
    # By access key id: {"secret", "session"?, "ended"?, "denied"?}.
    "keys": {},
    "service": "execute-api",
    "region": "eu-central-1",
    # Headers that have to be signed, with their values.
    "required": {},
    # Seconds that its clock is ahead of the machine's.
    "ahead": 0,
    # What it calls a time that is too far off.
    "skew": "InvalidSignatureException",
    # What HTTP APIs do: one answer for whatever is wrong.
    "mute": False,
    # Answers are those of a server behind it; without one, {} for whatever is signed well.
    "upstream": None,
}
seen = []
lock = threading.Lock()


def now():
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=settings["ahead"])


class Refused(Exception):
    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


def judge(method, target, headers, body):
    """Whether the raw query is what AWS writes down. Raises Refused."""
    given = {}
    for name, value in headers:
        given.setdefault(name.lower(), []).append(value)
    if len(given.get("authorization", [])) != 1:
        raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
    match = AUTHORIZATION.fullmatch(given["authorization"][0])
    if match is None:
        raise Refused("IncompleteSignatureException", "Authorization header requires 'Credential' parameter.")
    access_key, day, region, service, signed, signature = match.groups()
    key = settings["keys"].get(access_key)
    if key is None or given.get("x-amz-security-token") != ([key["session"]] if key.get("session") else None):
        raise Refused("UnrecognizedClientException", "The security token included in the request is invalid.")
    if key.get("ended"):
        raise Refused("ExpiredTokenException", "The security token included in the request is expired")
    [date] = given.get("x-amz-date", [""])
    try:
        time = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Refused("IncompleteSignatureException", "Date must be in ISO-8601 'basic format'.")
    if abs((time - now()).total_seconds()) > SECONDS:
        words = "expired" if time < now() else "not yet current"
        raise Refused(settings["skew"], f"Signature {words}: {date} (5 min.)")
    if region != settings["region"]:
        raise Refused("InvalidSignatureException", f"Credential should be scoped to a valid region, not '{region}'.")
    if service != settings["service"]:
        raise Refused("InvalidSignatureException", f"Credential should be scoped to correct service: '{settings['service']}'.")
    if day != date[:8]:
        raise Refused("InvalidSignatureException", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date.")

    names = signed.split(";")
    needed = {name for name in given if name == "host" or name == "content-type" or name.startswith("x-amz-")}
    needed |= settings["required"].keys()
    if not needed <= set(names) or NOT_SIGNED & set(names) or names != sorted(names):
        raise Refused("InvalidSignatureException", f"SignedHeaders are not those that have to be: {signed}")
    for name, value in settings["required"].items():
        if given.get(name) != [value]:
            raise Refused("ValidationException", f"{name} is not what it has to be")
    if given.get("x-amz-content-sha256") != [hashlib.sha256(body).hexdigest()]:
        raise Refused("InvalidSignatureException", "X-Amz-Content-SHA256 is not that of the body")

    auth = SigV4Auth(Credentials(access_key, key["secret"], key.get("session")), service, region)

    def recomputed(url, params=None):
        request = AWSRequest(method=method, url=url, data=body, params=params)
        for name in names:
            for value in given.get(name, []):
                request.headers.add_header(name, value)
        request.context["timestamp"] = date
        return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)

    parts = urlsplit(f"https://{given['host'][0]}{target}")
    pairs = [pair.partition("=") for pair in parts.query.split("&")] if parts.query else []
    read = [(unquote(name, errors="strict"), unquote(value, errors="strict")) for name, _, value in pairs]
    bare = parts._replace(query="").geturl()
    if signature != recomputed(bare, read):
        raise Refused("InvalidSignatureException", "The request signature we calculated does not match the signature you provided.")
    canonical = signature == recomputed(parts.geturl())
    if key.get("denied"):
        raise Refused("AccessDeniedException", f"User: arn is not authorized to perform: {service}:Invoke on resource: arn")
    return canonical


class Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def date_time_string(self, timestamp=None):
        return super().date_time_string(now().timestamp())

    def log_message(self, *_):
        pass

    def handle_any(self):
        # `self.path` is not what came: slashes at its beginning are merged.
        target = self.raw_requestline.decode("latin-1").split(" ")[1]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = list(self.headers.items())
        entry = {"method": self.command, "target": target, "headers": headers, "length": len(body)}
        try:
            entry["canonical"] = judge(self.command, target, headers, body)
            status, answer, content = self.ask(target, headers, body)
        except Refused as refused:
            entry["refused"] = refused.kind
            status = 403
            message = "Forbidden" if settings["mute"] else str(refused)
            answer = [("Content-Type", "application/json")]
            if not settings["mute"]:
                answer.append(("x-amzn-ErrorType", refused.kind))
            content = json.dumps({"message": message}).encode()
        entry["status"] = status
        with lock:
            seen.append(entry)
        self.send_response(status)
        for name, value in answer:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def ask(self, target, headers, body):
        upstream = settings["upstream"]
        if upstream is None:
            return 200, [("Content-Type", "application/json")], b"{}"
        connection = http.client.HTTPConnection(urlsplit(upstream).netloc, timeout=60)
        try:
            connection.putrequest(self.command, target, skip_accept_encoding=True)
            for name, value in headers:
                if name.lower() not in NOT_FORWARDED:
                    connection.putheader(name, value)
            connection.endheaders(body or None)
            response = connection.getresponse()
            dropped = {"connection", "content-length", "transfer-encoding", "date", "server"}
            kept = [(name, value) for name, value in response.getheaders() if name.lower() not in dropped]
            return response.status, kept, response.read()
        finally:
            connection.close()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any


class Control(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        settings.update(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer({})

    def do_GET(self):
        with lock:
            self.answer(seen)

    def answer(self, value):
        content = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


front = ThreadingHTTPServer(("127.0.0.1", 0), Front)
control = ThreadingHTTPServer(("127.0.0.1", 0), Control)
threading.Thread(target=control.serve_forever, daemon=True).start()
print(json.dumps({"port": front.server_port, "control": control.server_port}), flush=True)
front.serve_forever()
