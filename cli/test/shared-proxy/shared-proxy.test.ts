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

/** @param getAuth source text of a function that may use `context` */
function replacePlugin(getAuth: string): void {
  const provider = `({ getAuth: ${getAuth}, invalidate() {} })`;
  const module = `export const createRequestAuthProvider = (_, context) => ${provider};`;
  site.project.write("node_modules/mlflow-auth-plugin-test/index.js", module);
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

test("before a credential was given, a variable that a plugin may read for it keeps a program with another value away", async () => {
  replacePlugin('() => ({ headers: { authorization: "Bearer " + context.env.LATE_NAME } })');
  const { starter, path } = await startShared({ ...here(), env: { LATE_NAME: "one" } });
  const { settings } = await starter.line((line) => line.settings !== undefined);
  const [same, another, without] = await Promise.all(
    [{ LATE_NAME: "one" }, { LATE_NAME: "two" }, {}].map((env) => askAt(path, { ...here(), env })),
  );
  await same?.line((line) => line.settings !== undefined);
  assert.equal(await another?.line(() => true), { no: "variables" });
  assert.equal(await without?.line(() => true), { no: "variables" });
  // One that asks meanwhile has its answer once the first request shows what counts.
  const unread = await askAt(path, { ...here(), env: { LATE_NAME: "one", UNREAD: "2" } });
  assert.is((await send(settings as Settings)).status, 200);
  await unread.line((line) => line.settings !== undefined);
});

test("while the plugin of another server has not been asked, all variables count but those of one process", async () => {
  const provider =
    "({ async getAuth() { return { headers: { authorization: 'Bearer ' + (options.file.endsWith('late') && context.env.LATE_NAME) } } }, invalidate() {} })";
  site.project.write(
    "node_modules/mlflow-auth-plugin-test/index.js",
    `export const createRequestAuthProvider = (options, context) => ${provider};`,
  );
  const { uri } = site.upstream;
  site.configure(
    `version: 1\nservers:\n  - { uri: "${uri}/one", auth: one }\n  - { uri: "${uri}/late", auth: late }\nplugins:\n  one: { plugin: test, file: /one }\n  late: { plugin: test, file: /late }\n`,
  );
  const env = { LATE_NAME: "one" };
  const { starter, path } = await startShared({ ...here(), env });
  const { settings } = await starter.line((line) => line.settings !== undefined);
  assert.is((await send(settings as Settings, "/one/x")).status, 200);
  const ask = async (env: Record<string, string>) => (await askAt(path, { ...here(), env })).line(() => true);
  assert.equal(await ask({ LATE_NAME: "two" }), { no: "variables" });
  assert.ok(
    (await ask({ ...env, LOCAL_RANK: "1", JPY_SESSION_NAME: "two", MLFLOW_EXPERIMENT_ID: "3" })).settings !== undefined,
  );
  assert.is((await send(settings as Settings, "/late/x")).status, 200);
  assert.equal(await ask({ LATE_NAME: "two" }), { no: "variables" });
  assert.ok((await ask({ ...env, OTHER: "two" })).settings !== undefined);
});

test("once a plugin has handed all variables to a command, all of them count, and one more is another environment", async () => {
  replacePlugin('() => ({ headers: { authorization: "Bearer " + Object.keys({ ...context.env }).length } })');
  const env = { OTHER: "one" };
  const { starter, path } = await startShared({ ...here(), env: { ...env, _MLFLOW_AUTH_LAUNCH: "{}" } });
  const { settings } = await starter.line((line) => line.settings !== undefined);
  assert.is((await send(settings as Settings)).status, 200);
  for (const differing of [{ OTHER: "two" }, { ...env, WHO: "me" }, {}] as Record<string, string>[]) {
    assert.equal(await (await askAt(path, { ...here(), env: differing })).line(() => true), { no: "variables" });
  }
  // A shell may lose those that it could not have set itself.
  const same = await askAt(path, { ...here(), env: { ...env, "BASH_FUNC_module%%": "() { :; }" } });
  assert.ok((await same.line(() => true)).settings !== undefined);
});

test("a variable with a relative path leads from the program's folder, whenever it is read", async () => {
  const read = 'process.getBuiltinModule("fs").readFileSync(context.env.LATE_TOKEN_FILE, "utf8")';
  replacePlugin(`() => ({ headers: { authorization: "Bearer " + ${read} } })`);
  site.project.write("tokens/one", "relative");
  const { starter } = await startShared({ ...here(), env: { LATE_TOKEN_FILE: "tokens/one" } });
  const { settings } = await starter.line((line) => line.settings !== undefined);
  assert.is((await send(settings as Settings)).status, 200);
  assert.is(site.upstream.seen.at(-1)?.headers.authorization, "Bearer relative");
});

test("a secret that the file names by its variable counts before it is read", async () => {
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, token: { env: SECRET_OF_MINE } }\n");
  const { starter, path } = await startShared({ ...here(), env: { SECRET_OF_MINE: "one" } });
  const { settings } = await starter.line((line) => line.settings !== undefined);
  assert.is((await send(settings as Settings)).status, 200);
  for (const env of [{ SECRET_OF_MINE: "two" }, {}] as Record<string, string>[]) {
    assert.equal(await (await askAt(path, { ...here(), env })).line(() => true), { no: "variables" });
  }
});

test("a successor is told which variables count, and waits for no request to know", async () => {
  const env = { READ_LATE: "one", UNREAD: "one" };
  const { path } = await startShared({ ...here(), env, given: { known: ["READ_LATE"], starter: null } });
  const other = await askAt(path, { ...here(), env: { ...env, UNREAD: "two" } });
  assert.ok((await other.line(() => true)).settings !== undefined);
  const differing = await askAt(path, { ...here(), env: { ...env, READ_LATE: "two" } });
  assert.equal(await differing.line(() => true), { no: "variables" });
});

