/**
 * Pages in a real browser: those of another web site at the proxy, and those of one server behind the proxy at another. Each line of
 * the output is one attempt; it exits with a failure if one passed.
 */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, type RigOptions, startRig, startUpstream, type Upstream } from "../../proxy/test/rig.ts";
import { startChromium } from "../servers/chromium.ts";
import { missing } from "../servers/tools.ts";
import { hostilePage, type Outpost, startOutpost, type Told } from "./hostile-page.ts";

const test = suite("pages in a real browser", { missing: await missing("chromium") });

/** Names that lead to this machine, as names that somebody has made for an attack do. */
const EVIL = "evil.test";
const SIDECAR = "tracking.test";

/** Opens a page and gives what it tells. The browser is closed then. */
async function browse(url: string, { told }: Outpost): Promise<Told> {
  const browser = startChromium({ url, names: [EVIL, SIDECAR] });
  try {
    return await told;
  } finally {
    await browser.stop();
  }
}

/** The paths that an upstream was asked for and that name an attempt. */
function arrived({ seen }: Upstream): string[] {
  return seen.map(({ method, url }) => `${method} ${url}`).sort();
}

function print(what: string, passed: readonly string[]): void {
  console.log(
    `${passed.length === 0 ? "refused" : "PASSED "}  ${what}${passed.length === 0 ? "" : `: ${passed.join(", ")}`}`,
  );
}

/** Has a page of another site try everything at the proxy's address. Gives what reached the upstream. */
async function attack(
  what: string,
  rig: Rig,
  { site, target, meant = [] }: { site: string; target: string; meant?: readonly string[] },
): Promise<string[]> {
  const reports = await startOutpost();
  const outpost = await startOutpost(hostilePage([target], `http://127.0.0.1:${reports.port}/told`));
  await browse(`http://${site}:${outpost.port}/`, reports);
  const passed = arrived(rig.upstream);
  print(
    what,
    passed.filter((one) => !meant.includes(one)),
  );
  return passed;
}

const sites = { "another site": EVIL, "another port of this machine": "127.0.0.1" };

for (const [name, site] of Object.entries(sites)) {
  test(`a page of ${name} gets nothing through a proxy without a token`, async () => {
    const rig = await startRig({ token: undefined });
    assert.equal(await attack(name, rig, { site, target: `http://127.0.0.1:${rig.proxy.port}/a` }), []);
  });

  test(`a page of ${name} that knows the token can open a window, as by a link, and nothing else`, async () => {
    const rig = await startRig();
    const meant = ["GET /a/window"];
    assert.equal(
      await attack(`${name} that knows the token`, rig, { site, target: `${rig.proxy.url}/a`, meant }),
      meant,
    );
  });
}

test("an address that is not loopback, of which browsers say less: nothing passes without a token", async () => {
  const rig = await startRig({ token: undefined, allowHosts: [SIDECAR] });
  const target = `http://${SIDECAR}:${rig.proxy.port}/a`;
  assert.equal(await attack("a name that is not loopback", rig, { site: EVIL, target }), []);
});

test("a name that is rebound to the proxy's port gets nothing", async () => {
  const rig = await startRig({ token: undefined });
  const page = `http://${EVIL}:${rig.proxy.port}/a`;
  const reports = await startOutpost();
  const outpost = await startOutpost(hostilePage([page], `http://127.0.0.1:${reports.port}/told`));
  await browse(`http://${EVIL}:${outpost.port}/`, reports);
  print("a rebound name", arrived(rig.upstream));
  assert.equal(rig.upstream.seen, []);
});

/** Two servers behind one proxy, the first of which serves the page. */
async function neighbours(page: (rig: Rig, other: Upstream) => string, options: RigOptions = {}) {
  let html = "";
  const other = await startUpstream();
  const rig = await startRig({
    ...options,
    servers: [{ uri: other.uri }],
    browsable: [other.uri],
    answer: (_req, res) => {
      res.setHeader("set-cookie", "session=of-the-first; Path=/");
      res.setHeader("service-worker-allowed", "/");
      res.setHeader("content-type", "text/html").end(html);
    },
  });
  html = page(rig, other);
  return { rig, other };
}

