import { once } from "node:events";
import { connect } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig, whole } from "../rig.js";

const test = suite("what clients send that is no request");

let rig: Rig;
/** Answers that wait for {@link finish}. */
let waiting: (() => void)[];
test.beforeEach(async () => {
  waiting = [];
  rig = await startRig({
    headTimeout: 300,
    answer: whole((req, res) => {
      if (!req.url?.startsWith("/slow")) return void res.end(`done ${req.url}`);
      if (req.url.includes("begun")) res.write("begun ");
      waiting.push(() => void res.end(`done ${req.url}`));
    }),
  });
});
test.afterEach(() => rig.stop());

async function finish(count: number): Promise<void> {
  while (waiting.length < count) await new Promise((resolve) => setTimeout(resolve, 2));
  // What is behind the requests has been read, too, or its time is over.
  await new Promise((resolve) => setTimeout(resolve, 20));
  for (const one of waiting) one();
}

const host = () => `host: 127.0.0.1:${rig.proxy.port}`;
const get = (path: string) => `GET /${rig.token}${path} HTTP/1.1\r\n${host()}\r\n\r\n`;
const post = (path: string, headers: string) => `POST /${rig.token}${path} HTTP/1.1\r\n${host()}\r\n${headers}\r\n\r\n`;

/** Status and body of each answer, whose bodies are of one chunk, or declared and JSON. */
function answersOf(text: string): string[] {
  return text
    .split(/(?=HTTP\/1\.1 \d)/)
    .map((answer) => `${answer.slice(9, 12)} ${/(?:begun|done \S+)/.exec(answer)?.[0] ?? ""}`.trim());
}

const behind: Readonly<Record<string, () => string>> = {
  "bytes that are no request": () => "\0\x01\x02\r\n\r\n",
  "a method that is none": () => "get / HTTP/1.1\r\n\r\n",
  CONNECT: () => "CONNECT a:1 HTTP/1.1\r\n\r\n",
  "a head that is too long": () => `GET / HTTP/1.1\r\nx: ${"a".repeat(200_000)}\r\n\r\n`,
  "lengths that contradict": () => post("/x", "content-length: 1\r\ncontent-length: 2"),
  "HTTP/2": () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
};

for (const [what, text] of Object.entries(behind)) {
  for (const state of ["not begun", "begun"]) {
    test(`${what} behind a request that is under way: it gets its own answer, ${state} by then, and the connection ends`, async () => {
      const answer = raw(rig.proxy.port, get(`/slow/${state === "begun" ? "begun" : ""}`) + text());
      await finish(1);
      assert.match(await answer, /^HTTP\/1\.1 200 OK\r\n[\s\S]*done \/slow/);
      assert.is((await answer).match(/HTTP\/1\.1 /g)?.length, 1);
      assert.is(rig.upstream.seen.length, 1);
    });
  }

  test(`${what} behind several requests: each gets its answer`, async () => {
    const answer = raw(rig.proxy.port, get("/slow/1") + get("/slow/2") + get("/3") + text());
    await finish(2);
    assert.equal(answersOf(await answer), ["200 done /slow/1", "200 done /slow/2", "200 done /3"]);
  });
}

test("data behind a request that said it was the last does not replace its answer", async () => {
  const answer = raw(rig.proxy.port, head(`GET /${rig.token}/slow/1`, [host()]) + get("/2"));
  await finish(1);
  assert.equal(answersOf(await answer), ["200 done /slow/1"]);
  assert.is(rig.upstream.seen.length, 1);
});

test("half a head behind a request whose answer takes longer than a head may", async () => {
  const answer = raw(rig.proxy.port, `${get("/slow/1")}GET /half HTTP/1.1\r\nx: `);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await finish(1);
  assert.equal(answersOf(await answer), ["200 done /slow/1"]);
});

for (const [what, { headers, body }] of Object.entries({
  "a chunk that is none": { headers: "transfer-encoding: chunked", body: "3\r\nabc\r\nzz\r\n" },
  "a chunk that is longer than it says": { headers: "transfer-encoding: chunked", body: "3\r\nabcdef\r\n0\r\n\r\n" },
})) {
  test(`${what}: the request itself is at fault and gets 400, and the server nothing complete`, async () => {
    let complete: boolean | undefined;
    rig.upstream.answer = (req) => {
      req.on("error", () => {});
      req.on("close", () => {
        complete = req.complete;
      });
      req.resume();
    };
    const answer = await raw(rig.proxy.port, post("/x", headers) + body);
    assert.match(
      answer,
      /^HTTP\/1\.1 400 Bad Request\r\n[\s\S]*"mlflow-auth proxy: these bytes are no HTTP\/1\.1 request/,
    );
    while (rig.upstream.seen.length > 0 && complete === undefined)
      await new Promise((resolve) => setTimeout(resolve, 2));
    assert.is.not(complete, true);
    assert.not(rig.logged.some((line) => line.includes("no answer")));
  });

  test(`${what} behind a request that is under way: that gets its own answer first`, async () => {
    const answer = raw(rig.proxy.port, get("/slow/1") + post("/x", headers) + body);
    await finish(1);
    assert.equal(answersOf(await answer), ["200 done /slow/1", "400"]);
  });
}