test("once a plugin asks for one more variable, all but the first are to ask anew, and are judged by it as well", async () => {
  const name = "globalThis.isLate ? context.env.LATE_NAME : (globalThis.isLate = true)";
  replacePlugin(`() => ({ headers: { authorization: "Bearer " + (${name}) } })`);
  const env = { LATE_NAME: "one" };
  const { starter, path } = await startShared({ ...here(), env });
  const { settings } = await starter.line((line) => line.settings !== undefined);
  assert.is((await send(settings as Settings)).status, 200);
  const other = await askAt(path, { ...here(), env: { LATE_NAME: "two" } });
  await other.line((line) => line.settings !== undefined);
  assert.is((await send(settings as Settings)).status, 200);
  assert.is(site.upstream.seen.at(-1)?.headers.authorization, "Bearer one");
  await other.line((line) => line.again === true);
  assert.not(starter.lines.some((line) => line.again));
  assert.equal(await (await askAt(path, { ...here(), env: { LATE_NAME: "two" } })).line(() => true), {
    no: "variables",
  });
  await (await askAt(path, { ...here(), env })).line((line) => line.settings !== undefined);
});

test("what the log says goes to the programs, and to no stream of its own", async () => {
  site.project.write(
    "mlflow-auth.yaml",
    "version: 1\ntrackingUri: https://mlflow.example.com\ntls: { insecureSkipVerify: true }\nplugins: {}\n",
  );
  const { starter, path, printed } = await startShared(here());
  const { say } = await starter.line((line) => line.say !== undefined);
  assert.match(say ?? "", /^mlflow-auth: warning: the certificate of https:\/\/mlflow\.example\.com is not verified/);
  assert.is(printed(), "");
  assert.ok((await (await askAt(path, here())).line(() => true)).settings !== undefined);
});

test("servers with wildcards, and several of them, need no choice", async () => {
  site.project.write(
    "mlflow-auth.yaml",
    'version: 1\nservers: [{ uri: "https://*.example.com" }, { uri: "https://*.example.org" }]\n',
  );
  const { starter } = await startShared(here());
  const { settings } = await starter.line(() => true);
  assert.equal(
    settings?.servers.map(({ host }) => host),
    ["*.example.com", "*.example.org"],
  );
  assert.is(settings?.upstream, "https://any.example.com");
});

test("a program whose folder is gone is told so in the command's words", async () => {
  const { starter, end } = await startShared({ ...here(), given: { cwd: null } });
  const { failed } = await starter.line(() => true);
  assert.is(failed?.code, "USAGE");
  assert.match(
    failed?.text ?? "",
    /the working directory does not exist any more.*name the configuration file by its absolute path in MLFLOW_AUTH_CONFIG/s,
  );
  assert.is(await end, 2);
});

test("a descriptor that is no socket is told, and what to do", async () => {
  const { starter, end } = await startShared({ ...here(), given: { listen: 0 } });
  const { failed } = await starter.line(() => true);
  assert.match(
    failed?.text ?? "",
    /^PROXY_LISTEN: can't listen on the socket that the program opened for its proxy \(E\w+\)\n {2}Try this: start the program again$/,
  );
  assert.is(await end, 1);
});

test("none of the variables that lead to it is there for plugins and what they start", async () => {
  const names =
    "Object.keys({ ...process.env, ...context.env }).filter((name) => name.startsWith('_MLFLOW_AUTH')).join() || 'none'";
  const getAuth = `() => ({ headers: { authorization: ${names} } })`;
  replacePlugin(getAuth);
  const { starter } = await startShared({ ...here(), env: { _MLFLOW_AUTH_LAUNCH: "{}" } });
  const { settings } = await starter.line((line) => line.settings !== undefined);
  await send(settings as Settings);
  assert.is(site.upstream.seen.at(-1)?.headers.authorization, "none");
});

test("a plugin that fails where nobody waits ends nothing, and programs are told", async () => {
  const getAuth = `() => { setTimeout(() => { throw new Error("behind"); }); return { headers: { authorization: "Bearer x" } }; }`;
  replacePlugin(getAuth);
  const { starter } = await startShared(here());
  const { settings } = await starter.line((line) => line.settings !== undefined);
  await send(settings as Settings);
  const { say } = await starter.line((line) => line.say !== undefined);
  assert.match(say ?? "", /something failed .* most likely a plugin in the background.*\[PLUGIN_FAILED\]/);
  assert.is((await send(settings as Settings)).status, 200);
});

test("it goes on where its program has ended before the answer", async () => {
  const started = await startShared(here());
  started.starter.socket.destroy();
  const other = await askAt(started.path, here());
  assert.ok((await other.line(() => true)).settings !== undefined);
});

test("a token that was left is kept for what it was for, and for nothing else", async () => {
  const first = await startShared(here());
  const { settings, digest = "" } = await first.starter.line(() => true);
  first.child.kill("SIGKILL");
  const token = settings?.token as string;
  const same = await startShared({ ...here(), left: { token, digest } });
  assert.is((await same.starter.line(() => true)).settings?.token, token);
  const other = await startShared({ ...here(), left: { token, digest: `${digest}x` } });
  assert.is.not((await other.starter.line(() => true)).settings?.token, token);
  const elsewhere = await startShared({ ...here(), env: { HOME: "/" }, left: { token, digest } });
  assert.is.not((await elsewhere.starter.line(() => true)).settings?.token, token);
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
