"""Stands in for the command: takes what a program gives to the proxy that it starts, and does what FAKE_* in its environment says.

FAKE_LOG: a file, to which it appends a line as it starts. FAKE_LOADS: seconds. FAKE_DOES: "fail", "end", "garble", "hang", "give another port",
"give no port". FAKE_SAYS: on stderr before all that. FAKE_THINKS: seconds before each
answer. It says yes to whoever has the same FAKE_KEY. On its port, "/do/…" is done: "say", "again", "die", "wait".
"""

import json
import os
import select
import signal
import socket
import sys
import threading
import time

assert sys.argv[1:] == ["serve-processes"], sys.argv
shared = json.loads(os.environ.pop("_MLFLOW_AUTH_SHARED"))
launched = json.loads(os.environ.pop("_MLFLOW_AUTH_PYTHON"))
does = os.environ.get("FAKE_DOES")
sys.stderr.write(os.environ.get("FAKE_SAYS", ""))
sys.stderr.flush()
# As Node reads it.
key = os.environb[b"FAKE_KEY"].decode("utf-8", "replace") if "FAKE_KEY" in os.environ else None
token = os.read(shared["token"], 4096).decode() if shared["token"] is not None else os.urandom(8).hex()
with open(os.environ["FAKE_LOG"], "a") as log:
    told = {name: shared[name] for name in ("socket", "cwd", "digest", "handoverProgram", "python")}
    told["streams"] = [os.path.sameopenfile(number, os.open(os.devnull, os.O_RDWR)) for number in range(2)]
    log.write(json.dumps({"pid": os.getpid(), "launched": launched, **told}) + "\n")
time.sleep(float(os.environ.get("FAKE_LOADS", "0")))
if does == "end":
    sys.exit()
listening = socket.socket(fileno=shared["listen"])
address = listening.getsockname()
leases = []
last = time.monotonic()


def answer(connection, is_starter):
    line = connection.makefile("rb").readline()
    if not line:
        return
    asked = json.loads(line)["ask"]
    time.sleep(float(os.environ.get("FAKE_THINKS", "0")))
    if does == "hang":
        time.sleep(60)
    if does == "garble":
        return connection.sendall(b"{yes\n")
    if does == "fail":
        failed = {"code": "CODE", "text": "CODE: what and where\n  Try this: that"}
        return connection.sendall(json.dumps({"failed": failed}).encode() + b"\n")
    if asked["env"].get("FAKE_KEY") != key or asked["version"] != launched["version"]:
        return connection.sendall(b'{"no": "the values of variables"}\n')
    settings = {
        "proxy": "http://%s:%d" % address,
        "token": token,
        "upstream": "http://listed.test",
        "servers": [{"scheme": "http", "host": "listed.test", "port": 80, "base": "", "auth": True}],
        "displaced": {"auth": None, "sigv4": False},
        "addresses": {},
        "process": {"pid": os.getpid(), "namespaces": []},
        "later": "a member that is not known",
    }
    told = {"settings": settings, "file": None, "fd": None if does == "give no port" else shared["handoverSocket"], "digest": "d"}
    talk = b'{"say": "mlflow-auth: warning: early words"}\n' if "FAKE_TALKS" in os.environ else b""
    leases.append(connection)
    connection.sendall(json.dumps(told).encode() + b"\n" + talk)
    connection.recv(1)
    leases.remove(connection)


def serve(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        some = connection.recv(4096)
        if not some:
            return
        head += some
    path = head.split(b" ")[1].decode()
    if path.endswith("/do/die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if path.endswith("/do/wait"):
        time.sleep(1)
    for one in leases:
        if path.endswith("/do/say"):
            one.sendall(b'{"say": "mlflow-auth: warning: words"}\n')
        if path.endswith("/do/again"):
            one.sendall(b'{"again": true}\n')
    is_led = f"mlflow-auth-token: {token}\r\n".encode() in head
    told = {"pid": os.getpid(), "port": address[1], "path": path, "is_led": is_led, "token": token, "leases": len(leases)}
    body = json.dumps(told).encode()
    connection.sendall(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    connection.close()


def give(connection):
    with connection:
        socket.send_fds(connection, [b"."], [(other if does == "give another port" else listening).fileno()])


def forever(one, do):
    def accept():
        while True:
            # A program under gevent makes those that it has as well such that nobody waits on them, as Node does anyway.
            select.select([one], [], [])
            try:
                connection, _ = one.accept()
            except BlockingIOError:
                continue
            threading.Thread(target=do, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


other = socket.create_server(("127.0.0.1", 0))
if shared["starter"] is not None:
    starter = socket.socket(fileno=shared["starter"])
    starter.setblocking(True)
    threading.Thread(target=answer, args=(starter, True), daemon=True).start()
if shared["control"] is not None:
    control = socket.socket(fileno=shared["control"])
    # As Node does.
    control.listen(512)
    forever(control, lambda connection: answer(connection, False))
    forever(socket.socket(fileno=shared["handover"]), give)
forever(listening, serve)
while time.monotonic() - last < float(os.environ.get("FAKE_LINGERS", "1")):
    last = time.monotonic() if leases else last
    time.sleep(0.05)
