import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig } from "../rig.js";

const test = suite("long heads, and bytes that are no letters");

let rig: Rig;
test.beforeEach(async () => {
  rig = await startRig();
});
test.afterEach(() => rig.stop());

const host = () => `host: 127.0.0.1:${rig.proxy.port}`;
const bytes = Buffer.from("/é/ü à").toString("latin1");

test("a request's head of nearly 64 KiB goes through, whole", async () => {
  const long = "x".repeat(63 * 1024);
  const answer = await raw(rig.proxy.port, head(`GET /${rig.token}/x`, [host(), `x-long: ${long}`]));
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.is(rig.upstream.seen[0]?.headers["x-long"], long);
});

test("so does one of thousands of short lines, for bytes are the only limit", async () => {
  rig.upstream.server.maxHeadersCount = 0;
  for (const count of [1_000, 5_000, 16_000]) {
    const lines = Array.from({ length: count }, (_, index) => (count > 5_000 ? "a:" : `x-${index}: b`));
    const answer = await raw(rig.proxy.port, head(`GET /${rig.token}/x`, [host(), ...lines]));
    assert.match(answer, /^HTTP\/1\.1 200 /, `${count} lines`);
    const names = rig.upstream.seen.at(-1)?.rawHeaders.filter((_, index) => index % 2 === 0);
    assert.is(names?.filter((name) => name === "a" || name.startsWith("x-")).length, count);
  }
});

test("a longer one gets JSON that says so, and the log one line", async () => {
  for (let attempt = 0; attempt < 3; attempt++) {
    const answer = await raw(rig.proxy.port, head(`GET /${rig.token}/x`, [host(), `x-long: ${"x".repeat(66 * 1024)}`]));
    const [, status, body = ""] = /^HTTP\/1\.1 (\d+) .*?\r\n\r\n(.*)$/s.exec(answer) ?? [];
    assert.is(status, "431");
    assert.match(JSON.parse(body).message, /longer than 64 KiB\. Try this: /);
  }
  assert.is(rig.logged.filter((line) => line.includes("longer than 64 KiB")).length, 1);
  assert.is(rig.upstream.seen.length, 0);
});

test("UTF-8 in addresses that are rewritten stays what it was, escaped where it is an address", async () => {
  const { port, token } = { port: rig.proxy.port, token: rig.token };
  const answers: Record<string, string> = { location: bytes, cookie: "" };
  rig.upstream.answer = (_req, res) => {
    res.socket?.end(
      `HTTP/1.1 302 Found\r\nlocation: ${answers["location"]}\r\nset-cookie: a=${bytes}; Path=${bytes}\r\ncontent-length: 0\r\n\r\n`,
      "latin1",
    );
  };
  const lines = [host(), `referer: http://127.0.0.1:${port}/${token}${bytes}`];
  const answer = await raw(port, head(`GET /${token}/x`, lines));
  assert.match(answer, `location: http://127.0.0.1:${port}/${token}/%C3%A9/%C3%BC%20%C3%A0\r\n`);
  assert.match(answer, `set-cookie: a=${bytes}; Path=/${token}${bytes}\r\n`);
  assert.is(rig.upstream.seen[0]?.headers.referer, `${rig.upstream.uri}/%C3%A9/%C3%BC%20%C3%A0`);
  answers["location"] = Buffer.from("https://bücher.example/ü").toString("latin1");
  assert.match(
    await raw(port, head(`GET /${token}/x`, [host()])),
    "location: https://xn--bcher-kva.example/%C3%BC\r\n",
  );
});

test.run();
