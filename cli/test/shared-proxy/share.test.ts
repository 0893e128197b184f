/** A shared proxy in this process, whose clock the test owns. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type Config, createLogger } from "@mlflow-auth/core/internal";
import { fakeClock } from "@mlflow-auth/core/testing";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { createProject } from "../../../proxy/test/project.js";
import { openProxy, startUpstream } from "../../../proxy/test/rig.js";
import { PAUSE } from "../../src/shared-proxy/file-watch.js";
import type { Meaning } from "../../src/shared-proxy/judge.js";
import { LINGER } from "../../src/shared-proxy/leases.js";
import { share } from "../../src/shared-proxy/share.js";
import { askOf } from "./client.js";

const test = suite("one proxy from its first program to its last");

interface Program {
  readonly socket: Socket;
  hears(text: string): Promise<unknown>;
  /** Resolves once the proxy has seen that. */
  leave(): Promise<void>;
}

/** @param options.hangs whether the server never answers */
async function begin({ hangs = false } = {}) {
  const project = createProject();
  closeAfterwards(project.remove);
  const upstream = await startUpstream();
  const config = { version: 1, servers: [{ uri: upstream.uri }], plugins: { test: project.options } };
  const { proxy, authorizer } = await openProxy(project, config, { upstream: upstream.uri });
  const file = { path: project.write("mlflow-auth.yaml", "version: 1\n"), text: "version: 1\n" };
  const { accepted, program } = await connected();
  const clock = fakeClock();
  const said: ((text: string) => void)[] = [];
  let stop = () => {};
  const given = { socket: null, handoverSocket: null, control: null, python: null } as never;
  const meaning = {
    file,
    config: authorizer.config as Config,
    reads: new Set(),
    env: {},
    namespaces: {},
    rights: {},
  } as unknown as Meaning;
  const { ended } = await share({
    ...{ given, starter: accepted, meaning, proxy, clock, tryOut: async () => undefined },
    upstream: { uri: upstream.uri, server: authorizer.config.servers[0] as Config["servers"][number] },
    logger: createLogger({ level: "silent", env: {} }),
    onStop: (end) => {
      stop = end;
      return () => {};
    },
    speak: (say) => void said.push(say),
  });
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  program.socket.write(`${JSON.stringify(askOf({ cwd: project.folder }))}\n`);
  await program.hears("settings");
  if (hangs) upstream.answer = () => undefined;
  const send = () => fetch(`${proxy.url}/api`).then((answer) => answer.status);
  const over = () => isOver;
  return { project, upstream, clock, program, ended, over, send, stop: () => stop() };
}

/** Both ends of a connection as a program has one with the proxy that it started. */
async function connected(): Promise<{ accepted: Socket; program: Program }> {
  const { path: folder, remove } = temporaryFolder("share");
  closeAfterwards(remove);
  const server = createServer().listen(join(folder, "s"));
  closeAfterwards(() => void server.close());
  const socket = connect(join(folder, "s"));
  const [accepted] = (await once(server, "connection")) as [Socket];
  for (const one of [socket, accepted]) closeAfterwards(() => void one.destroy());
  const told: string[] = [];
  socket.setEncoding("utf8").on("data", (text: string) => void told.push(text));
  socket.on("error", () => undefined);
  const hears = (text: string) => until(() => told.join("").includes(text));
  const leave = async () => {
    socket.destroy();
    await until(() => accepted.closed);
  };
  return { accepted, program: { socket, hears, leave } };
}

test("ends a minute after its last program, and not before", async () => {
  const { clock, program, over, ended, send } = await begin();
  await clock.advance(10 * LINGER);
  assert.is(await send(), 200);
  assert.not(over());
  await program.leave();
  await clock.advance(LINGER);
  await ended;
  assert.match(await send().then(String, ({ cause }) => cause.code), "ECONNREFUSED");
});

test("does not end while requests come, though nobody has a lease", async () => {
  const { clock, program, over, ended, send } = await begin();
  await program.leave();
  for (let minutes = 0; minutes < 5; minutes++) {
    assert.is(await send(), 200);
    await clock.advance(LINGER);
  }
  assert.not(over());
  await clock.advance(LINGER);
  await ended;
});

test("a request under way outlives its end", async () => {
  const { upstream, clock, program, over, send } = await begin({ hangs: true });
  const answered = send();
  await until(() => upstream.seen.length === 1);
  await program.leave();
  await clock.advance(3 * LINGER);
  await isRefused(send);
  assert.not(over());
  upstream.server.closeAllConnections();
  assert.is(await answered, 502);
  await until(over);
});

/** Resolves once no more connections are taken, and what is cut off then has been. */
async function isRefused(send: () => Promise<number>): Promise<void> {
  const refused = () => send().then(String, ({ cause }) => cause.code);
  while ((await refused()) !== "ECONNREFUSED") await new Promise((resolve) => setTimeout(resolve, 2));
  await new Promise((resolve) => setTimeout(resolve, 20));
}

test("one that gave way serves until its programs have gone, and none was used for a while", async () => {
  const { project, clock, program, ended, over, send } = await begin();
  project.write("mlflow-auth.yaml", "version: 1\n# changed\n");
  await clock.advance(PAUSE);
  await program.hears("again");
  for (let seconds = 0; seconds < 300; seconds += 30) {
    assert.is(await send(), 200);
    await clock.advance(30_000);
  }
  assert.not(over());
  await program.leave();
  await clock.advance(12_000);
  await ended;
});

test("one that gave way ends a minute after the last request, whoever has not seen it", async () => {
  const { project, clock, program, over, ended, send } = await begin();
  project.write("mlflow-auth.yaml", "version: 1\n# changed\n");
  await clock.advance(PAUSE);
  await program.hears("again");
  assert.is(await send(), 200);
  await clock.advance(50_000);
  assert.not(over());
  await clock.advance(20_000);
  await ended;
});

test("a request under way outlives the end of one that gave way", async () => {
  const { project, upstream, clock, program, over, send } = await begin({ hangs: true });
  const answered = send();
  await until(() => upstream.seen.length === 1);
  project.write("mlflow-auth.yaml", "version: 1\n# changed\n");
  await clock.advance(PAUSE);
  await program.hears("again");
  await clock.advance(200_000);
  await isRefused(send);
  assert.not(over());
  upstream.server.closeAllConnections();
  assert.is(await answered, 502);
  await until(over);
});

test("told to stop, it still answers who has not heard of it yet", async () => {
  const { clock, program, over, send, stop } = await begin();
  stop();
  await program.hears("again");
  assert.is(await send(), 200);
  await clock.advance(1_000);
  await until(over);
});

test("told to stop, it lets requests under way finish, and a second time ends at once", { timeout: 9 }, async () => {
  const { upstream, clock, program, over, send, stop } = await begin({ hangs: true });
  const answered = send().catch(() => "cut off");
  await until(() => upstream.seen.length === 1);
  stop();
  await program.hears("again");
  await clock.advance(1_000);
  await isRefused(send);
  assert.not(over());
  stop();
  assert.is(await answered, "cut off");
  await until(over);
});

test.run();
