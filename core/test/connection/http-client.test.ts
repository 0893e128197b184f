import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createHttpClient } from "../../src/connection/http-client.js";
import type { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";

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

test.run();
