import { suite } from "@mlflow-auth/test/suite";
import fc from "fast-check";
import * as assert from "uvu/assert";
import { compileDestinations } from "../../src/destination/destinations.js";
import { notTeam, readAsTeam, readAsTeamInAnyCase } from "../http/path-table.js";

const test = suite("destinations");
const uris = (...servers: string[]) => compileDestinations(servers.map((uri) => ({ uri })));
const matched = (servers: string[], url: string) => uris(...servers).match(url)?.uri;

test("a server matches its own scheme, host, port and base path, in whole segments", () => {
  const server = "https://mlflow.example.com/base";
  for (const path of ["", "/", "/api/2.0/mlflow/runs/create", "?a=b", "#x", "/a?b=/../c"]) {
    assert.is(matched([server], server + path), server, path);
  }
  const others = [
    "http://mlflow.example.com/base",
    "https://mlflow.example.com:8443/base",
    "https://mlflow.example.com",
    "https://mlflow.example.com/based",
    "https://mlflow.example.com/basement/api",
    "https://mlflow.example.com/Base/api",
    "https://example.com/base",
    "https://mlflow.example.com.evil.test/base",
    "not a url",
    "/base",
    "",
  ];
  for (const url of others) assert.is(matched([server], url), undefined, url);
});

test("spellings of the same URL match, as the WHATWG parser reads them", () => {
  const server = "https://mlflow.example.com";
  const spellings = [
    "HTTPS://MLFLOW.example.COM/api",
    "https://mlflow.example.com:443/api",
    "https:\\\\mlflow.example.com\\api",
    "https://mlflow.example.com/a/../b",
    " https://mlflow.example.com/api",
    "https://mlflow.ex\tample.com/api",
    "https://ｍlflow.example.com/api",
  ];
  for (const url of spellings) assert.is(matched([server], url), server, url);
});

test("userinfo, a trailing dot and a path that servers read differently never match", () => {
  const server = "https://mlflow.example.com/base";
  const tricks = [
    "https://user@mlflow.example.com/base/api",
    "https://mlflow.example.com@evil.test/base",
    "https://mlflow.example.com.:443/base",
    "https://mlflow.example.com/base/../other",
    "https://mlflow.example.com/base/%2e%2e/other",
    "https://mlflow.example.com/base/.%2E/other",
    "https://mlflow.example.com/base/..%2fother",
    "https://mlflow.example.com/base/..%5cother",
    "https://mlflow.example.com/base/%252e%252e/other",
    "https://mlflow.example.com/base/..;/other",
    "https://mlflow.example.com/base/..%3b/other",
    "https://mlflow.example.com/base/%252e%252e%253Bx/other",
    "https://mlflow.example.com/base\\..\\other",
    "https://mlflow.example.com/x/..%2fbase/../base/..%2f..",
  ];
  for (const url of tricks) assert.is(matched([server], url), undefined, url);
});

test("a star is one leftmost label or a part of it", () => {
  const servers = ["https://*.staging.example.com"];
  assert.is(matched(servers, "https://a.staging.example.com/x"), servers[0]);
  for (const host of [
    "staging.example.com",
    "a.b.staging.example.com",
    "a.staging.example.com.evil.test",
    ".staging.example.com",
  ]) {
    assert.is(matched(servers, `https://${host}/x`), undefined, host);
  }
  const part = ["https://ml-*.example.com:8443/base"];
  assert.is(matched(part, "https://ml-1.example.com:8443/base/x"), part[0]);
  for (const url of [
    "https://ml-.example.com:8443/base",
    "https://ml-1.example.com/base",
    "https://ml-a.b.example.com:8443/base",
  ]) {
    assert.is(matched(part, url), undefined, url);
  }
});

test("the first server that matches decides, and of one origin the longer base path", () => {
  const servers = ["https://a.test", "https://*.test/deep", "https://a.test/deep/er", "https://a.test/deep"];
  assert.is(matched(servers, "https://a.test/deep/er/x"), "https://a.test/deep/er");
  assert.is(matched(servers, "https://a.test/deep/x"), "https://a.test/deep");
  assert.is(matched(servers, "https://a.test/x"), "https://a.test");
  assert.is(matched(servers, "https://b.test/deep"), "https://*.test/deep");
  assert.is(matched(["https://*.test", "https://a.test"], "https://a.test/x"), "https://*.test");
});

