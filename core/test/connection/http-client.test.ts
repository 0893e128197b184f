import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAuthority } from "@mlflow-auth/test/servers/certificates";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createHttpClient } from "../../src/connection/http-client.js";
import type { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { temporaryFolder } from "../discovery/plugin-packages.ts";

const test = suite("HTTP for secret stores");
const silent = { debug() {}, info() {}, warn() {}, error() {} };

test("an answer up to 1 MiB comes whole; a longer one is refused, and no outage", async () => {
  const length = { bytes: 1024 * 1024 };
  const server = createServer((_request, response) => response.end("x".repeat(length.bytes)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { http, close } = createHttpClient({ instance: "store", env: {}, logger: silent });
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
  const { http, close } = createHttpClient({ instance: "store", env: {}, logger: silent });
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

test("certificate files are followed: the next request uses what replaced them, and what can't be used is a warning", async () => {
  const folder = temporaryFolder();
  const [first, second] = [await createAuthority("first"), await createAuthority("second")];
  const issued = await second.issue();
  const server = createTlsServer({ cert: issued.cert, key: issued.key }, (_request, response) => response.end("fine"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const warnings: string[] = [];
  const warn = (_fields: object, message: string) => void warnings.push(message);
  const { http, close } = createHttpClient({ instance: "store", env: {}, logger: { ...silent, warn } });
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

test.run();
