/** Holds the front of a few lines to nginx: what one lets through, the other does, and the server behind sees the same. */
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Front, FrontOptions } from "../servers/front.ts";
import { startNginx } from "../servers/nginx.ts";
import { startFront } from "../servers/node-front.ts";
import { missing } from "../servers/tools.ts";

interface Arrival {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingHttpHeaders;
  bytes: number;
}

// Made up at run time, with every character that a pattern or a configuration could stumble over.
const secret = `aB+/=$"x\\.${Math.random().toString(36).slice(2)}`;
const credential = `Bearer ${secret}`;

for (const [name, start] of [
  ["nginx", startNginx],
  ["the small front", startFront],
] as const) {
  const test = suite(name, { missing: name === "nginx" ? await missing("nginx") : undefined });
  let upstream: Server;
  let arrivals: Arrival[];
  let fronts: Front[];
  /** Ends the answer to `/slow`. */
  let finish: () => void;

  test.before(async () => {
    upstream = createServer((request, response) => {
      const { method, url, headers } = request;
      const arrival = { method, url, headers, bytes: 0 };
      arrivals.push(arrival);
      if (url === "/slow") {
        response.write("first;");
        finish = () => response.end("last");
        return;
      }
      request.on("data", (chunk) => {
        arrival.bytes += chunk.length;
      });
      request.on("end", () => response.end(`${arrival.bytes}`));
    });
    await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  });
  test.beforeEach(() => {
    arrivals = [];
    fronts = [];
  });
  test.afterEach(async () => {
    for (const front of fronts) await front.stop();
  });
  test.after(() => {
    upstream.closeAllConnections();
    upstream.close();
  });

  const behind = () => `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  const open = async (options: Partial<FrontOptions> = {}) => {
    const front = await start({ upstream: behind(), accepted: [credential], ...options });
    fronts.push(front);
    return front;
  };
  const send = (front: Front, headers: Record<string, string>, path = "/api/x") =>
    fetch(front.uri + path, { method: "POST", headers, body: "x" });

  test("refuses what carries no credential, or another one, and passes nothing on", async () => {
    const front = await open();
    const bare = await send(front, {});
    assert.is(bare.status, 401);
    assert.is(bare.headers.get("www-authenticate"), 'Bearer realm="mlflow"');
    for (const wrong of [
      credential.toLowerCase(),
      `${credential}x`,
      `x${credential}`,
      secret,
      credential.replace(".", "x"),
    ])
      assert.is((await send(front, { Authorization: wrong })).status, 401);
    assert.equal(arrivals, []);
  });

  test("passes on what carries one, without it and with the server's own host", async () => {
    const front = await open();
    const answer = await send(front, { Authorization: credential, "X-Other": "kept" }, "/a%2Fb%20c/./d?q=%2F");
    assert.is(answer.status, 200);
    assert.is(answer.headers.get("www-authenticate"), null);
    const [{ url, method, headers } = {} as Arrival] = arrivals;
    assert.equal([method, url, headers.host], ["POST", "/a%2Fb%20c/d?q=%2F", new URL(behind()).host]);
    assert.is(headers.authorization, undefined);
    assert.is(headers["x-other"], "kept");
  });

  test("challenges for Basic where Basic is accepted", async () => {
    const front = await open({ accepted: [`Basic ${btoa(`user:${secret}`)}`] });
    assert.is((await send(front, {})).headers.get("www-authenticate"), 'Basic realm="mlflow"');
    assert.is((await send(front, { Authorization: `Basic ${btoa(`user:${secret}`)}` })).status, 200);
  });

  test("takes another header", async () => {
    const front = await open({ header: "X-Api-Key", accepted: [secret] });
    const refused = await send(front, { Authorization: secret });
    assert.equal([refused.status, refused.headers.get("www-authenticate")], [401, null]);
    assert.is((await send(front, { "x-api-key": secret, Authorization: "other" })).status, 200);
    assert.is(arrivals[0]?.headers["x-api-key"], undefined);
    assert.is(arrivals[0]?.headers.authorization, "other");
  });

  test("takes off a base path, and serves nothing else", async () => {
    const front = await open({ basePath: "/ba.se" });
    assert.ok(front.uri.endsWith("/ba.se"));
    assert.is((await send(front, { Authorization: credential }, "/api/x?y=1")).status, 200);
    assert.is(arrivals[0]?.url, "/api/x?y=1");
    const other = await fetch(front.uri.replace("/ba.se", "/baxse/api"), { headers: { Authorization: credential } });
    assert.is(other.status, 404);
    assert.is(arrivals.length, 1);
  });

  test("changes what it accepts at once", async () => {
    const front = await open();
    for (let turn = 0; turn < 5; turn++) {
      await front.setAccepted([`Bearer ${turn}`, `Bearer other-${turn}`]);
      assert.is((await send(front, { Authorization: `Bearer ${turn}` })).status, 200);
      assert.is((await send(front, { Authorization: `Bearer other-${turn}` })).status, 200);
      assert.is((await send(front, { Authorization: `Bearer ${turn - 1}` })).status, 401);
    }
  });

  test("tells which requests came, and not with what", async () => {
    const front = await open({ basePath: "/base" });
    await send(front, {}, "/one?api_key=hidden");
    await send(front, { Authorization: `${credential}x` }, "/two");
    await send(front, { Authorization: credential }, "/three");
    assert.equal(await front.requests(), [
      { method: "POST", path: "/base/one", status: 401, credential: false },
      { method: "POST", path: "/base/two", status: 401, credential: true },
      { method: "POST", path: "/base/three", status: 200, credential: true },
    ]);
    assert.not.match(JSON.stringify(await front.requests()), secret);
  });

  test("passes an upload on while it comes", async () => {
    const front = await open();
    const { readable: body, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const upload = writable.getWriter();
    const answer = fetch(front.uri, { method: "POST", body, duplex: "half", headers: { Authorization: credential } });
    await upload.write(new Uint8Array(100_000));
    while ((arrivals[0]?.bytes ?? 0) === 0) await sleep(5);
    upload.write(new Uint8Array(5_000_000));
    upload.close();
    assert.is(await (await answer).text(), "5100000");
  });

  test("passes an answer on while it comes", async () => {
    const front = await open();
    const answer = await fetch(`${front.uri}/slow`, { headers: { Authorization: credential } });
    const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    assert.is((await reader.read()).value, "first;");
    finish();
    assert.is((await reader.read()).value, "last");
  });

  test("answers 502 where no server is behind it", async () => {
    const front = await open({ upstream: "http://127.0.0.1:9" });
    assert.is((await send(front, { Authorization: credential })).status, 502);
  });

  test.run();
}
