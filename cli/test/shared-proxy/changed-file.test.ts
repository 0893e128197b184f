import { cpSync, existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fakeClock } from "@mlflow-auth/core/testing";
import { temporaryFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { PAUSE, watchFile } from "../../src/shared-proxy/file-watch.js";
import { createSite, type Site } from "../project.js";
import { askAt, type Settings, startShared } from "./client.js";

const test = suite("a shared proxy whose file is changed");

const cli = fileURLToPath(new URL("../..", import.meta.url));

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const here = () => ({ cwd: site.project.folder });
const settled = (line: { settings?: Settings }) => line.settings !== undefined;

async function statusOf({ proxy, token }: Settings) {
  const url = `${proxy}/~http:${new URL(site.upstream.uri).host}/api/2.0/mlflow/experiments/search`;
  return (await fetch(url, { headers: { "mlflow-auth-token": token } })).status;
}

test("gives way to the next one, and serves on for those who have its token", async () => {
  const { starter, path, handoverPath } = await startShared(here());
  const { settings } = await starter.line(settled);
  const other = await askAt(path, here());
  await other.line(settled);
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, timeout: 3s }\n");
  await Promise.all([starter, other].map((one) => one.line((line) => line.again === true)));
  assert.not(existsSync(path) || existsSync(handoverPath));
  assert.is(await statusOf(settings as Settings), 200);
  assert.is(site.upstream.seen.at(-1)?.headers.authorization, "Bearer sesame");
});

test("goes on with the last good one where it can't be used, says so once, and lets nobody new in", async () => {
  const { starter, path } = await startShared(here());
  const { settings } = await starter.line(settled);
  site.configure("version: 1\ntrackingUri: URI\nplugin: {}\n");
  assert.equal(await (await askAt(path, here())).line(() => true), { no: "file" });
  const said = await starter.line((line) => line.say !== undefined);
  assert.is(
    said.say,
    "mlflow-auth: warning: the file was changed and can't be used as it is now: requests go on with what it said before",
  );
  const why = await starter.line((line) => line.say?.includes("UNKNOWN_FIELD") === true);
  assert.match(why.say ?? "", /mlflow-auth\.yaml:3:1 /);
  assert.is(await statusOf(settings as Settings), 200);
  site.configure();
  await (await askAt(path, here())).line(settled);
});

test("a change is judged, and told, where the command has been removed meanwhile", async () => {
  const { path: folder, remove } = temporaryFolder("command");
  closeAfterwards(remove);
  for (const name of ["bin", "bundle", "package.json"]) {
    cpSync(join(cli, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(cli, "node_modules"), join(folder, "node_modules"));
  // It asks for one more variable once it works, of which the others hear after all else was loaded.
  const getAuth = "() => ({ headers: { authorization: context.env.LATE_NAME ?? 'late' } })";
  const module = `export const createRequestAuthProvider = (_, context) => ({ getAuth: ${getAuth}, invalidate() {} });`;
  site.project.write("node_modules/mlflow-auth-plugin-test/index.js", module);
  const { starter, path } = await startShared({ ...here(), command: join(folder, "bin/mlflow-auth.js") });
  const { settings } = await starter.line(settled);
  const other = await askAt(path, here());
  await other.line(settled);
  assert.is(await statusOf(settings as Settings), 200);
  await other.line((line) => line.again === true);
  remove();
  site.configure("version: 1\ntrackingUri: [URI\n");
  const why = await starter.line((line) => line.say?.includes("mlflow-auth.yaml:") === true);
  assert.match(why.say ?? "", "CONFIG_SYNTAX");
  assert.is(await statusOf(settings as Settings), 200);
});

async function watched() {
  const { path: folder, remove } = temporaryFolder("watch");
  closeAfterwards(remove);
  const path = join(folder, "file");
  const write = (text: string) => writeFileSync(path, text);
  write("first");
  const clock = fakeClock();
  const told: unknown[] = [];
  const state = { tried: 0, fault: undefined as unknown };
  const tryOut = async () => {
    state.tried++;
    if (state.fault !== undefined) throw state.fault;
  };
  const good = () => void told.push("good");
  const watch = watchFile({ file: { path, text: "first" }, tryOut, good, bad: (thrown) => told.push(thrown), clock });
  return { write, remove, clock, told, state, watch };
}

test("it is tried out once it was changed, and not before or after", async () => {
  const { write, clock, told, state } = await watched();
  await clock.advance(10 * PAUSE);
  write("first");
  await clock.advance(PAUSE);
  assert.is(state.tried, 0);
  write("second");
  await clock.advance(PAUSE);
  assert.equal(told, ["good"]);
  write("third");
  await clock.advance(PAUSE);
  assert.is(state.tried, 1);
});

test("what is only half written for a moment is not told", async () => {
  const { write, clock, told, state } = await watched();
  state.fault = "half";
  write("sec");
  await clock.advance(PAUSE);
  state.fault = undefined;
  write("second");
  await clock.advance(PAUSE);
  assert.equal(told, ["good"]);
});

test("each text that can't be used is told once, and what was put right is forgotten", async () => {
  const { write, clock, told, state } = await watched();
  state.fault = "fault";
  write("second");
  await clock.advance(5 * PAUSE);
  write("third");
  await clock.advance(5 * PAUSE);
  write("first");
  await clock.advance(PAUSE);
  write("third");
  await clock.advance(5 * PAUSE);
  assert.equal(told, ["fault", "fault", "fault"]);
});

test("a file that is gone is one that can't be used, if the command says so", async () => {
  const { remove, clock, told, state } = await watched();
  state.fault = "none";
  remove();
  await clock.advance(5 * PAUSE);
  assert.equal(told, ["none"]);
});

test("nothing is told once it is closed, also of what is tried out by then", async () => {
  const { write, clock, told, watch } = await watched();
  write("second");
  watch.close();
  await clock.advance(5 * PAUSE);
  assert.equal(told, []);
});

test.run();
