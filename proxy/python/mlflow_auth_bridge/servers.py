"""Which listed server a URL belongs to, so that no request which some server could read as one of its own goes past the proxy."""

import ipaddress
import posixpath
import re
import socket
import unicodedata
from urllib.parse import unquote

DEFAULT_PORTS = {"http": 80, "https": 443}
# As in core's http/paths.ts and http/reads-below.ts.
DROPPED = re.compile("[\x01-\x20\x7f-\xa0\xc0\xc1\xf5-\xff]")
NO_PART_OF_NAME = re.compile(r'[.+]*(?:$|[;:?#,&|<>"*])')
OVERLONG = re.compile("(?:[\xc0\xc1]|\xe0[\x80\x81]|\xf0\x80[\x80\x81])[\x80-\xbf]")


class Server:
    """A server of mlflow-auth.yaml."""

    def __init__(self, scheme, host, port, base, auth):
        self._scheme_and_port = (scheme, port)
        # `*` stands for at least one character of the leftmost label.
        self._host = re.compile("[^.]+".join(re.escape(part) for part in canonical_host(host.strip("[]")).split("*")))
        self._base = base
        # As it reads decoded.
        self._wanted = segments(texts(list(readings(base))[-1])[-1])
        self.has_auth = auth

    def is_at(self, parts):
        """Whether a URL, as `urlsplit` gives it, has its scheme, host and port."""
        try:
            port = parts.port or DEFAULT_PORTS.get(parts.scheme)
        except ValueError:
            return False
        if (parts.scheme, port) != self._scheme_and_port:
            return False
        return self._host.fullmatch(canonical_host(parts.hostname or "")) is not None

    def has_path(self, path):
        # What some server could read as a path below the base goes to the proxy, which judges it: never bare past it.
        if (path + "/").startswith(self._base + "/"):
            return True
        ways = {way for reading in readings(path) for way in (reading, resolved(reading))}
        return any(reads_below(way, self._wanted) for way in ways)


def readings(path):
    """The path as it is, and as it reads after each further round of decoding: as `readings` of core, one character a byte."""
    while True:
        yield path
        # A percent sign that was escaped many times over is decoded in one go.
        decoded = unquote(re.sub("%(?:25)+(?=[0-9a-fA-F]{2})", "%", path), encoding="latin-1")
        if decoded == path:
            return
        path = decoded


def resolved(path):
    """Where a path leads once what servers drop is gone: as `resolutions` of core."""
    plain = re.sub(r";[^/\\]*", "", DROPPED.sub("", as_read_carelessly(path)))
    return posixpath.normpath(plain.replace("\\", "/"))


def texts(reading):
    """What servers may make of a decoded path, one character a byte: as `textsOf` of core."""
    found = []
    for text in (as_read_carelessly(reading), reading):
        # What is no byte was given as a character.
        characters = text.encode("latin-1", "replace").decode("utf-8", "replace")
        characters = re.sub("%u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), characters)
        plain = unicodedata.normalize("NFKC", characters)
        found += [DROPPED.sub("", text), "".join(one for one in plain if not is_dropped(one))]
    return found


def as_read_carelessly(text):
    """With each character in its shortest form that was written in more bytes than it needs."""
    return OVERLONG.sub(lambda found: chr((ord(found[0][-2]) & 1) << 6 | ord(found[0][-1]) & 0x3F), text)


def is_dropped(character):
    return character == "\ufffd" or unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp")


def segments(text):
    """As `segmentsOf` of core."""
    plain = (one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one)[0] != "M")
    return [one for one in re.split("[/\\\\\u2044\u2215\u29f8]+", "".join(plain)) if one]


def reads_below(path, wanted):
    """Whether some server could read a path as one below that of these segments: as `readsBelow` of core."""
    for text in texts(path):
        all_segments = segments(text)
        for given in (all_segments, [one for one in all_segments if not NO_PART_OF_NAME.match(one)]):
            names = zip(given, wanted)
            if len(given) >= len(wanted) and all(
                one.startswith(name) and NO_PART_OF_NAME.match(one[len(name) :]) for one, name in names
            ):
                return True
    return False


def canonical_host(host):
    """As the proxy writes it: addresses of IP have many spellings."""
    try:
        if ":" in host:
            return f"[{ipaddress.ip_address(host).compressed}]"
        if re.search(r"(^|\.)(\d+|0x[0-9a-f]*)\.?$", host):
            return socket.inet_ntoa(socket.inet_aton(host.rstrip(".")))
        if not host.isascii():
            return host.encode("idna").decode()
    except (OSError, ValueError):
        pass
    return host
