import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { proxyFor } from "../../src/connection/http-proxy.js";

const test = suite("networks in NO_PROXY");

const through = (destination: string, NO_PROXY: string) =>
  proxyFor(destination, { HTTPS_PROXY: "http://proxy.test:3128", NO_PROXY }) !== undefined;

test("an address in a listed network is reached without the proxy", () => {
  for (const [destination, list] of [
    ["https://10.1.2.3/base", "10.0.0.0/8"],
    ["https://10.1.2.3:8443", "other.test, 192.168.0.0/16 10.0.0.0/8"],
    ["https://192.0.2.7", "192.0.2.7/32"],
    ["https://192.0.2.7", "0.0.0.0/0"],
    ["https://[2001:db8::7]", "2001:db8::/32"],
  ] as const) {
    assert.not.ok(through(destination, list), `${destination} with ${list}`);
  }
});

test("any other goes through it, also where an entry is no network", () => {
  for (const [destination, list] of [
    ["https://11.1.2.3", "10.0.0.0/8"],
    ["https://[2001:db9::7]", "2001:db8::/32"],
    ["https://[2001:db8::7]", "10.0.0.0/8"],
    ["https://10.1.2.3", "2001:db8::/32"],
    ["https://10.1.2.3", "10.0.0.0/33, 10.0.0/8, /8, 10.0.0.0/, a/8, 10.0.0.0/8x"],
    ["https://ten.test", "10.0.0.0/8, 0.0.0.0/0"],
  ] as const) {
    assert.ok(through(destination, list), `${destination} with ${list}`);
  }
});

test.run();
