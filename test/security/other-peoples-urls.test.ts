import { loadMlflowAuth } from "@mlflow-auth/core";
import { suite } from "@mlflow-auth/test/suite";
import { Dispatcher1Wrapper, interceptors, request } from "undici";
import * as assert from "uvu/assert";
import { project } from "../../core/test/library/project.ts";
import { Wire } from "./wire.ts";

const test = suite("G8: other people's URLs");
const canary = ["can", "ary", process.pid, "x"].join("-");
const listed = "https://mlflow.example.com:8443/base";
const wildcard = "https://*.staging.example.com";

const home = project({});
const auth = await loadMlflowAuth({
  config: { version: 1, servers: [{ uri: listed }, { uri: wildcard }], plugins: { fixed: { token: "${TOKEN}" } } },
  cwd: home.folder,
  env: { TOKEN: canary },
  logger: { debug() {}, info() {}, warn() {}, error() {} },
});
test.after(async () => {
  await auth.close();
  home.remove();
});

/** Where a credential may be, judged by the parser alone and on what was really sent. */
function belongs(origin: string, path: string): boolean {
  const url = URL.parse(origin + path);
  if (url === null) return false;
  const main =
    url.protocol === "https:" &&
    url.host === "mlflow.example.com:8443" &&
    /^\/base([/?]|$)/.test(url.pathname + url.search);
  return main || (url.protocol === "https:" && url.port === "" && /^[^.]+\.staging\.example\.com$/.test(url.hostname));
}

function leaks(wire: Wire): string[] {
  return wire.sent
    .filter(({ origin, path, headers }) => headers.includes(canary) && !belongs(origin, path))
    .map(({ origin, path }) => origin + path);
}

const hosts = [
  "evil.test",
  "mlflow.example.com.evil.test",
  "evil-mlflow.example.com",
  "mlflow.example.com-evil.test",
  "mlflow-example.com",
  "xmlflow.example.com",
  "mlflow.example.co",
  "example.com",
  "mlflow.example.com.",
  "mlflow.example.com%2eevil.test",
  "mlflow.example.com@evil.test",
  "mlflow.example.com:8443@evil.test",
  "user@mlflow.example.com",
  "user:pass@mlflow.example.com",
  "mlflow.example.com%40evil.test",
  "mlflow.example.com%00.evil.test",
  "mlflow.example.com#.evil.test",
  "mlflow.example.com?.evil.test",
  "mlflow.example.com\\.evil.test",
  "mlflow.example.com/.evil.test",
  "mlflow。example。com.evil.test",
  "ｍlflow.example.com",
  "mlflow.exаmple.com",
  "mlflow.example.com​",
  "mlflow.example.com­",
  "127.0.0.1",
  "[::1]",
  "2130706433",
  "0x7f.1",
  "localhost",
  "staging.example.com",
  "a.b.staging.example.com",
  "staging.example.com.evil.test",
  "a.staging.example.com.evil.test",
  "a.staging.example.com.",
  ".staging.example.com",
  "a@evil.test",
  "a.staging.example.com@evil.test",
  "*.staging.example.com",
];
const ports = ["", ":8443", ":443", ":80", ":8444", ":08443", ":65536", ":"];
const schemes = ["https://", "http://", "HTTPS://", "https:/", "https:", "https:\\\\", "ftp://", "ws://", "//"];
const paths = [
  "/base",
  "/base/x",
  "/",
  "",
  "/Base",
  "/bas",
  "/based",
  "/base../x",
  "/base/../x",
  "/base/..",
  "/base/%2e%2e/x",
  "/base/%2E./x",
  "/base/..%2fx",
  "/base/..%5cx",
  "/base/..\\x",
  "\\base\\..\\x",
  "/base/./../x",
  "/base/%252e%252e/x",
  "/base/..;/x",
  "/x/../base/..",
  "/x?/base",
  "/x#/base",
  "/%62ase",
  "/base%2f..%2fx",
  "/ba\tse/../x",
  "//base",
  "/base//../../x",
  "/..%2fbase",
  "/base/x/../../../y",
];

/** undici's request, which throws at once for some of them and later for others. */
async function asked(url: string, options: object): Promise<void> {
  try {
    await request(url, options as never);
  } catch {
    // Not sent, or answered with an error: what counts is on the wire.
  }
}

