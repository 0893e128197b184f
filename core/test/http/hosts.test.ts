import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { isLoopback, isPrivate } from "../../src/http/hosts.js";

const test = suite("this machine by name");

test("127.0.0.0/8, ::1 and localhost can only mean this machine", () => {
  for (const name of ["localhost", "127.0.0.1", "127.255.0.9", "[::1]"]) assert.ok(isLoopback(name), name);
});

test("nothing else counts, however near it comes", () => {
  for (const name of [
    "127.0.0.1.evil.test",
    "x127.0.0.1",
    "127.0.0",
    "127.1",
    "128.0.0.1",
    "0.0.0.0",
    "evil-localhost",
    "a.localhost",
    "localhost.evil.test",
    "[::2]",
    "[::ffff:127.0.0.1]",
    "",
  ]) {
    assert.not.ok(isLoopback(name), name);
  }
});

test("credentials travel by https, or by http that does not leave the machine", () => {
  for (const url of ["https://a.test", "http://localhost:1", "http://[::1]"]) assert.ok(isPrivate(new URL(url)), url);
  for (const url of ["http://a.test", "http://10.0.0.1", "ftp://localhost", "ws://localhost"]) {
    assert.not.ok(isPrivate(new URL(url)), url);
  }
});

test.run();
