/**
 * What pages of other web sites may have a browser send to the proxy, tried raw, as browsers send it. Each line of the output is one
 * attempt; it exits with a failure if one passed. `chromium-cross-site.test.ts` tries the same in a real browser.
 */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig } from "../../proxy/test/rig.ts";

const test = suite("requests that other web sites cause");

const TYPED = ["sec-fetch-site: none", "sec-fetch-mode: navigate", "sec-fetch-dest: document", "sec-fetch-user: ?1"];
const page = (site: string, mode = "navigate", dest = "document") => [
  `sec-fetch-site: ${site}`,
  `sec-fetch-mode: ${mode}`,
  `sec-fetch-dest: ${dest}`,
];
const BROWSER = "user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36";
const HTML = "accept: text/html,application/xhtml+xml,*/*;q=0.8";

/** `PORT` stands for the proxy's. */
interface Attempt {
  readonly method?: string;
  readonly headers: readonly string[];
}

const everySite = (make: (site: string) => Attempt): Attempt[] =>
  ["cross-site", "same-site", "cross-site, same-origin", "same-origin, cross-site", "Same-Origin", ""].map(make);

const attempts: Record<string, readonly Attempt[]> = {
  "an image": everySite((site) => ({ headers: page(site, "no-cors", "image") })),
  "a script": everySite((site) => ({ headers: page(site, "no-cors", "script") })),
  "a style sheet": everySite((site) => ({ headers: page(site, "no-cors", "style") })),
  "a font": everySite((site) => ({ headers: [...page(site, "cors", "font"), "origin: http://evil.example.com"] })),
  "a video": everySite((site) => ({ headers: page(site, "no-cors", "video") })),
  "an object": everySite((site) => ({ headers: page(site, "navigate", "object") })),
  "an embedded page": everySite((site) => ({ headers: page(site, "navigate", "iframe") })),
  "a frame of a frame set": everySite((site) => ({ headers: page(site, "navigate", "frame") })),
  "fetch without CORS": everySite((site) => ({ headers: page(site, "no-cors", "empty") })),
  "fetch without CORS that writes": everySite((site) => ({
    method: "POST",
    headers: [...page(site, "no-cors", "empty"), "content-type: text/plain"],
  })),
  "fetch with CORS": everySite((site) => ({
    headers: [...page(site, "cors", "empty"), "origin: http://evil.example.com"],
  })),
  "a preflight": everySite((site) => ({
    method: "OPTIONS",
    headers: [
      ...page(site, "cors", "empty"),
      "origin: http://evil.example.com",
      "access-control-request-method: POST",
      "access-control-request-headers: authorization,mlflow-auth-token",
      "access-control-request-private-network: true",
    ],
  })),
  sendBeacon: everySite((site) => ({ method: "POST", headers: page(site, "no-cors", "empty") })),
  EventSource: everySite((site) => ({ headers: [...page(site, "cors", "empty"), "accept: text/event-stream"] })),
  "a web socket": everySite((site) => ({
    headers: [...page(site, "websocket", "websocket"), "connection: upgrade", "upgrade: websocket"],
  })),
  "a form that writes": everySite((site) => ({
    method: "POST",
    headers: [...page(site), "content-type: application/x-www-form-urlencoded"],
  })),
  "a form that writes, from a page without an origin": everySite((site) => ({
    method: "POST",
    headers: [...page(site), "origin: null", "content-type: text/plain"],
  })),
  "a page that is fetched ahead": everySite((site) => ({ headers: [...page(site), "sec-purpose: prefetch"] })),
  "a page that is rendered ahead": everySite((site) => ({
    headers: [...page(site), "sec-purpose: prefetch;prerender"],
  })),
  "a page that is fetched ahead, as Safari says it": everySite((site) => ({
    headers: [...page(site), "purpose: prefetch"],
  })),
  "a link with another method": everySite((site) => ({ method: "HEAD", headers: page(site) })),
  "a link that deletes": everySite((site) => ({ method: "DELETE", headers: page(site) })),
  "a worker": everySite((site) => ({ headers: page(site, "same-origin", "worker") })),
  "what a browser without Sec-Fetch sends, with Origin": [
    { method: "POST", headers: [BROWSER, "origin: http://evil.example.com"] },
    { method: "POST", headers: [BROWSER, "origin: null"] },
    { method: "POST", headers: [BROWSER, "origin: http://127.0.0.1:1"] },
  ],
  "what a browser without Sec-Fetch writes, with Referer": [
    { method: "POST", headers: [BROWSER, "referer: http://evil.example.com/"] },
    { method: "POST", headers: [BROWSER, "referer: http://127.0.0.1:1/"] },
    { method: "POST", headers: [BROWSER, "referer: http://127.0.0.1:PORT.evil.example.com/"] },
    { method: "POST", headers: [BROWSER, "referer: about:blank"] },
  ],
  "a rebound name": [
    { headers: ["host: evil.example.com:PORT", ...page("same-origin", "cors", "empty")] },
    { headers: ["host: evil.example.com:PORT", ...TYPED] },
  ],
  "the script of a service worker, from our own page": [
    { headers: [...page("same-origin", "same-origin", "serviceworker"), "service-worker: script"] },
  ],
};

