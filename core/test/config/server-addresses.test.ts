import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { judgeUri } from "../../src/config/servers.js";
import { misleading } from "../http/path-table.ts";

const test = suite("the addresses of servers");

const addresses: [given: string, canonical: string][] = [
  ["https://mlflow.example.com", "https://mlflow.example.com"],
  ["HTTPS://MLflow.Example.com:443/", "https://mlflow.example.com"],
  ["https://mlflow.example.com:8443/a/b//".slice(0, -1), "https://mlflow.example.com:8443/a/b"],
  ["http://127.0.0.1:5000", "http://127.0.0.1:5000"],
  ["http://[::1]:5000/x", "http://[::1]:5000/x"],
  ["https://*.example.com", "https://*.example.com"],
  ["https://ml-*.example.com/base", "https://ml-*.example.com/base"],
  ["https://*-eu.Example.com:443", "https://*-eu.example.com"],
  ["https://x.example.com/caf%C3%A9", "https://x.example.com/caf%C3%A9"],
];
for (const [given, canonical] of addresses) {
  test(`${given} is an address`, () => {
    assert.equal(judgeUri(given), { uri: canonical, cleartext: false });
  });
}

test("cleartext is what leaves the machine", () => {
  const isCleartext = (uri: string) => (judgeUri(uri) as { cleartext: boolean }).cleartext;
  for (const uri of ["http://x.example.com", "http://*.localhost", "http://10.0.0.1", "http://0.0.0.0"])
    assert.ok(isCleartext(uri), uri);
  for (const uri of ["http://localhost", "http://127.9.9.9", "http://[::1]", "https://x.example.com"])
    assert.not.ok(isCleartext(uri), uri);
});

test("no server is listed of which every request would be refused: its path is judged as theirs are", () => {
  for (const path of misleading) assert.type(judgeUri(`https://x.example.com/base${path}`), "string", path);
});

test("an address that servers read differently, or that names none, is refused", () => {
  const paths = [
    "/a%2525b",
    "/a%25b",
    "/a%2fb",
    "/a%5Cb",
    "/a%2eb",
    "/a\\b",
    "//a",
    "/a//b",
    "/a/./b",
    "/a/..",
    "/a/../b",
  ];
  for (const path of paths) assert.type(judgeUri(`https://x.example.com${path}`), "string", path);
  for (const uri of [
    "https://*",
    "https://*.",
    "https://a.*.example.com",
    "https://*.*.example.com",
    "https://*a*.example.com",
    "https://x.example.com/*",
    "https://user@x.example.com",
    "https://x.example.com.",
    "https://",
    "ftp://x.example.com",
    "x.example.com",
    "https://x.example.com?a",
    "https://x.example.com#a",
    "https://x.example.com/ä",
  ]) {
    assert.type(judgeUri(uri), "string", uri);
  }
});

test.run();