test("a near miss is the listed server on the same host", () => {
  const destinations = uris("https://mlflow.example.com/base");
  const near = [
    "http://mlflow.example.com/base",
    "https://mlflow.example.com:1/base",
    "https://mlflow.example.com./base",
  ];
  for (const url of near) assert.is(destinations.nearMiss(url)?.uri, "https://mlflow.example.com/base", url);
  for (const url of ["https://example.com/base", "nonsense"]) assert.is(destinations.nearMiss(url), undefined, url);
});

test("another name of loopback, on the same port, is a near miss", () => {
  const destinations = uris("http://127.0.0.1:5000");
  for (const url of ["http://localhost:5000/", "http://[::1]:5000/x"]) {
    assert.is(destinations.nearMiss(url)?.uri, "http://127.0.0.1:5000", url);
  }
  assert.is(destinations.nearMiss("http://localhost:5001/"), undefined);
});

test("the fast comparison never differs from the parser", () => {
  const server = "https://a.test/base";
  const base = uris(server);
  // A wildcard before it switches the fast comparison off.
  const slow = uris("https://*.never.invalid", server);
  const piece = fc.constantFrom(
    "/",
    ".",
    "..",
    "%",
    "2e",
    "%2e",
    "%2E",
    "%2f",
    "%5C",
    "%25",
    "\\",
    "?",
    "#",
    ";",
    "@",
    ":",
    "a",
    "base",
    " ",
    "\t",
    "é",
    "\u0000",
    "//",
  );
  const tail = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
  const head = fc.constantFrom("https://a.test/base", "https://a.test", "https://a.test:443/base", "https:a.test/base");
  fc.assert(
    fc.property(head, tail, (start, end) => base.match(start + end)?.uri === slow.match(start + end)?.uri),
    { numRuns: 20_000 },
  );
});

test("no character of a server's name, and nothing before or behind a star, stands for another", () => {
  assert.is(matched(["https://a.test/b.c"], "https://axtest/b.c"), undefined);
  assert.is(matched(["https://a.test/b.c"], "https://a.test/bxc"), undefined);
  assert.is(matched(["https://ml-*.example.com"], "https://xx-1.example.com/x"), undefined);
  assert.is(matched(["https://*-ml.example.com"], "https://1-xx.example.com/x"), undefined);
});

test("a wildcard that stands first decides first, for a URL and for a request's origin and path", () => {
  const servers = uris("https://*.test/deep", "https://a.test/deep");
  assert.is(servers.match("https://a.test/deep/x")?.uri, "https://*.test/deep");
  assert.is(servers.matchPath("https://a.test", "/deep/x")?.uri, "https://*.test/deep");
});

test("what the parser reads below the base must stand there as it is sent", () => {
  const server = uris("https://a.test/base");
  assert.is(server.matchPath("https://a.test", "/base/x")?.uri, "https://a.test/base");
  assert.is(server.matchPath("https://a.test", "/base\\x"), undefined);
  assert.is(server.misled("https://a.test", "/base\\x")?.uri, "https://a.test/base");
});

test("whatever servers drop between dots, a path that leads into the base from outside is told", () => {
  const server = uris("https://a.test/base");
  for (const dropped of ["%01", "%09", "%1f", "%20", "%7f", "%a0", "%c0", "%f5", "%ff", "%2520", ""]) {
    assert.is(server.misled("https://a.test", `/other/.${dropped}./base/x`)?.uri, "https://a.test/base", dropped);
  }
  assert.is(server.misled("https://a.test", "/other/..;p=1/base/x")?.uri, "https://a.test/base");
  assert.is(server.misled("https://a.test", "/other/.a./base/x"), undefined);
});

