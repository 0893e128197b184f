import type { AddressInfo, Server } from "node:net";
import { createServer as createPlainServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject, type Project } from "../../proxy/test/project.ts";
import { type Authority, createAuthority } from "../servers/certificates.ts";
import { callBy, type Outcome, ways } from "./ways.ts";

const test = suite("connections by TLS that break off, and answers that come slowly", { timeout: 60_000 });

const canary = `canary-${Math.random().toString(36).slice(2)}`;

let authority: Authority;
let project: Project;
let server: Server | undefined;
/** The heads that arrived. */
let received: string[] = [];

test.before(async () => {
  authority = await createAuthority("east");
  project = createProject(canary);
  project.write("ca.pem", authority.cert);
});
test.after(() => project.remove());
test.afterEach(
  () => new Promise<void>((resolve) => void (server === undefined ? resolve() : server.close(() => resolve()))),
);

type Answer = (socket: Socket) => void;

/** A server that answers the head of each request so. */
async function listen(answer: Answer, host?: string): Promise<string> {
  received = [];
  const certificate = await authority.issue(host === undefined ? {} : { host });
  const take = (socket: Socket) => {
    let head = "";
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      head += data.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      received.push(head);
      head = "";
      answer(socket);
    });
  };
  server = createTlsServer({ ...certificate, ALPNProtocols: ["http/1.1"] }, take);
  return ready(server);
}

async function ready(listening: Server): Promise<string> {
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const uri = `https://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  const plugins = { test: project.options };
  project.write("mlflow-auth.yaml", JSON.stringify({ version: 1, trackingUri: uri, tls: { ca: "ca.pem" }, plugins }));
  return uri;
}

async function call(way: string, uri: string): Promise<Outcome> {
  try {
    return await callBy(way, { uri, folder: project.folder, env: {} });
  } catch (thrown) {
    // An answer that breaks off behind its head.
    const { message, cause } = thrown as Error;
    return { status: undefined, body: "", told: `${message} ${cause}` };
  }
}

const head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
const broken: Readonly<Record<string, Answer>> = {
  "before its head, with TLS's own farewell": (socket) => socket.end(),
  "before its head, without one": (socket) => socket.destroy(),
  "in its head": (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Le"),
  "in a body of known length, with TLS's own farewell": (socket) =>
    socket.end(`${head}Content-Length: 100\r\n\r\nbegun`),
  "in a body of known length, without one": (socket) => {
    socket.write(`${head}Content-Length: 100\r\n\r\nbegun`, () => setImmediate(() => socket.destroy()));
  },
  "between two chunks": (socket) => socket.end(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n`),
  "in a chunk": (socket) => socket.end(`${head}Transfer-Encoding: chunked\r\n\r\n64\r\nbegun`),
};

for (const way of Object.keys(ways)) {
  test(`${way}: an answer that breaks off is never a complete one, and the credential shows nowhere`, async () => {
    for (const [where, answer] of Object.entries(broken)) {
      const { status, body, told } = await call(way, await listen(answer));
      assert.is.not(status, 200, `${where}: ${status} ${body} ${told}`);
      assert.not.match(body + told, canary, where);
      assert.ok(received.length >= 1 && received.length <= 2, `${where}: ${received.length} requests`);
      for (const one of received) assert.match(one, `Bearer ${canary}`, where);
      await new Promise((resolve) => server?.close(resolve));
    }
  });

  test(`${way}: a server of another name, one that breaks off the handshake, and one without TLS get nothing`, async () => {
    const elsewhere = await call(way, await listen((socket) => socket.end(), "other.example"));
    assert.match(elsewhere.told, /another name \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
    assert.equal(received, []);
    await new Promise((resolve) => server?.close(resolve));
    let seen = "";
    for (const take of [
      (socket: Socket) => socket.destroy(),
      (socket: Socket) => socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    ]) {
      server = createPlainServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", (data) => {
          seen += data.toString("latin1");
          take(socket);
        });
      });
      const { status, told } = await call(way, await ready(server));
      assert.is.not(status, 200);
      assert.not.match(told, canary);
      await new Promise((resolve) => server?.close(resolve));
    }
    assert.ok(seen !== "", "what came was seen");
    assert.not.match(seen, canary);
    assert.not.match(seen, "/api");
  });

  test(`${way}: an answer that comes byte by byte arrives whole`, async () => {
    const slow: Answer = (socket) => {
      const text = `${head}Content-Length: 10\r\n\r\n0123456789`;
      let at = 0;
      const next = () => {
        if (at < text.length) socket.write(text[at++] as string, () => setTimeout(next, 2));
      };
      next();
    };
    const { status, body } = await call(way, await listen(slow));
    assert.equal([status, body], [200, "0123456789"]);
  });
}

test.run();
