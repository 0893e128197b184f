import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { ownRights } from "../../src/shared-proxy/judge.js";
import { createSite, type Site } from "../project.js";
import { askAt, type Line, type Place, type Started, startShared } from "./client.js";

const test = suite("who may share a proxy");

const env = { TEST_KEY: "k", TEST_PROFILE: "one", HTTPS_PROXY: "http://127.0.0.1:1", OTHER: "x" };
let site: Site;
let started: Started;

test.before(async () => {
  site = await createSite();
  site.configure('version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, token: "${TEST_KEY}" }\n');
  mkdirSync(join(site.project.folder, "below"));
  site.project.write("copy/mlflow-auth.yaml", "version: 1\n");
  symlinkSync(site.project.folder, join(site.project.folder, "link"));
  started = await startShared({ cwd: site.project.folder, env });
  const { settings } = await started.starter.line((line) => line.settings !== undefined);
  // Until the first credential was given, all variables count.
  await fetch(`${settings?.proxy}/${settings?.token}/api`);
});
test.after(() => site.stop());

/** The answer to a program in some place, that says `more` of itself. */
async function answerTo(place: Partial<Place> = {}, more?: object): Promise<Line> {
  const asked = await askAt(started.path, { cwd: site.project.folder, env, ...place }, more);
  return asked.line(() => true);
}

for (const [what, place, more] of [
  ["all the same", {}],
  ["another value of a variable that nobody reads", { env: { ...env, OTHER: "y" } }],
  ["one more variable", { env: { ...env, UNREAD: "y" } }],
  ["a variable that only begins like one for connections", { env: { ...env, NO_COLOR: "1" } }],
  ["another level of the log", { env: { ...env, MLFLOW_AUTH_LOG: "debug" } }],
  ["a folder below", { cwd: "below" }],
  ["the file named", { cwd: "/", env: { ...env, MLFLOW_AUTH_CONFIG: "FOLDER/mlflow-auth.yaml" } }],
  [
    "the file named, in a folder that is gone",
    { env: { ...env, MLFLOW_AUTH_CONFIG: "FOLDER/mlflow-auth.yaml" } },
    { cwd: null },
  ],
  ["a member that is not known yet", {}, { later: 1 }],
] as [string, Partial<Place>, object?][]) {
  test(`it is shared with a program that has ${what}`, async () => {
    const answer = await answerTo(placed(place), more);
    assert.ok(answer.settings !== undefined, JSON.stringify(answer));
  });
}

for (const [what, difference, place, more] of [
  ["another secret", "variables", { env: { ...env, TEST_KEY: "other" } }],
  ["no secret", "variables", { env: { TEST_PROFILE: "one" } }],
  ["an empty secret", "variables", { env: { ...env, TEST_KEY: "" } }],
  ["another setting of the same vendor", "variables", { env: { ...env, TEST_PROFILE: "two" } }],
  ["one more setting of the same vendor", "variables", { env: { ...env, TEST_REGION: "one" } }],
  ["another corporate proxy", "variables", { env: { ...env, HTTPS_PROXY: "http://127.0.0.1:2" } }],
  ["other options of Node", "variables", { env: { ...env, NODE_EXTRA_CA_CERTS: "/ca.pem" } }],
  ["another home", "variables", { env: { ...env, HOME: "/other" } }],
  ["a certificate of MLflow's", "variables", { env: { ...env, MLFLOW_TRACKING_SERVER_CERT_PATH: "/ca.pem" } }],
  ["another version", "version", {}, { version: "1.2.4" }],
  ["another Python environment", "environment", {}, { prefix: "/opt/other" }],
  ["one more plugin", "environment", {}, { plugins: ["/opt/venv/lib/mlflow_auth_vault"] }],
  ["another network", "namespaces", {}, { namespaces: { net: "net:[1]", mnt: "mnt:[1]" } }],
  ["no namespaces", "namespaces", {}, { namespaces: {} }],
  ["another group", "rights", {}, { rights: { ...ownRights(), groups: "7 7" } }],
  ["fewer capabilities", "rights", {}, { rights: { ...ownRights(), capabilities: "0000000000000001" } }],
  ["another root folder", "rights", {}, { rights: { ...ownRights(), root: "1 1" } }],
  ["nothing to say of its rights", "rights", {}, { rights: {} }],
  ["another file", "file", { cwd: "copy" }],
  ["no file", "file", { cwd: "/" }],
  ["a file that is named and not there", "file", { env: { ...env, MLFLOW_AUTH_CONFIG: "FOLDER/none.yaml" } }],
  ["no folder any more", "folder", {}, { cwd: null }],
] as [string, string, Partial<Place>, object?][]) {
  test(`it is not shared with a program that has ${what}`, async () => {
    assert.equal(await answerTo(placed(place), more), { no: difference });
  });
}

for (const [what, more] of [
  ["has no environment", { env: undefined }],
  ["has a number in its environment", { env: { TEST_KEY: 1 } }],
  ["has a list of folders that is none", { plugins: "/opt/venv" }],
  ["has a folder that is no text", { cwd: 1 }],
] as const) {
  test(`an ask that ${what} is not understood`, async () => {
    assert.equal(await answerTo({}, more), { no: "not understood" });
  });
}

test("what is answered holds nothing of the environment", async () => {
  const { settings, ...others } = await answerTo();
  assert.not(JSON.stringify(others).includes(env.HTTPS_PROXY));
  assert.not(JSON.stringify(settings).includes(env.HTTPS_PROXY));
});

test("a plugin that was installed anew is another plugin", async () => {
  const manifest = "node_modules/mlflow-auth-plugin-test/package.json";
  const before = await answerTo();
  assert.ok(before.settings !== undefined);
  site.project.write(manifest, `${readFileSync(join(site.project.folder, manifest), "utf8")}\n`);
  assert.equal(await answerTo(), { no: "plugins" });
});

/** Folders below that of the project, and `FOLDER` in variables for it. */
function placed({ cwd, env }: Partial<Place>): Partial<Place> {
  const { folder } = site.project;
  const named =
    env && Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace("FOLDER", folder)]));
  return {
    ...(cwd !== undefined && { cwd: join(cwd.startsWith("/") ? "" : folder, cwd) }),
    ...(named && { env: named }),
  };
}

test.run();