const outerAndInner = [
  ["https://a.test", "https://a.test/team"],
  ["https://a.test/team", "https://a.test"],
  ["https://*.test/team", "https://a.test"],
  ["https://*.test/team", "https://*.test"],
  ["https://a.test", "https://a.test/te%61m"],
];

test("what another reading gives to a server further in is sent with neither's credential, and not bare", () => {
  for (const servers of outerAndInner) {
    const { match, matchPath, misled } = uris(...servers);
    for (const path of [...readAsTeam, ...readAsTeamInAnyCase]) {
      assert.is(matchPath("https://a.test", path), undefined, path);
      assert.match(misled("https://a.test", path)?.uri ?? "", /m$/, path);
      // A parser of URLs takes backslashes for slashes, so that nothing is left to be read in another way.
      if (!path.includes("\\")) assert.is(match(`https://a.test${path}`), undefined, path);
    }
    for (const path of notTeam) {
      assert.match(matchPath("https://a.test", path)?.uri ?? "", /test$/, path);
      assert.match(match(`https://a.test${path}`)?.uri ?? "", /test$/, path);
      assert.is(misled("https://a.test", path), undefined, path);
    }
  }
  const { matchPath } = uris("https://a.test", "https://a.test/team");
  assert.match(matchPath("https://a.test", "/team/%41//x;y")?.uri ?? "", /team$/);
});

test("what another reading gives to the one server of an origin is not sent bare", () => {
  const { match, matchPath, misled } = uris("https://a.test/team");
  for (const path of readAsTeam) {
    assert.is(matchPath("https://a.test", path), undefined, path);
    assert.match(misled("https://a.test", path)?.uri ?? "", /team$/, path);
  }
  // Letters of another case are another path, as long as nobody has a credential for it.
  for (const path of [...notTeam, "/Team/x"]) {
    assert.is(matchPath("https://a.test", path), undefined, path);
    assert.is(misled("https://a.test", path), undefined, path);
    assert.is(match(`https://a.test${path}`), undefined, path);
  }
});

test("two listed bases that differ by a reading are both what the file says", () => {
  const { matchPath } = uris("https://a.test/team", "https://a.test/Team", "https://a.test/team.v2", "https://a.test");
  for (const base of ["/team", "/Team", "/team.v2"]) {
    assert.is(matchPath("https://a.test", `${base}/x`)?.uri, `https://a.test${base}`);
  }
  assert.is(matchPath("https://a.test", "/TEAM/x"), undefined);
});

test("a base of parameters alone is read as what it is", () => {
  const { matchPath, misled } = uris("https://a.test/;a", "https://a.test");
  assert.is(matchPath("https://a.test", "/;a/x")?.uri, "https://a.test/;a");
  assert.is(matchPath("https://a.test", "/x")?.uri, "https://a.test");
  assert.is(misled("https://a.test", "/%3ba/x")?.uri, "https://a.test/;a");
});

test("further in, each segment of a base counts", () => {
  const { matchPath, misled } = uris("https://a.test/x", "https://a.test/x/team/y");
  for (const path of ["/x/TEAM/y", "/x//team/y/z", "/x/team;a/%79", "/x/team%2fy", "/x/;a/team/;/y"]) {
    assert.is(matchPath("https://a.test", path), undefined, path);
    assert.match(misled("https://a.test", path)?.uri ?? "", /y$/, path);
  }
  for (const path of ["/x/team", "/x/team/z;y", "/x/Team/yy"]) {
    assert.is(matchPath("https://a.test", path)?.uri, "https://a.test/x", path);
  }
});

test("odd paths of other people's servers are their affair", () => {
  const server = uris("https://a.test/base");
  for (const origin of ["https://b.test", "http://a.test", "https://a.test:8443"]) {
    assert.is(server.misled(origin, "/base/..%2fx"), undefined, origin);
    assert.is(server.misled(origin, "/other/..%2fbase"), undefined, origin);
  }
});

test("a host that is not loopback is no near miss of a local server by its port", () => {
  assert.is(uris("http://127.0.0.1:5000").nearMiss("http://example.com:5000/"), undefined);
});

test.run();