/** Where no token in the path says that somebody was given the address. */
const withoutToken: Record<string, readonly Attempt[]> = {
  ...attempts,
  "a link": everySite((site) => ({ headers: [...page(site), HTML] })),
  "what a browser without Sec-Fetch sends for a page of nobody knows whom": [
    { headers: [BROWSER] },
    { headers: [BROWSER, HTML] },
    { headers: [BROWSER, "accept: image/avif,*/*"] },
    { method: "POST", headers: [BROWSER] },
  ],
  "what a browser without Sec-Fetch sends, with Referer": [
    { headers: [BROWSER, "referer: http://evil.example.com/"] },
    { headers: [HTML, "referer: http://127.0.0.1:1/"] },
    { headers: ["referer: http://127.0.0.1:PORT.evil.example.com/"] },
  ],
};

let withToken: Rig;
let open: Rig;
test.before(async () => {
  withToken = await startRig({ base: "/base" });
  open = await startRig({ base: "/base", token: undefined });
});

function ask({ proxy }: Rig, path: string, { method = "GET", headers }: Attempt): Promise<string> {
  const host = headers.some((line) => line.startsWith("host:")) ? [] : ["host: 127.0.0.1:PORT"];
  const body = method === "POST" ? ["content-length: 0"] : [];
  const lines = [...host, ...headers, ...body].map((line) => line.replace("PORT", String(proxy.port)));
  return raw(proxy.port, head(`${method} ${path}`, lines));
}

async function refused(name: string, rig: Rig, path: string, given: readonly Attempt[]): Promise<void> {
  const passed: Attempt[] = [];
  for (const attempt of given) {
    const before = rig.upstream.seen.length;
    const answer = await ask(rig, path, attempt);
    const isRefused = /^HTTP\/1\.1 (?:403|501) /.test(answer) && rig.upstream.seen.length === before;
    console.log(
      `${isRefused ? "refused" : "PASSED "}  ${name}: ${attempt.method ?? "GET"} ${attempt.headers.join("; ").replace(rig.token, "TOKEN")}`,
    );
    if (!isRefused) passed.push(attempt);
    assert.not(answer.includes(rig.token), "the token must not be told");
    assert.not.match(answer, /access-control-allow/i);
    if (attempt.method !== "HEAD") assert.match(answer, /\. Try this: [a-z]|<a href="\/">open/, "what to do");
  }
  assert.equal(passed, []);
}

for (const [name, given] of Object.entries(attempts)) {
  test(`${name}: refused, even where the path holds the token`, () =>
    refused(name, withToken, `/${withToken.token}/api`, given));
}

for (const [name, given] of Object.entries(withoutToken)) {
  test(`${name}: refused by a proxy that asks for no token`, () => refused(name, open, "/api", given));
}

test("what another site asks for gets nothing with the token in a header, either", async () => {
  for (const line of [`authorization: Bearer ${withToken.token}`, `mlflow-auth-token: ${withToken.token}`]) {
    const given = [...everySite((site) => ({ headers: [...page(site), line] }))];
    await refused("a link", withToken, "/api", given);
  }
});

const passes: Record<string, readonly Attempt[]> = {
  "an address that is typed, or opened from a mail program": [{ headers: TYPED }, { headers: [...TYPED, BROWSER] }],
  "what our own page asks for": [
    { headers: page("same-origin", "cors", "empty") },
    { headers: page("same-origin", "no-cors", "image") },
    { headers: page("same-origin", "navigate", "iframe") },
    { method: "POST", headers: [...page("same-origin", "cors", "empty"), "origin: http://127.0.0.1:PORT"] },
    { headers: [BROWSER, "referer: http://127.0.0.1:PORT/x"] },
    { method: "POST", headers: [BROWSER, "origin: http://127.0.0.1:PORT"] },
  ],
  "a client that is no browser": [
    { headers: ["user-agent: mlflow-python-client/3.17.2"] },
    { headers: ["user-agent: curl/8"] },
    // Node's fetch.
    { headers: ["user-agent: node", "sec-fetch-mode: cors", "accept-language: *"] },
  ],
};
const followed: readonly Attempt[] = [
  ...["cross-site", "same-site"].map((site) => ({ headers: page(site) })),
  { headers: [...page("cross-site"), "sec-fetch-user: ?1", "referer: http://127.0.0.1:8888/"] },
  { headers: [BROWSER, HTML, "referer: http://jupyter.example.com:8888/"] },
  { headers: [BROWSER, HTML] },
];

async function pass(rig: Rig, path: string, given: readonly Attempt[]): Promise<void> {
  for (const attempt of given) {
    const before = rig.upstream.seen.length;
    assert.match(await ask(rig, path, attempt), /^HTTP\/1\.1 200 /, attempt.headers.join("; "));
    assert.is(rig.upstream.seen[before]?.headers.authorization, "Bearer first");
  }
}

for (const [name, given] of Object.entries(passes)) {
  test(`${name}: passes`, async () => {
    await pass(withToken, `/${withToken.token}/api`, given);
    await pass(open, "/api", given);
  });
}

test("a link that holds the token is followed, from a notebook or a mail", () =>
  pass(withToken, `/${withToken.token}/`, followed));

test("a link to a proxy without a token gets a page that says how to open it, and whose own link opens it", async () => {
  for (const headers of [[...page("cross-site"), HTML], [...page("same-site")], [BROWSER, HTML]]) {
    const answer = await ask(open, "/", { headers });
    assert.match(answer, /^HTTP\/1\.1 403 /);
    assert.match(answer, /content-type: text\/html/);
    assert.match(answer, /frame-ancestors 'none'/);
    assert.match(answer, /<a href="\/">/);
    assert.match(answer, /--no-token/);
  }
  await pass(open, "/", [
    { headers: [...page("same-origin"), HTML] },
    { headers: [BROWSER, HTML, "referer: http://127.0.0.1:PORT/"] },
  ]);
});

test.run();
