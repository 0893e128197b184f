import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { ignoredProxy, proxyFor } from "../../src/connection/http-proxy.js";

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

test("ALL_PROXY is told where curl and Python would follow it, and nothing here does", () => {
  const told = (env: Record<string, string>, uri = "https://mlflow.example.com/base") =>
    ignoredProxy(uri, env)?.variable;
  const ALL_PROXY = "socks5h://proxy.test:1080";
  assert.is(told({ ALL_PROXY }), "ALL_PROXY");
  assert.is(told({ all_proxy: ALL_PROXY }), "all_proxy");
  assert.is(told({ ALL_PROXY, HTTP_PROXY: "http://proxy.test" }), "ALL_PROXY", "that is for the other scheme");
  assert.is(told({ ALL_PROXY }, "https://*.staging.example.com"), "ALL_PROXY");
  assert.is(told({ ALL_PROXY, NO_PROXY: "example.org, ample.com" }), "ALL_PROXY");
  for (const env of [
    {},
    { ALL_PROXY: " " },
    { ALL_PROXY, HTTPS_PROXY: "http://proxy.test" },
    { ALL_PROXY, https_proxy: "" },
    ...["*", "mlflow.example.com", ".example.com", "x, EXAMPLE.com", "*.example.com", "mlflow.example.com:443"].map(
      (NO_PROXY) => ({
        ALL_PROXY,
        NO_PROXY,
      }),
    ),
  ]) {
    assert.is(told(env as Record<string, string>), undefined, JSON.stringify(env));
  }
  assert.is(told({ ALL_PROXY }, "http://127.0.0.1:5000"), undefined);
  assert.is(told({ ALL_PROXY, NO_PROXY: "10.0.0.0/8" }, "https://10.1.2.3"), undefined);
});

test.run();
