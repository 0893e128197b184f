/** `doctor` where servers and plugins hang, break off, or live in another time. */
import type { Socket } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { answer, doctor, json, type Send } from "./doctor-site.js";
import { createSite, type Site } from "./project.js";

const test = suite("doctor: patience");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const hangs: Record<string, [paths: Record<string, Send>, link: string, found: RegExp]> = {
  "before its first answer": [
    { "/health": () => {} },
    "health",
    /took the connection and gave no answer within 300 ms/,
  ],
  "in the middle of an answer": [{ "/health": (res) => void res.write("O") }, "health", /no answer within 300 ms/],
  "at the request alone": [{}, "request", /took the connection and gave no answer/],
};

for (const [name, [paths, link, found]] of Object.entries(hangs)) {
  test(`a server that hangs ${name}`, async () => {
    answer(site, () => {}, paths);
    const { code, signal, stdout } = await doctor(site, "--timeout", "0.3", "--json");
    assert.is(signal, null);
    const { broken, servers } = JSON.parse(stdout);
    assert.is(broken.link, link);
    assert.match(servers[0].links.find((one: { link: string }) => one.link === link).found, found);
    assert.is(code, link === "request" ? 1 : 4);
  });
}

test("an answer with more headers than clients take is not one of TLS", async () => {
  const headers = `x: ${"y".repeat(20_000)}\r\n`;
  site.upstream.server.removeAllListeners("connection").on("connection", (socket: Socket) => {
    socket.on("error", () => {});
    socket.once("data", () => void socket.end(`HTTP/1.1 200 OK\r\n${headers}\r\n`));
  });
  const { stdout } = await doctor(site);
  assert.match(stdout, /FAIL {2}connection .* more headers than clients take/);
  assert.not.match(stdout, /write https/);
});

const beginnings: Record<string, [begin: (socket: Socket) => void, advice: RegExp]> = {
  "hangs up": [(socket) => socket.destroy(), /write https:\/\//],
  "speaks something else": [
    (socket) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n", () => socket.destroy()),
    /another program than a web server/,
  ],
  "speaks TLS alone": [
    (socket) => void socket.once("data", () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, 0x46]))),
    /speaks TLS, and was spoken to without\n.*write https:\/\//,
  ],
  "has control characters in its headers": [
    (socket) => void socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nx: \u001b[2J\r\n\r\n")),
    /have the server, or the proxy in front of it, fixed/,
  ],
};

for (const [how, [begin, advice]] of Object.entries(beginnings)) {
  test(`what listens there ${how}`, async () => {
    site.upstream.server.removeAllListeners("connection").on("connection", begin);
    const { code, stdout } = await doctor(site);
    assert.match(
      stdout,
      /FAIL {2}connection .*(hangs up without an answer|speaks TLS|does not speak HTTP|breaks a rule of HTTP: \w)/,
    );
    assert.match(stdout, advice);
    assert.is(code, 4);
  });
}

test("a plugin that hangs is not waited for, and nothing goes out", async () => {
  answer(site, json);
  site.project.setCredential("hang");
  const { code, signal, stdout } = await doctor(site, "--timeout", "0.1");
  assert.is(signal, null);
  assert.match(stdout, /FAIL {2}secret backend {2}PLUGIN_TIMEOUT: the plugins gave no credential .* within 300 ms/);
  assert.match(stdout, /- {5}request +not sent: it never goes out without its credential/);
  assert.is(code, 4);
  assert.not(site.upstream.seen.some(({ url }) => url.startsWith("/api")));
});

for (const [ahead, words] of [
  [600_000, /10 min behind that of http/],
  [-7_200_000, /2 h ahead of that of http/],
] as const) {
  test(`a clock that is ${ahead} ms apart is a warning, for tokens fail by it`, async () => {
    const date = () => ({ date: new Date(Date.now() + ahead).toUTCString() });
    const dated =
      (status: number, text: string): Send =>
      (res) =>
        void res.writeHead(status, date()).end(text);
    answer(site, dated(200, "{}"), { "/health": dated(200, "OK"), "/version": dated(200, "3.1") });
    const { code, stdout } = await doctor(site);
    assert.match(stdout, /\n {2}warn {2}clock +the clocks are apart\n +warning: this machine's clock is /);
    assert.match(stdout, words);
    assert.match(stdout, /All is well, but for one warning above\./);
    assert.is(code, 0);
    answer(site, dated(401, ""), { "/health": dated(200, "OK"), "/version": dated(200, "3.1") });
    assert.match((await doctor(site)).stdout, /Try this: set the clocks right first \(see clock\); then store /);
  });
}

test("few seconds are no difference", async () => {
  answer(site, (res) => void res.writeHead(200, { date: new Date(Date.now() - 20_000).toUTCString() }).end("{}"));
  assert.match((await doctor(site)).stdout, /\nAll is well\.\n/);
});

test.run();
