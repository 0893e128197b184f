import { existsSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createSite, type Site } from "../project.js";
import { askAt, type Settings, startShared } from "./client.js";

const test = suite("a proxy that programs share");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const here = () => ({ cwd: site.project.folder });

/** Sends a request as the bridge in Python does. */
function send({ proxy, token }: Settings, path = "/api/2.0/mlflow/experiments/search") {
  const { host } = new URL(site.upstream.uri);
  return fetch(`${proxy}/~http:${host}${path}`, { headers: { "mlflow-auth-token": token } });
}

test("the program that starts it gets settings, and its requests get the credential", async () => {
  const { starter, port, printed } = await startShared(here());
  const { settings, file, fd } = await starter.line((line) => line.settings !== undefined);
  assert.is(settings?.proxy, `http://127.0.0.1:${port}`);
  assert.equal(settings?.addresses, {});
  assert.equal(settings?.displaced, { auth: null, sigv4: false });
  assert.is(file, `${site.project.folder}/mlflow-auth.yaml`);
  assert.is(fd, null);
  assert.is((await send(settings as Settings)).status, 200);
  assert.is(site.upstream.seen.at(-1)?.headers.authorization, "Bearer sesame");
  assert.is(printed(), "");
});

test("another program that asks gets the same settings", async () => {
  const { starter, path } = await startShared(here());
  const first = await starter.line((line) => line.settings !== undefined);
  const other = await askAt(path, here());
  assert.equal(await other.line(() => true), first);
});

test("a file that can't be used is told to the program that started it, in the command's words, and no socket is left", async () => {
  site.configure("version: 1\ntrackingUri: URI\nplugin: {}\n");
  const { starter, path, handoverPath, end } = await startShared(here());
  const { failed } = await starter.line(() => true);
  assert.is(failed?.code, "CONFIG_INVALID");
  assert.match(failed?.text ?? "", /mlflow-auth\.yaml:3:1 {2}UNKNOWN_FIELD.*did you mean `plugins`/);
  assert.is(await end, 3);
  assert.not(existsSync(path) || existsSync(handoverPath));
});

test("at SIGTERM it tells programs to ask anew, removes its sockets, and ends", async () => {
  const { starter, child, path, end } = await startShared(here());
  await starter.line((line) => line.settings !== undefined);
  child.kill("SIGTERM");
  await starter.line((line) => line.again === true);
  assert.is(await end, 0);
  assert.not(existsSync(path));
});

test.run();