for (const [name, options] of Object.entries({ "with a token": {}, "without a token": { token: undefined } })) {
  test(`a page of one server gets nothing of another behind the same proxy, ${name}`, async () => {
    const reports = await startOutpost();
    const { rig, other } = await neighbours((rig, other) => {
      const mount = `${rig.proxy.url}/~http:127.0.0.1:${other.port}/a`;
      const [neighbour] = rig.proxy.browsable;
      const port = new URL(neighbour?.url as string).port;
      const guessed = rig.proxy.url.replace(String(rig.proxy.port), port);
      return hostilePage(
        [mount, `http://127.0.0.1:${port}/a`, `${guessed}/b`],
        `http://127.0.0.1:${reports.port}/told`,
      );
    }, options);
    const { read, succeeded } = await browse(`${rig.proxy.url}/`, reports);
    print(`a page of one server at another, ${name}`, arrived(other));
    assert.equal(other.seen, []);
    assert.ok(rig.upstream.seen.length > 0);
    assert.match(read, "pages of several servers don't share an address");
    const [neighbour] = rig.proxy.browsable;
    const token = new URL(neighbour?.url as string).pathname.slice(1);
    if (token !== "") assert.not(read.includes(token), "no page learns the token of another server");
    assert.not(succeeded.some((one) => one.startsWith("service-worker")));
  });
}

test("a page of one server gets nothing of another at an address that is not loopback", async () => {
  const reports = await startOutpost();
  const { rig, other } = await neighbours(
    (rig, other) =>
      hostilePage(
        [`http://${SIDECAR}:${rig.proxy.port}/${rig.token}/~http:127.0.0.1:${other.port}/a`],
        `http://127.0.0.1:${reports.port}/told`,
      ),
    { allowHosts: [SIDECAR] },
  );
  await browse(`http://${SIDECAR}:${rig.proxy.port}/${rig.token}/`, reports);
  print("a page of one server at another, at a name that is not loopback", arrived(other));
  assert.equal(other.seen, []);
});

const OWN_PAGE = (
  report: string,
) => `<!doctype html><img src="image"><iframe src="iframe"></iframe><script type="module">
const read = [];
for (const method of ["GET", "POST"]) read.push(await (await fetch("api", { method })).text());
fetch(${JSON.stringify(report)}, { method: "POST", mode: "no-cors", body: JSON.stringify({ read: read.join(), succeeded: [] }) });
</script>`;

async function ownPage(url: (rig: Rig) => string, options: RigOptions = {}): Promise<Rig> {
  const reports = await startOutpost();
  const rig = await startRig({
    ...options,
    answer: (req, res) => {
      const isPage = /^\/(?:\?.*)?$/.test(req.url as string);
      if (isPage) res.setHeader("content-type", "text/html");
      res.end(isPage ? OWN_PAGE(`http://127.0.0.1:${reports.port}/told`) : "fine");
    },
  });
  const { read } = await browse(url(rig), reports);
  assert.is(read, "fine,fine");
  for (const { url, headers } of rig.upstream.seen) {
    assert.is(headers.authorization, "Bearer first", url);
    assert.not(JSON.stringify(headers).includes(rig.token));
    assert.ok(headers.origin === undefined || headers.origin === rig.upstream.uri);
  }
  return rig;
}

test("the proxy's own page does all that it wants, opened by its address", async () => {
  await ownPage(({ proxy }) => `${proxy.url}/`);
  await ownPage(({ proxy }) => proxy.url);
  await ownPage(({ proxy }) => `${proxy.url}/`, { token: undefined });
  await ownPage(({ proxy, token }) => `http://${SIDECAR}:${proxy.port}/${token}/`, { allowHosts: [SIDECAR] });
});

for (const [name, options] of Object.entries({ "with a token": {}, "without a token": { token: undefined } })) {
  test(`a page's cookies come back to its server under their own names, ${name}`, async () => {
    const reports = await startOutpost();
    const { rig } = await neighbours(() => OWN_PAGE(`http://127.0.0.1:${reports.port}/told`), options);
    await browse(`${rig.proxy.url}/`, reports);
    const [first, ...later] = rig.upstream.seen.map(({ headers }) => headers.cookie);
    assert.is(first, undefined);
    assert.ok(later.length > 0);
    assert.equal([...new Set(later)], ["session=of-the-first"]);
  });
}

test("the address of another server opens that one, with its own credential and no cookie of the first", async () => {
  const reports = await startOutpost();
  const { rig, other } = await neighbours((rig) => {
    const [neighbour] = rig.proxy.browsable;
    return `<!doctype html><a id="a" href="${neighbour?.url}/">x</a><script>document.getElementById("a").click()</script>`;
  });
  other.answer = (_req, res) =>
    void res.setHeader("content-type", "text/html").end(OWN_PAGE(`http://127.0.0.1:${reports.port}/told`));
  await browse(`${rig.proxy.url}/`, reports);
  assert.ok(other.seen.length >= 3);
  for (const { headers } of other.seen) {
    assert.is(headers.authorization, "Bearer first");
    assert.is(headers.cookie, undefined);
    assert.not(JSON.stringify(headers).includes(rig.token));
  }
});

test.run();
