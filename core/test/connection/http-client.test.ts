import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAuthority } from "@mlflow-auth/test/servers/certificates";
import { startConnectProxy } from "@mlflow-auth/test/servers/connect-proxy";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { connectionFailureOf } from "../../src/connection/failure.js";
import { createHttpClient } from "../../src/connection/http-client.js";
import type { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { Secret } from "../../src/secret/secret.js";
import { systemClock } from "../../src/time/clock.js";
import { temporaryFolder } from "../discovery/plugin-packages.ts";

const test = suite("HTTP for secret stores");
const silent = { debug() {}, info() {}, warn() {}, error() {} };

test("an answer up to 1 MiB comes whole; a longer one is refused, and no outage", async () => {
  const length = { bytes: 1024 * 1024 };
  const server = createServer((_request, response) => response.end("x".repeat(length.bytes)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { http, close } = createHttpClient({ instance: "store", env: {}, logger: silent, clock: systemClock });
  assert.is((await http.send({ url })).text.length, length.bytes);
  length.bytes++;
  try {
    await http.send({ url });
    assert.unreachable("it was taken");
  } catch (thrown) {
    const { code, message, transient, plugin } = thrown as MlflowAuthError;
    assert.equal([code, transient, plugin], ["SECRET_UNREACHABLE", false, "store"]);
    assert.match(message, "gave an answer of more than 1 MiB");
  }
  await close();
  server.closeAllConnections();
  server.close();
});

test("where no connection comes about it says why, in words and as the code", async () => {
  const { http, close } = createHttpClient({ instance: "store", env: {}, logger: silent, clock: systemClock });
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const failure = async (url: string) => {
    const thrown: unknown = await http.send({ url }).catch((error: unknown) => error);
    const { message, remedy, cause } = thrown as MlflowAuthError;
    return [message, remedy, (cause as NodeJS.ErrnoException).code];
  };
  assert.equal(await failure(`https://127.0.0.1:${port}`), [
    `https://127.0.0.1:${port} can't be reached: nothing speaks TLS there (ERR_SSL_WRONG_VERSION_NUMBER)`,
    "check the port, or write http:// if it speaks no TLS",
    "ERR_SSL_WRONG_VERSION_NUMBER",
  ]);
  server.close();
  server.closeAllConnections();
  assert.equal(await failure(`http://127.0.0.1:${port}`), [
    `http://127.0.0.1:${port} can't be reached: nothing listens there (ECONNREFUSED)`,
    "check host and port of that address, and that the service runs",
    "ECONNREFUSED",
  ]);
  await close();
});

test("a proxy in ALL_PROXY, which is not followed, is warned of once, and named where no connection comes about", async () => {
  const warnings: string[] = [];
  const logger = { ...silent, warn: (_: object, message: string) => warnings.push(message) };
  const env = { all_proxy: "socks5://user:of-no-concern@proxy.test" };
  const { http, close } = createHttpClient({ instance: "store", env, logger, clock: systemClock });
  const other = createHttpClient({ instance: "other", env, logger, clock: systemClock });
  for (const url of ["http://store.invalid", "https://store.invalid"]) {
    for (const client of [http, other.http]) {
      const thrown = await client
        .with({ allowInsecure: true })
        .send({ url, tries: "once" })
        .catch((error) => error);
      const { message, remedy } = thrown as MlflowAuthError;
      assert.match(message, /the host name is unknown \(\w+\); all_proxy names a proxy and is not followed$/);
      assert.match(connectionFailureOf(thrown).what, /\); all_proxy names a proxy and is not followed$/);
      const instead = url.startsWith("https:") ? "HTTPS_PROXY" : "HTTP_PROXY";
      assert.match(remedy as string, `; where only a proxy leads there, set ${instead} to an http or https proxy`);
    }
  }
  assert.is(warnings.length, 1, warnings.join("\n"));
  assert.not.match(warnings[0] as string, "of-no-concern");
  const onMachine = http.with({ direct: true, allowInsecure: true });
  const direct = await onMachine.send({ url: "http://store.invalid", tries: "once" }).catch((error) => error);
  assert.not.match((direct as MlflowAuthError).message, "all_proxy");
  await close();
  await other.close();
});

test("certificate files are followed: the next request uses what replaced them, and what can't be used is a warning", async () => {
  const folder = temporaryFolder();
  const [first, second] = [await createAuthority("first"), await createAuthority("second")];
  const issued = await second.issue();
  const server = createTlsServer({ cert: issued.cert, key: issued.key }, (_request, response) => response.end("fine"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const warnings: string[] = [];
  const warn = (_fields: object, message: string) => void warnings.push(message);
  const { http, close } = createHttpClient({
    instance: "store",
    env: {},
    logger: { ...silent, warn },
    clock: systemClock,
  });
  const ca = join(folder, "ca.pem");
  const tlsNames = { ca: "tls.caFile", cert: "tls.certFile", key: "tls.keyFile" };
  const client = http.with({ ca, tlsNames });
  const outcome = () =>
    client.send({ url }).then(
      ({ text }) => text,
      ({ code, remedy }: MlflowAuthError) => `${code} ${remedy}`,
    );
  assert.match(await outcome(), /^TLS_FILE correct tls\.caFile/);
  writeFileSync(ca, first.cert);
  assert.match(await outcome(), /^SECRET_UNREACHABLE /);
  writeFileSync(ca, second.cert);
  assert.is(await outcome(), "fine");
  writeFileSync(ca, "half of i");
  assert.is(await outcome(), "fine");
  assert.is(await outcome(), "fine");
  assert.is(warnings.length, 1);
  assert.match(warnings[0] as string, "holds no PEM; the certificates read before stay in use");
  await close();
  server.closeAllConnections();
  server.close();
});

/** A server that tells what came, and answers with two bytes that are no UTF-8. */
test("what a plugin has no option for is no remedy against plain http", async () => {
  const { http, close } = createHttpClient({ instance: "store", env: {}, logger: silent, clock: systemClock });
  closeAfterwards(close);
  const remedyOf = async (client: typeof http) => {
    try {
      await client.send({ url: "http://store.example.com" });
    } catch (thrown) {
      return (thrown as MlflowAuthError).remedy;
    }
    throw new Error("it was sent");
  };
  const none = "use https: this plugin has no option for plain http, which goes to loopback alone";
  assert.is(await remedyOf(http), none);
  assert.is(await remedyOf(http.with({ ca: undefined })), none);
  const own = "use https, or set allowInsecure: true in plugins.store where the network is trusted";
  for (const allowInsecure of [false, undefined]) assert.is(await remedyOf(http.with({ allowInsecure })), own);
});

test("what a plugin has no option for is no remedy against an authority that is not trusted", async () => {
  const issued = await (await createAuthority("of nobody")).issue();
  const server = createTlsServer({ cert: issued.cert, key: issued.key }, (_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeAfterwards(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { http, close } = createHttpClient({ instance: "store", env: {}, logger: silent, clock: systemClock });
  closeAfterwards(close);
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const remedyOf = (client: typeof http) =>
    client.send({ url, tries: "once" }).then(
      () => assert.unreachable(),
      ({ remedy }: MlflowAuthError) => remedy,
    );
  const none = "start this with NODE_EXTRA_CA_CERTS set to the CA's PEM file: plugin store has no option for it";
  for (const other of [
    http,
    http.with({ allowInsecure: false }),
    http.with({ tlsNames: { ca: "", cert: "certFile" } }),
  ])
    assert.is(await remedyOf(other), none);
  assert.is(await remedyOf(http.with({ ca: undefined })), "give the CA file in the TLS options of plugins.store");
  const tlsNames = { ca: "caFile (STORE_CACERT)" };
  assert.is(await remedyOf(http.with({ tlsNames })), "give the CA file in caFile (STORE_CACERT)");
});

async function echo() {
  const seen: { key: unknown; other: unknown; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { "x-key": key, other } = request.headers;
    seen.push({ key, other, body: Buffer.concat(chunks) });
    response.end(Buffer.from([0xff, 0x00]));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { http, close } = createHttpClient({ instance: "store", env: {}, logger: silent, clock: systemClock });
  return {
    seen,
    http,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x?y`,
    async stop() {
      await close();
      server.closeAllConnections();
      server.close();
    },
  };
}

test("a Secret is a header's value, and bytes go and come as they are", async () => {
  const { http, seen, url, stop } = await echo();
  const body = Buffer.from([0x00, 0xfe]);
  const answer = await http.send({ url, method: "POST", headers: { "X-Key": new Secret("k"), Other: "o" }, body });
  await stop();
  assert.equal(seen, [{ key: "k", other: "o", body }]);
  assert.equal([...answer.bytes], [0xff, 0x00]);
  assert.is(answer.origin, new URL(url).origin);
});

test("a backend that fails is asked again, once where that is wished for", async () => {
  let requests = 0;
  const server = createServer((_request, response) => {
    response.statusCode = ++requests % 2 === 0 ? 200 : 503;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { http, close } = createHttpClient({ instance: "store", env: {}, logger: silent, clock: systemClock });
  assert.is((await http.send({ url })).status, 200);
  assert.is((await http.with({ allowInsecure: true }).send({ url, tries: "once" })).status, 503);
  assert.is(requests, 3);
  await close();
  server.closeAllConnections();
  server.close();
});

test("what stands on the machine itself is asked past the corporate proxy", async () => {
  const proxy = await startConnectProxy({ routes: {} });
  const env = { HTTP_PROXY: `http://${proxy.host}` };
  const { http, close } = createHttpClient({ instance: "store", env, logger: silent, clock: systemClock });
  const failure = (direct: boolean) =>
    http
      .with({ allowInsecure: true, direct })
      .send({ url: "http://machine.invalid/", tries: "once" })
      .then(
        ({ text }) => text,
        ({ message }: MlflowAuthError) => message,
      );
  assert.match(await failure(false), "it answered 502");
  assert.match(await failure(true), "the host name is unknown");
  assert.equal(proxy.targets, ["machine.invalid:80"]);
  await close();
  await proxy.stop();
});

test.run();
