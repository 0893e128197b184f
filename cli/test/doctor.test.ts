import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { installTagger } from "../../core/test/library/tag-plugin.js";
import { startUpstream } from "../../proxy/test/rig.js";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("doctor");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
  site.upstream.answer = (req, res) => req.resume().on("end", () => res.end(req.url === "/health" ? "OK" : "{}"));
});
test.afterEach(() => site.stop());

const doctor = (args: string[] = [], env = {}) => run(["doctor", ...args], { cwd: site.project.folder, env });

const several = (...uris: string[]) =>
  site.configure(
    `version: 1\nservers:\n${uris.map((uri) => `  - { uri: "${uri}" }\n`).join("")}plugins:\n  test: { file: FILE }\n`,
  );

test("every server is examined, but those with a wildcard, which are named", async () => {
  const other = await startUpstream();
  several("URI", "https://*.example.com", other.uri);
  const { code, stdout } = await doctor();
  assert.is(code, 1);
  assert.match(stdout, new RegExp(`\n${site.upstream.uri}\n[\\s\\S]*\n${other.uri}\n[\\s\\S]*FAIL  request`));
  assert.is(stdout.split("nothing had to be asked just now").length, 3, "neither server passes for the secret backend");
  assert.match(stdout, /\nhttps:\/\/\*\.example\.com is not examined: name a server of it/);
  assert.match(stdout, new RegExp(`The chain breaks at: request on the way to ${other.uri}\\.`));
  await other.stop();
});

test("why a server without a credential of the file has no backend is said once", async () => {
  site.configure("version: 1\nservers:\n  - { uri: URI, auth: [] }\n");
  const { stdout } = await doctor();
  assert.is(stdout.split("clients send their own").length, 2, stdout);
  assert.match(stdout, /login .*none is needed\n/);
  assert.match(stdout, /secret .*none is needed\n/);
});

test("one server alone, by a URL of it or by --server", async () => {
  several("URI", "https://other.invalid");
  for (const args of [[`${site.upstream.uri}/api/2.0/mlflow/runs/get?run_id=1`], ["--server", site.upstream.uri]]) {
    const { code, stdout } = await doctor([...args, "--json"]);
    assert.is(code, 0, stdout);
    assert.equal(
      JSON.parse(stdout).servers.map(({ uri }: { uri: string }) => uri),
      [site.upstream.uri],
    );
  }
});

test("a server of a wildcard, by its URL", async () => {
  several("https://*.staging.invalid/base");
  const { stdout } = await doctor(["https://a.staging.invalid/base/api"]);
  assert.match(stdout, /\nhttps:\/\/a\.staging\.invalid\/base\n/);
  assert.match(stdout, /host name a\.staging\.invalid is unknown/);
});

const wrong: [name: string, servers: string[], args: string[], code: number, said: RegExp][] = [
  [
    "a URL that is not listed",
    ["URI"],
    ["https://other.example.com/?token=canary"],
    1,
    /^DESTINATION_UNLISTED: .* belongs to no/,
  ],
  [
    "wildcards alone",
    ["https://*.example.com"],
    [],
    2,
    /^SERVER_AMBIGUOUS: .*\n {2}Try this: .*mlflow-auth doctor https/,
  ],
  ["two servers", ["URI"], ["URI", "--server", "https://b.example.com"], 2, /^USAGE: a URL and --server name two/],
  ["a time-out that is none", ["URI"], ["--timeout", "soon"], 2, /^USAGE: option '--timeout <seconds>'/],
];

for (const [name, servers, args, expected, said] of wrong) {
  test(`${name} is told on stderr`, async () => {
    several(...servers);
    const { code, stdout, stderr } = await doctor(args.map((arg) => arg.replace("URI", site.upstream.uri)));
    assert.is(code, expected);
    assert.is(stdout, "");
    assert.match(stderr, said);
    assert.not.match(stderr, /canary/);
  });
}

test("all problems of a file, without a value", async () => {
  site.configure("version: 2\ntrackingUri: canary\nplugins:\n  test: { file: FILE, fil: canary }\n");
  const { code, stdout } = await doctor();
  assert.is(code, 3);
  assert.match(
    stdout,
    /\n {2}FAIL {2}file [\s\S]*mlflow-auth\.yaml:1:[\s\S]*mlflow-auth\.yaml:2:[\s\S]*mlflow-auth\.yaml:4:/,
  );
  assert.match(stdout, /\n {2}- {5}plugins +not judged without a valid file\n/);
  assert.not.match(stdout, /canary/);
});