const alone: Readonly<Record<string, [text: string, status: number]>> = {
  "bytes that are no request": ["\0\x01\x02\r\n\r\n", 400],
  "the hello of TLS": ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400],
  "a head that is too long": [`GET / HTTP/1.1\r\nx: ${"a".repeat(200_000)}\r\n\r\n`, 431],
  "a head that never ends": ["GET / HTTP/1.1\r\nx: ", 408],
  "no byte at all": ["", 408],
  CONNECT: ["CONNECT a:1 HTTP/1.1\r\n\r\n", 405],
};

for (const [what, [text, status]] of Object.entries(alone)) {
  test(`${what} gets ${status} in MLflow's form, and the connection ends`, async () => {
    const answer = await raw(rig.proxy.port, text);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} [A-Z][\\s\\S]*\\r\\nconnection: close\\r\\n\\r\\n\\{`));
    assert.match(
      JSON.parse(answer.slice(answer.indexOf("\r\n\r\n"))).message,
      /^mlflow-auth proxy: .+\. Try this: [a-z]/,
    );
  });
}

test("a first head may come in any pieces, with the next request behind it", async () => {
  const text = get("/1") + head(`GET /${rig.token}/2`, [host()]);
  const end = text.indexOf("\r\n\r\n");
  for (const cut of [1, end - 1, end, end + 1, end + 2, end + 3, end + 4, end + 5]) {
    const socket = connect({ port: rig.proxy.port, host: "127.0.0.1", noDelay: true });
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.write(text.slice(0, cut));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write(text.slice(cut));
    await once(socket, "close");
    assert.equal(answersOf(answer), ["200 done /1", "200 done /2"], `cut after ${cut}`);
  }
});

test("a first request whose head and body come in one piece arrives whole", async () => {
  for (const length of [1, 60_000, 1_000_000]) {
    const body = "abcdefghij".repeat(length / 10 + 1).slice(0, length);
    const headers = [host(), `content-length: ${length}`];
    assert.match(await raw(rig.proxy.port, head(`POST /${rig.token}/x`, headers) + body), /^HTTP\/1\.1 200 /);
    assert.ok(rig.upstream.seen.at(-1)?.body === body);
  }
});

test("an expectation that nobody knows is judged as any request, and refused", async () => {
  const headers = [host(), "expect: miracles"];
  assert.match(await raw(rig.proxy.port, head(`GET /${rig.token}/x`, headers)), /^HTTP\/1\.1 417 /);
  assert.is(rig.upstream.seen.length, 0);
});

test("once the proxy stops, requests that stand behind one another still get their answers", async () => {
  const socket = connect(rig.proxy.port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  socket.write(get("/slow/1") + get("/slow/2"));
  while (waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
  const closed = rig.proxy.close({ grace: 60_000 });
  waiting[0]?.();
  await once(socket, "data");
  waiting[1]?.();
  await once(socket, "close");
  assert.equal(answersOf(answer), ["200 done /slow/1", "200 done /slow/2"]);
  await closed;
});

for (const [what, refusedPath] of Object.entries({ "the token": "/wrong", "a host": "" })) {
  test(`a request without ${what} is the last on its connection, for an outsider gets no second try`, async () => {
    const refused =
      refusedPath === "" ? `GET /${rig.token}/x HTTP/1.1\r\n\r\n` : `GET ${refusedPath} HTTP/1.1\r\n${host()}\r\n\r\n`;
    const answer = await raw(rig.proxy.port, refused + get("/x").repeat(1000));
    assert.match(answer, /^HTTP\/1\.1 40[03] [\s\S]*\r\nconnection: close\r\n/);
    assert.is(answer.match(/HTTP\/1\.1 /g)?.length, 1);
    assert.is(rig.upstream.seen.length, 0);
  });
}

test("a client that has shown the token keeps its connection when a request is refused", async () => {
  const answer = await raw(
    rig.proxy.port,
    `${get("/1")}GET /wrong HTTP/1.1\r\n${host()}\r\n\r\n${head(`GET /${rig.token}/2`, [host()])}`,
  );
  assert.equal(answersOf(answer), ["200 done /1", "403", "200 done /2"]);
});

test("a first head whose end comes in two pieces is complete with the second", async () => {
  const text = get("/parted");
  for (const cut of [1, 2, 3]) {
    const socket = connect(rig.proxy.port, "127.0.0.1").setNoDelay();
    await once(socket, "connect");
    socket.write(text.slice(0, -cut));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write(text.slice(-cut));
    const [answer] = await once(socket, "data");
    assert.match(String(answer), /^HTTP\/1\.1 200 OK\r\n/, `${cut} bytes`);
    socket.destroy();
  }
});

test("a client of ours that is refused in the middle of its upload is told that the connection ends", async () => {
  const good = get("/x");
  const upload = post("/~http:nowhere.example.com/x", "content-length: 1000000");
  const answers = (await raw(rig.proxy.port, `${good}${upload}half of it`)).split(/(?=HTTP\/1\.1 \d)/);
  assert.equal(
    answers.map((answer) => answer.slice(9, 12)),
    ["200", "403"],
  );
  assert.match(answers[1] ?? "", /\r\nconnection: close\r\n/i);
});

test.run();
