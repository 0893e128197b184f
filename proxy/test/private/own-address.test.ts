import type { Socket } from "node:net";
import { Secret } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createOwnAddress, createToken } from "../../src/private/own-address.js";

const test = suite("the proxy's own address");
const own = createOwnAddress({ port: 5055, names: ["Sidecar"], token: undefined });
const reachedAt = (localAddress: string) => ({ localAddress }) as Socket;

test("it is known by the names of loopback, by those that were allowed, and by the address that the connection came to", () => {
  for (const [host, address] of [
    ["127.0.0.1:5055", "127.0.0.1"],
    ["LocalHost:5055", "127.0.0.1"],
    ["[::1]:5055", "::1"],
    ["sidecar:5055", "10.1.2.3"],
    ["10.1.2.3:5055", "10.1.2.3"],
    ["10.1.2.3:5055", "::ffff:10.1.2.3"],
    ["[2001:db8::7]:5055", "2001:db8::7"],
  ] as const) {
    assert.ok(own.isOwnHost(host, reachedAt(address)), host);
    assert.ok(own.isOwnOrigin(`http://${host}`, reachedAt(address)), host);
    assert.not.ok(own.isOwnOrigin(`https://${host}`, reachedAt(address)), host);
    assert.not.ok(own.isOwnOrigin(host, reachedAt(address)), host);
    assert.not.ok(own.isOwnOrigin(`evil://${host}`, reachedAt(address)), host);
  }
});

test("any other name, address or port is not the proxy's", () => {
  for (const host of ["127.0.0.1", "127.0.0.1:5056", "10.1.2.4:5055", "sidecar", "evil.test:5055", "10.1.2.3", ""]) {
    assert.not.ok(own.isOwnHost(host, reachedAt("10.1.2.3")), host);
  }
  assert.not.ok(own.isOwnOrigin("null", reachedAt("10.1.2.3")));
});

test("where HTTP's own port is meant, it need not be named", () => {
  const usual = createOwnAddress({ port: 80, names: [], token: undefined });
  assert.ok(usual.isOwnHost("localhost", reachedAt("127.0.0.1")));
});

test("the token is known as it is, and found in any text that holds it, however it is escaped", () => {
  const text = createToken().reveal();
  assert.match(text, /^[\w-]{43}$/);
  const { token, mountPoint } = createOwnAddress({ port: 1, names: [], token: new Secret(text) });
  assert.is(mountPoint, `/${text}`);
  assert.ok(token?.isToken(text));
  for (const other of [
    "",
    text.slice(1),
    `${text}x`,
    `${text.startsWith("x") ? "y" : "x"}${text.slice(1)}`,
    text.toUpperCase(),
  ]) {
    assert.not.ok(token?.isToken(other), other);
  }
  const escaped = [...text].map((character) => `%${character.charCodeAt(0).toString(16)}`).join("");
  for (const held of [text, `a${text}b`, escaped, escaped.replaceAll("%", "%25"), `%zz${text}`]) {
    assert.ok(token?.isIn(held), held);
  }
  // What is escaped so often that nobody reads it to its end may hold anything.
  assert.ok(token?.isIn(`${"%".repeat(20)}${"3".repeat(20)}5`));
  for (const free of ["", text.slice(1), escaped.slice(3), "%"]) assert.not.ok(token?.isIn(free), free);
});

test.run();
