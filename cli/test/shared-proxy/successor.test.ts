import { readdirSync, readFileSync } from "node:fs";
import { missing, mlflowPython } from "@mlflow-auth/test/servers/tools";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createSite, type Site } from "../project.js";
import { askAt, connectTo, type Line, type Settings, type Started, startShared } from "./client.js";

const test = suite("a shared proxy that is killed", { missing: await missing("mlflow") });

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const here = () => ({ cwd: site.project.folder });

async function startWithHandover(): Promise<Started & { readonly first: Line }> {
  const started = await startShared({ ...here(), python: await mlflowPython() });
  return { ...started, first: await started.starter.line(isYes) };
}

const isYes = (line: Line) => line.settings !== undefined;

/** The answer of the one that is there now. */
async function askAgain({ path }: Started): Promise<Line> {
  const line = await (await askAt(path, here())).line(() => true);
  const { pid } = line.settings?.process ?? {};
  // Unless it is told to end, it would have a successor.
  if (pid !== undefined) closeAfterwards(() => void stop(pid));
  return line;
}

function stop(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // It has ended.
  }
}

async function send({ proxy, token }: Settings) {
  const url = `${proxy}/~http:${new URL(site.upstream.uri).host}/api/2.0/mlflow/experiments/search`;
  const answer = await fetch(url, { headers: { "mlflow-auth-token": token } });
  return { status: answer.status, text: await answer.text() };
}

async function kill({ child, end }: Started): Promise<void> {
  child.kill("SIGKILL");
  assert.is(await end, "SIGKILL");
}

test("has a successor with the same port and token, which answers what waits", async () => {
  const started = await startWithHandover();
  const before = started.first.settings as Settings;
  await kill(started);
  assert.equal(await send(before), { status: 200, text: "fine" });
  const { settings, digest, fd } = await askAgain(started);
  assert.equal([settings?.proxy, settings?.token], [before.proxy, before.token]);
  assert.is(digest, started.first.digest);
  assert.is(fd, started.handoverPath);
  assert.is.not(settings?.process.pid, before.process.pid);
});

test("has a second successor when the first is killed too", async () => {
  const started = await startWithHandover();
  await kill(started);
  const { settings } = await askAgain(started);
  process.kill((settings as Settings).process.pid, "SIGKILL");
  assert.is((await send(settings as Settings)).status, 200);
  await askAgain(started);
});

test("has a successor that takes nobody's old token once the file means something else", async () => {
  const started = await startWithHandover();
  const before = started.first.settings as Settings;
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, timeout: 3s }\n");
  await kill(started);
  assert.is((await send(before)).status, 403);
  const { settings, digest } = await askAgain(started);
  assert.is(settings?.proxy, before.proxy);
  assert.is.not(settings?.token, before.token);
  assert.is.not(digest, started.first.digest);
  assert.is(site.upstream.seen.length, 0);
});

test("where no successor can serve, requests are refused at once, without a word of the file", async () => {
  const started = await startWithHandover();
  site.configure("version: 1\ntrackingUri: URI\nplugin: {}\n");
  await kill(started);
  const { status, text } = await send(started.first.settings as Settings);
  assert.is(status, 403);
  assert.match(text, "Try this: mlflow-auth doctor");
  assert.not(text.includes("mlflow-auth.yaml") || text.includes("plugin"));
});

test("where no successor can serve, the port is told to be taken, for who begins anew once the file is put right", async () => {
  const started = await startWithHandover();
  site.configure("version: 1\ntrackingUri: URI\nplugin: {}\n");
  await kill(started);
  assert.is((await send(started.first.settings as Settings)).status, 403);
  site.configure();
  assert.equal(await askAgain(started), { no: "it refuses" });
});

test("has none when it was told to end", async () => {
  const started = await startWithHandover();
  started.child.kill("SIGTERM");
  assert.is(await started.end, 0);
  const ended = await send(started.first.settings as Settings).then(
    () => undefined,
    ({ cause }) => cause.code,
  );
  assert.is(ended, "ECONNREFUSED");
});

test("keeps a handover program: another is started when one is killed", async () => {
  const started = await startWithHandover();
  const [first] = childrenOf(started.child.pid as number);
  process.kill(first as number, "SIGKILL");
  let second: number | undefined;
  while (second === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    second = childrenOf(started.child.pid as number).find((pid) => pid !== first);
  }
  const { socket, end } = await connectTo(started.handoverPath);
  socket.resume();
  await end;
  await kill(started);
  assert.is((await send(started.first.settings as Settings)).status, 200);
  await askAgain(started);
});

/** What a process has started and not waited for. */
function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid).parent === parent && statOf(pid).state !== "Z");
}

function statOf(pid: number) {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return { state: "Z", parent: -1 };
  }
}

test.run();