function spellings(): string[] {
  const urls = new Set<string>();
  for (const host of hosts) for (const port of ports) urls.add(`https://${host}${port}/base/x`);
  for (const scheme of schemes) {
    for (const host of ["mlflow.example.com", "evil.test", "a.staging.example.com"])
      for (const port of ports) urls.add(`${scheme}${host}${port}/base/x`);
  }
  for (const path of paths) {
    for (const origin of [
      "https://mlflow.example.com:8443",
      "https://mlflow.example.com",
      "https://evil.test:8443",
      "http://a.staging.example.com",
    ]) {
      urls.add(origin + path);
      urls.add(` ${origin}${path}\t`);
    }
  }
  return [...urls];
}

test("hundreds of spellings: by fetch and by undici's request, the credential is only ever on its way home", async () => {
  const wire = new Wire();
  const dispatcher = wire.compose(auth.interceptor);
  const urls = spellings();
  assert.ok(urls.length >= 500, `${urls.length} spellings`);
  for (const url of urls) {
    const init = { dispatcher: new Dispatcher1Wrapper(dispatcher) } as unknown as RequestInit;
    await fetch(url, init).catch(() => undefined);
    await asked(url, { dispatcher });
  }
  assert.equal(leaks(wire), []);
  const home = wire.sent.filter(({ headers }) => headers.includes(canary)).length;
  assert.ok(home > 50, `${home} requests carried it home: the spellings do reach the wire`);
});

test("dispatched raw, past every parser, a path that leads out of the base carries nothing", async () => {
  const wire = new Wire();
  const dispatcher = wire.compose(auth.interceptor);
  const origins = [
    "https://mlflow.example.com:8443",
    new URL("https://mlflow.example.com:8443"),
    "https://MLFLOW.example.com:8443",
    "https://evil.test",
    "http://mlflow.example.com:8443",
  ];
  for (const origin of origins) {
    for (const path of [
      ...paths,
      "https://evil.test/base",
      "http://mlflow.example.com:8443/base",
      "@evil.test/base",
      ".evil.test/base",
    ]) {
      await new Promise<void>((resolve) => {
        const handler = { onResponseEnd: () => resolve(), onResponseError: () => resolve() };
        dispatcher.dispatch({ origin, path, method: "GET" }, handler as never);
      });
    }
  }
  assert.equal(leaks(wire), []);
});

test("every 30x across scheme, host, port and path leaves the credential behind", async () => {
  const targets = [
    "http://mlflow.example.com:8443/base/x",
    "https://mlflow.example.com/base/x",
    "https://mlflow.example.com:8444/base/x",
    "https://evil.test/base/x",
    "//evil.test/base",
    "/x",
    "/base/../x",
    "/base/%2e%2e/x",
    "https://a.staging.example.com:8443/x",
    "http://a.staging.example.com/x",
    "https://a.b.staging.example.com/x",
    "https://mlflow.example.com:8443@evil.test/base",
    "\\\\evil.test\\base",
    "https:evil.test/base",
    "/base/home",
    "https://b.staging.example.com/home",
  ];
  let followed = 0;
  for (const status of [301, 302, 303, 307, 308]) {
    for (const start of [`${listed}/start`, "https://a.staging.example.com/start"]) {
      for (const location of targets) {
        const wire = new Wire();
        wire.redirect = ({ path }) => (path.endsWith("/start") ? { status, location } : undefined);
        const dispatcher = wire.compose(auth.interceptor);
        const body = { method: "POST", body: "b" };
        await fetch(start, { ...body, dispatcher: new Dispatcher1Wrapper(dispatcher) } as unknown as RequestInit).catch(
          () => undefined,
        );
        const outside = dispatcher.compose(interceptors.redirect({ maxRedirections: 3 }));
        await asked(start, { ...body, dispatcher: outside });
        followed += wire.sent.filter(({ path }) => !path.endsWith("/start")).length;
        assert.equal(leaks(wire), [], `${status} ${start} -> ${location}`);
      }
    }
  }
  assert.ok(followed >= 200, `${followed} redirects were followed`);
});

test("headers() gives the credential for no URL that is not home", async () => {
  for (const url of spellings()) {
    const parsed = URL.parse(url);
    const answer = await auth.headers(url).then(
      () => true,
      () => false,
    );
    if (answer) assert.ok(parsed !== null && belongs(parsed.origin, parsed.pathname + parsed.search), url);
  }
});

test.run();
