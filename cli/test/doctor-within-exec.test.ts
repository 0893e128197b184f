import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startUpstream } from "../../proxy/test/rig.js";
import { type Run, run } from "./command.js";
import { answer, json, type Send } from "./doctor-site.js";
import { createSite, type Site } from "./project.js";

const test = suite("doctor within exec");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
  answer(site, json);
  // The exec takes TEST_KEY out, so no other command can read this file.
  site.configure('version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, token: "${TEST_KEY}" }\n');
});
test.afterEach(() => site.stop());

const doctor = '"$NODE" "$BUILT" doctor';

interface Within extends Run {
  /** The address of the exec's proxy, with the token. */
  readonly proxy: string;
}

/** Runs a shell script within an exec; what it printed is free of the proxy's address. */
async function inExec(script: string, options: readonly string[] = [], env = {}): Promise<Within> {
  const all = { NODE: process.execPath, BUILT: builtCommand, TEST_KEY: "k", ...env };
  const shell = `echo "$MLFLOW_TRACKING_URI"\n${script}`;
  const { stdout, ...ended } = await run(["exec", ...options, "--", "sh", "-c", shell], {
    cwd: site.project.folder,
    env: all,
  });
  const [proxy = "", ...rest] = stdout.split("\n");
  const said = rest.join("\n");
  const { host, pathname } = new URL(proxy);
  for (const hidden of [host, pathname.slice(1)])
    assert.not((said + ended.stderr).includes(hidden), said + ended.stderr);
  return { ...ended, stdout: said, proxy };
}

const link = (stdout: string, name: string) =>
  new RegExp(`^ {2}(\\S+) +${name} +(.*(?:\\n {20}.*)*)$`, "m").exec(stdout) ?? [];

test("examines what a program there gets: by the proxy of the exec, with the credential, and shows the server's own address", async () => {
  const { code, stdout, stderr } = await inExec(doctor);
  assert.is(code, 0, stdout + stderr);
  assert.match(stdout, /^mlflow-auth\.yaml\n/);
  assert.match(stdout, `\n${site.upstream.uri}\n`);
  assert.is(
    link(stdout, "file")[2],
    "mlflow-auth.yaml is in use by the exec around this command, and is the same as there",
  );
  assert.is(link(stdout, "request")[2], "the credential is given by the exec around this command, and MLflow answers");
  assert.is(link(stdout, "health")[2], "MLflow 3.17.2 is well");
  assert.match(stdout, /\nAll is well\.\n$/);
  assert.ok(site.upstream.seen.every(({ headers }) => headers.authorization === "Bearer sesame"));
  assert.not.match(stderr, "never used the proxy");
});

test("says that the exec took the variables out, and asks nobody to set them", async () => {
  const { stdout } = await inExec(doctor);
  const plugins = "used by the exec around this command, which took the variables of their secrets out: TEST_KEY";
  assert.is(link(stdout, "plugins")[2], plugins);
  assert.not.match(stdout, /not set|missing|--keep-env/);
});

test("as JSON, with all the links that it has elsewhere", async () => {
  const { stdout } = await inExec(`${doctor} --json`);
  const { fine, file, links, servers } = JSON.parse(stdout);
  assert.is(fine, true);
  assert.is(file, site.project.write("mlflow-auth.yaml", ""));
  const names = [...links, ...servers[0].links].map((one: { link: string }) => one.link);
  const all = "file plugins backend login secret headers tags name connection health request clock";
  assert.is(names.join(" "), all);
});

test("another server of the file is examined by the same proxy, with its own credential", async () => {
  const other = await startUpstream();
  other.answer = site.upstream.answer;
  const two = `version: 1\nservers:\n  - { uri: "URI" }\n  - { uri: "${other.uri}/base" }\n`;
  site.configure(`${two}plugins:\n  test: { file: FILE, token: "\${TEST_KEY}" }\n`);
  const options = ["--server", site.upstream.uri];
  const { code, stdout } = await inExec(doctor, options);
  assert.is(code, 0, stdout);
  assert.ok(stdout.indexOf(`\n${site.upstream.uri}\n`) < stdout.indexOf(`\n${other.uri}/base\n`));
  const search = other.seen.find(({ method }) => method === "POST");
  assert.is(search?.url, "/base/api/2.0/mlflow/experiments/search");
  assert.is(search?.headers.authorization, "Bearer sesame");
  const alone = await inExec(`${doctor} ${other.uri}/base/api`, options);
  assert.not.match(alone.stdout, `\n${site.upstream.uri}\n`);
  await other.stop();
});

test("a URL that is not listed is refused as elsewhere", async () => {
  const { code, stderr } = await inExec(`${doctor} https://other.example.com`);
  assert.is(code, 1);
  assert.match(stderr, "DESTINATION_UNLISTED: https://other.example.com/ belongs to no server of the file");
});

const redirect =
  (to: (host: string) => string): Send =>
  (res) =>
    void res.writeHead(302, { location: to(String(res.req.headers.host)) }).end();

