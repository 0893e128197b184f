/** What becomes of a signed request that a front of AWS's kind refuses: sent once more where that can help, and told where not. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadMlflowAuth } from "@mlflow-auth/core";
import { setVariables } from "@mlflow-auth/test/process-variables";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { waysIn } from "../matrix/caller.ts";
import { temporaryFolder } from "../servers/process/temporary-folder.ts";
import { makeKeys } from "../servers/secrets-manager-fake.ts";
import { type JudgedKeys, type JudgeSettings, type Sigv4Judge, startSigv4Judge } from "../servers/sigv4-judge.ts";
import { missing } from "../servers/tools.ts";
import { createProject } from "./fixture/project.ts";
import { createWatch } from "./fixture/watch.ts";

const test = suite("signed requests that are refused", { missing: await missing("moto"), timeout: 120 });

// Nothing of this machine is a login.
test.after(setVariables({ AWS_EC2_METADATA_DISABLED: "true", AWS_PROFILE: undefined as never }));

/** Keys in a file, which another program may replace. */
async function openScene(settings: JudgeSettings = {}) {
  const watch = createWatch();
  const made = (): JudgedKeys => ({ ...makeKeys(watch.secret()), sessionToken: watch.secret() });
  const judge = await startSigv4Judge(settings);
  closeAfterwards(() => judge.stop());
  const folder = temporaryFolder("aws");
  closeAfterwards(folder.remove);
  const file = join(folder.path, "credentials");
  const hold = ({ accessKeyId, secretAccessKey, sessionToken }: JudgedKeys) =>
    writeFileSync(
      file,
      `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`,
    );
  const config = { version: 1, trackingUri: `${judge.uri}/stage`, plugins: { sigv4: { region: "eu-central-1" } } };
  const project = createProject({ config: "version: 1\n", watch });
  closeAfterwards(project.remove);
  const env = { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: join(folder.path, "none") };
  const caller = { config, cwd: project.folder, env };
  return { judge, made, hold, caller };
}

const statuses = async (judge: Sigv4Judge) => (await judge.requests()).map(({ status }) => status);

for (const open of waysIn) {
  const way = open.name;

  test(`${way}: a session that ended is had anew, and the request goes out once more`, async () => {
    const { judge, made, hold, caller } = await openScene();
    const [first, second] = [made(), made()];
    await judge.set({ keys: [first, second] });
    hold(first);
    const { ask, close } = await open(caller);
    closeAfterwards(close);
    assert.equal(await ask(), [200]);
    await judge.set({ keys: [{ ...first, ended: true }, second] });
    hold(second);
    assert.equal(await ask(), [200]);
    assert.equal(await ask(), [200]);
    assert.equal(await statuses(judge), [200, 403, 200, 200]);
  });

  for (const [ahead, skew] of [
    [600, "RequestTimeTooSkewed"],
    [-600, "InvalidSignatureException"],
  ] as const) {
    test(`${way}: where the clocks differ by ${ahead} s, one request finds out, and all others are right at once`, async () => {
      const { judge, made, hold, caller } = await openScene({ ahead, skew });
      const keys = made();
      await judge.set({ keys: [keys] });
      hold(keys);
      const { ask, close } = await open(caller);
      closeAfterwards(close);
      assert.equal([await ask(), await ask(), await ask()], [[200], [200], [200]]);
      assert.equal(await statuses(judge), [403, 200, 200, 200]);
    });
  }

  test(`${way}: what may pass for a permission reaches the client at once; what nothing helps, without a storm`, async () => {
    const { judge, made, hold, caller } = await openScene();
    const keys = made();
    hold(keys);
    const { ask, close } = await open(caller);
    closeAfterwards(close);
    await judge.set({ keys: [{ ...keys, denied: true }] });
    assert.equal(await ask(), [403]);
    await judge.set({ mute: true });
    assert.equal([await ask(), await ask()], [[403], [403]]);
    await judge.set({ keys: [], mute: false });
    assert.equal([await ask(), await ask()], [[403], [403]]);
    await judge.set({ keys: [keys], ahead: 30 * 3600 });
    assert.equal(await ask(), [403]);
    assert.equal(await statuses(judge), [403, 403, 403, 403, 403, 403]);
  });

  test(`${way}: without keys nothing goes out, and the code says why`, async () => {
    const { judge, caller } = await openScene();
    const { ask, close } = await open(caller);
    closeAfterwards(close);
    const [status, code] = await ask();
    assert.is(code, "SECRET_SOURCE");
    assert.ok(status === "no answer" || status === 424, String(status));
    assert.equal(await judge.requests(), []);
  });
}

test("a body of 5 MB goes out whole again after the end of a session", async () => {
  const { judge, made, hold, caller } = await openScene();
  const [first, second] = [made(), made()];
  await judge.set({ keys: [first, second] });
  hold(first);
  const auth = await loadMlflowAuth({ ...caller, config: caller.config as never });
  closeAfterwards(auth.close);
  const body = Buffer.alloc(5 * 1024 * 1024, 1);
  const url = `${caller.config.trackingUri}/api/2.0/mlflow-artifacts/artifacts/m`;
  assert.is((await auth.fetch(url, { method: "PUT", body: "small" })).status, 200);
  await judge.set({ keys: [{ ...first, ended: true }, second] });
  hold(second);
  assert.is((await auth.fetch(url, { method: "PUT", body })).status, 200);
  const seen = (await judge.requests()).map(({ status, length }) => [status, length]);
  assert.equal(seen, [
    [200, 5],
    [403, body.length],
    [200, body.length],
  ]);
});

test("headers alone can't be had: the error says what can", async () => {
  const { made, hold, caller } = await openScene();
  hold(made());
  const auth = await loadMlflowAuth({ ...caller, config: caller.config as never });
  closeAfterwards(auth.close);
  for (const act of [
    () => auth.headers(caller.config.trackingUri),
    () => auth.authProvider().getHeadersProvider()(),
  ] as const) {
    try {
      await act();
      assert.unreachable();
    } catch (thrown) {
      assert.is((thrown as { code?: string }).code, "SIGNATURE_NEEDED");
    }
  }
});

test.run();