test("the first broken link is the plugin's, and the others are examined all the same", async () => {
  for (const [text, link, code] of [
    ["down", "backend", 4],
    ["denied", "secret", 4],
    ["two\nlines", "secret", 4],
  ] as const) {
    site.project.setCredential(text);
    const run = await doctor(["--json"]);
    const { broken, servers } = JSON.parse(run.stdout);
    assert.equal([broken.link, run.code], [link, code]);
    const state = Object.fromEntries(
      servers[0].links.map((one: { link: string; state: string }) => [one.link, one.state]),
    );
    assert.equal([state.connection, state.health, state.request], ["fine", "fine", "skipped"]);
  }
  assert.not(site.upstream.seen.some(({ url }) => url.startsWith("/api")));
});

test("what the plugins of headers and tags give, and where they break", async () => {
  installTagger(site.project);
  const file = site.project.write("tags.json", '{"team":"ml"}');
  site.configure(`version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE }\n  tagger: { file: ${file} }\n`);
  assert.match((await doctor()).stdout, /\n {2}ok {4}run tags +team, run\.experiment/);
  site.project.write("tags.json", "down");
  const { code, stdout } = await doctor();
  assert.match(stdout, /\n {2}FAIL {2}run tags /);
  assert.is(code, 4);
});

test("a credential in the file, one in the environment and an address in the clear are warned about", async () => {
  site.configure(
    'version: 1\ntrackingUri: http://mlflow.invalid\nallowInsecure: true\nplugins:\n  test: { file: FILE, token: "canary" }\n',
  );
  const { stdout } = await doctor([], { MLFLOW_TRACKING_TOKEN: "canary" });
  assert.match(stdout, /\n {2}warn {2}file [\s\S]*warning: mlflow-auth\.yaml:5:\d+ {2}SECRET_LITERAL/);
  assert.match(stdout, /warning: MLFLOW_TRACKING_TOKEN in the environment: not sent to this server/);
  assert.match(stdout, /FAIL {2}host name /);
  assert.not.match(stdout, /canary/);
});

test("a proxy in ALL_PROXY, which is not followed, stands with the link that it may have broken", async () => {
  site.configure("version: 1\ntrackingUri: https://mlflow.invalid\nplugins:\n  test: { file: FILE }\n");
  const ALL_PROXY = "socks5://user:of-no-concern@proxy.invalid";
  const { stdout } = await doctor([], { ALL_PROXY });
  assert.match(
    stdout,
    /FAIL {2}host name .*; ALL_PROXY names a proxy and is not followed\n +Try this: set HTTPS_PROXY .*\. If none is needed, correct the host/,
  );
  assert.not.match(stdout, "of-no-concern");
  assert.not.match((await doctor([], { ALL_PROXY, NO_PROXY: "mlflow.invalid" })).stdout, "ALL_PROXY");
});

test("nobody is told to unset the variable that the credential of the file comes from", async () => {
  for (const token of ["{ env: MLFLOW_TRACKING_TOKEN }", '"${MLFLOW_TRACKING_TOKEN}"']) {
    site.configure(`version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, token: ${token} }\n`);
    const { stdout } = await doctor([], { MLFLOW_TRACKING_TOKEN: "canary" });
    assert.not.match(stdout, "unset it");
  }
});

test("within exec, nobody is told to unset what exec has set", async () => {
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE }\n");
  const { stdout } = await doctor([], { MLFLOW_TRACKING_AUTH: "mlflow-auth" });
  assert.match(stdout, /\n {2}(?:ok|FAIL|-) +request /);
  assert.not.match(stdout, "unset it");
});

test("the help names the links, and the exit codes", async () => {
  const { stdout } = await doctor(["--help"]);
  for (const name of ["secret backend", "host name", "request", "clock"]) assert.match(stdout, `\n  ${name} `);
  assert.match(stdout, /Exit codes:\n {2}0 {2}all is well\n {2}1 /);
  assert.match(stdout, /Example:\n {2}\$ mlflow-auth doctor/);
});

test("to a server that can't be reached no request is sent, and one fault is told", async () => {
  site.configure("version: 1\ntrackingUri: http://127.0.0.1:1\nplugins:\n  test: { file: FILE }\n");
  const { code, stdout } = await doctor(["--json"]);
  assert.is(code, 4);
  const [{ links }] = JSON.parse(stdout).servers as [{ links: { link: string; state: string; found: string }[] }];
  assert.equal(
    links.filter(({ state }) => state === "broken").map(({ link }) => link),
    ["connection"],
  );
  assert.is(links.find(({ link }) => link === "request")?.found, "not sent: the server can't be reached");
});

test.run();