for (const [what, search, found, remedy] of [
  [
    "refuses the credential",
    (res) => void res.writeHead(401).end(),
    "the server refused the credential that the exec around this command gives (401)",
    "run `mlflow-auth doctor` outside of that exec: there it sees the credential, and says what to change",
  ],
  [
    "asks a person to sign in",
    redirect((host) => `http://${host}/login`),
    "the server leads to a page where a person is to sign in, whatever the credential that the exec around this command gives (302)",
    "run `mlflow-auth doctor` outside of that exec: there it sees the credential, and says what to change",
  ],
  [
    "has moved on its own host",
    redirect((host) => `http://${host}/new/api/2.0/mlflow/experiments/search`),
    "the server sends clients on to URI/new (302), where the credential does not follow",
    "write URI/new into the file as the server's address",
  ],
  [
    "has moved to another host",
    redirect(() => "https://new.example.com/api/2.0/mlflow/experiments/search"),
    "the server sends clients on to https://new.example.com (302), where the credential does not follow",
    "if you know that new.example.com is yours, write https://new.example.com into the file as the server's address",
  ],
  [
    "denies reading",
    (res) => void res.writeHead(403, { "content-type": "text/plain" }).end("Permission denied"),
    "MLflow knows the sender and denies reading (403)",
    "ask an admin of MLflow to give that user the permission READ",
  ],
] as [string, Send, string, string][]) {
  test(`a server that ${what}`, async () => {
    answer(site, search);
    const { code, stdout } = await inExec(doctor);
    assert.is(code, 1);
    const own = (text: string) => text.replaceAll("URI", site.upstream.uri);
    assert.match(stdout, `FAIL  request         ${own(found)}\n`);
    assert.match(stdout, `Try this: ${own(remedy)}\n`);
    assert.match(stdout, "ok    health          MLflow 3.17.2 is well");
  });
}

test("a server for which the file has no credential is said to want one", async () => {
  site.configure(
    'version: 1\nservers:\n  - { uri: URI, auth: [] }\nplugins:\n  test: { file: FILE, token: "${TEST_KEY}" }\n',
  );
  const { stdout } = await inExec(doctor);
  assert.match(stdout, "the file has no credential for this server: clients send their own");
  assert.match(stdout, "FAIL  request         the server wants a credential (401), and the file has none for it");
});

test("where the exec can't get the credential, it is said at the same link as elsewhere, with the same exit code", async () => {
  site.project.setCredential("denied");
  const { code, stdout } = await inExec(doctor);
  assert.is(code, 4);
  assert.match(
    stdout,
    /ok {4}login .*\n {2}FAIL {2}secret {10}SECRET_DENIED: the test store refuses\n +Try this: start the test/,
  );
  assert.match(stdout, "-     request         not sent: it never goes out without its credential");
  assert.match(stdout, "The chain breaks at: secret");
});

test("a server that is down", async () => {
  await site.upstream.stop();
  const { code, stdout } = await inExec(doctor);
  assert.is(code, 4);
  assert.is(link(stdout, "connection")[1], "FAIL", stdout);
  assert.match(stdout, `no answer from ${site.upstream.uri} (ECONNREFUSED)`);
});

test("what was done to the environment since, by which requests go astray, is warned about", async () => {
  const { code, stdout } = await inExec(`NO_PROXY=.example.com PYTHONPATH=src ${doctor}`, [], {
    HTTP_PROXY: "http://127.0.0.1:9",
  });
  assert.is(code, 0);
  assert.match(stdout, "put 127.0.0.1 back into no_proxy and NO_PROXY");
  assert.match(stdout, "PYTHONPATH has lost what exec put there");
  assert.match(stdout, "All is well, but for 2 warnings above.");
});

test("where a script wrote the server's own address into MLFLOW_TRACKING_URI, it says who goes bare by it", async () => {
  const { code, stdout } = await inExec(`MLFLOW_TRACKING_URI=${site.upstream.uri} ${doctor}`);
  assert.is(code, 0);
  assert.match(stdout, "MLFLOW_TRACKING_URI is not the address of the proxy");
  assert.match(stdout, "all other programs go without a credential");
});

test("once the file was changed, it says so, and what to do about what was taken out", async () => {
  const { code, stdout } = await inExec(`echo "# changed" >> mlflow-auth.yaml; ${doctor}`);
  assert.is(code, 3);
  assert.match(stdout, "TEST_KEY was taken out of the environment by the `mlflow-auth exec` around this program");
  assert.match(
    stdout,
    /warning: the exec around this command goes by another file, or by other values.*start that one anew/,
  );
  assert.match(stdout, "Do this first: run doctor outside of that exec, or give that one --keep-env=TEST_KEY.");
  assert.not.match(stdout, "fix mlflow-auth.yaml");
});

test("where nothing is missing for another file, that one is examined, with the same warning", async () => {
  const { code, stdout } = await inExec(`echo "# changed" >> mlflow-auth.yaml; ${doctor}`, ["--keep-env"]);
  assert.is(code, 0);
  assert.match(stdout, "mlflow-auth.yaml is valid");
  assert.match(stdout, "ok    secret          from test, for the header Authorization");
  assert.match(stdout, "the exec around this command goes by another file");
});

test("where MLFLOW_TRACKING_URI names another server, it says where the exec leads", async () => {
  const { stdout } = await inExec(`MLFLOW_TRACKING_URI=https://other.example.com ${doctor}`, ["--keep-env"]);
  assert.match(stdout, `warning: the exec around this command leads to ${site.upstream.uri}, and MLFLOW_TRACKING_URI`);
  assert.match(stdout, "leave the variable as that exec set it");
});

test("in the environment of an exec that has ended, it says that programs there reach nothing", async () => {
  const { stdout } = await run(["exec", "--keep-env", "--", "env"], {
    cwd: site.project.folder,
    env: { TEST_KEY: "k" },
  });
  const env = Object.fromEntries([...stdout.matchAll(/^([^=\n]+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
  // Whatever else was changed since.
  site.configure(`# changed\nversion: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, token: "\${TEST_KEY}" }\n`);
  const after = await run(["doctor"], { cwd: site.project.folder, env });
  assert.is(after.code, 0, after.stdout);
  assert.match(after.stdout, "the exec that this environment comes from does not run any more");
  assert.match(after.stdout, "All is well, but for one warning above.");
});

test.run();
