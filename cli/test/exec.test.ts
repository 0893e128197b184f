import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startUpstream } from "../../proxy/test/rig.js";
import { run, start } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("exec");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const exec = (command: string[], env: Record<string, string> = {}, input?: string) =>
  run(["exec", ...command], { cwd: site.project.folder, env, ...(input === undefined ? {} : { input }) });

/** A program that asks the server once through MLFLOW_TRACKING_URI and prints the answer. */
const client = [
  "--",
  process.execPath,
  "-e",
  'fetch(process.env.MLFLOW_TRACKING_URI + "/api/x").then(async (a) => console.log(a.status, await a.text()))',
];

test("an unchanged program reaches the server with the credential", async () => {
  const { code, stdout, stderr } = await exec(client, { MLFLOW_TRACKING_TOKEN: "ambient" });
  assert.is(code, 0, stderr);
  assert.is(stdout, "200 fine\n");
  assert.is(stderr, `mlflow-auth: using mlflow-auth.yaml for ${site.upstream.uri}\n`);
  const [seen] = site.upstream.seen;
  assert.is(seen?.url, "/api/x");
  assert.is(seen?.headers.authorization, "Bearer sesame");
});

const ends: [command: string[], code: number][] = [
  [["--", "sh", "-c", "exit 0"], 0],
  [["--", "sh", "-c", "exit 7"], 7],
  [["sh", "-c", "exit 8"], 8],
  [["--", "sh", "-c", "exit 255"], 255],
  [["--", "sh", "-c", "kill -TERM $$"], 143],
  [["--", "sh", "-c", "kill -KILL $$"], 137],
  [["--", "sh", "-c", "kill -USR1 $$"], 138],
  [["--", "mlflow-auth-no-such-program"], 127],
  [["--", "./not-there"], 127],
  [["--", "/"], 126],
  [["--", "./mlflow-auth.yaml"], 126],
];

for (const [command, expected] of ends) {
  test(`${command.join(" ")} ends with ${expected}`, async () => {
    const { code, signal, stderr } = await exec(command);
    assert.is(code, expected, stderr);
    assert.is(signal, null);
    if (expected === 126 || expected === 127) assert.match(stderr, /\n {2}Try this: /);
  });
}

test("options of the program are its own", async () => {
  const { stdout } = await exec(["echo", "--json", "-h", "--config"]);
  assert.is(stdout, "--json -h --config\n");
});

test("stdin, stdout and stderr are the program's", async () => {
  const { stdout, stderr } = await exec(["--", "sh", "-c", "cat; echo err >&2"], {}, "from stdin");
  assert.is(stdout, "from stdin");
  assert.match(stderr, /^err$/m);
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const) {
  test(`${signal} is passed on, and the program's own end counts`, async () => {
    const name = signal.slice(3);
    const script = `trap 'echo got ${name}; exit 42' ${name}; echo ready; while :; do sleep 0.05; done`;
    const running = start(["exec", "--", "sh", "-c", script], { cwd: site.project.folder });
    await running.firstLine();
    running.child.kill(signal);
    const { code, stdout } = await running.end;
    assert.is(code, 42);
    assert.is(stdout, `ready\ngot ${name}\n`);
  });
}

test("a program that never used the proxy is told about", async () => {
  const { code, stderr } = await exec(["--", "true"]);
  assert.is(code, 0);
  assert.match(stderr, /the program never used the proxy.*MLFLOW_TRACKING_URI/s);
});

test("the runs that it created are linked to in the end, at the server and without the token", async () => {
  let made = 0;
  site.upstream.answer = (req, res) => {
    req.resume();
    res.end(JSON.stringify({ run: { info: { run_id: `r${made++}`, experiment_id: "7" } } }));
  };
  const script = `
    for (let i = 0; i < 7; i++) await fetch(process.env.MLFLOW_TRACKING_URI + "/api/2.0/mlflow/runs/create", { method: "POST" });
    console.log(new URL(process.env.MLFLOW_TRACKING_URI).pathname.slice(1));
  `;
  const command = ["--", process.execPath, "--input-type=module", "-e", script];
  const { stdout, stderr } = await exec(command);
  const links = [0, 1, 2, 3, 4].map((id) => `  ${site.upstream.uri}/#/experiments/7/runs/r${id}\n`).join("");
  assert.ok(stderr.endsWith(`mlflow-auth: 7 runs were created:\n${links}  and 2 more\n`), stderr);
  assert.not(stderr.includes(stdout.trim()));
});

const print = ["--", "sh", "-c", "echo ${MY_TOKEN:-none} ${TEST_FALLBACK_TOKEN:-none}"];
const both = { MY_TOKEN: "mine", TEST_FALLBACK_TOKEN: "other" };
const configured = (token: string) =>
  site.configure(`version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE${token} }\n`);

for (const form of ["{ env: MY_TOKEN }", '"${MY_TOKEN}"', '"Bearer ${MY_TOKEN}"', '"${MY_TOKEN:-default}"']) {
  test(`what the file uses as a secret stays out of the program, unless asked for: ${form}`, async () => {
    configured(`, token: ${form}`);
    const { stdout, stderr } = await exec(print, both);
    assert.is(stdout, "none other\n");
    assert.not.match(stderr, "--keep-env");
    for (const keep of ["--keep-env", "--keep-env=MY_TOKEN", "--keep-env=OTHER,MY_TOKEN"]) {
      assert.is((await exec([keep, ...print], both)).stdout, "mine other\n", keep);
    }
  });
}

test("what a secret of the file falls back to stays out of the program, with one warning that names it", async () => {
  configured("");
  const { stdout, stderr } = await exec(print, both);
  assert.is(stdout, "mine none\n");
  assert.equal(
    stderr.match(/TEST_FALLBACK_TOKEN.*to leave it there: --keep-env=TEST_FALLBACK_TOKEN;/g)?.length,
    1,
    stderr,
  );
  for (const keep of ["--keep-env", "--keep-env=TEST_FALLBACK_TOKEN"]) {
    const kept = await exec([keep, ...print], both);
    assert.is(kept.stdout, "mine other\n", keep);
    assert.not.match(kept.stderr, "--keep-env");
  }
});

test("a variable of an instance that is not enabled stays", async () => {
  const file = "version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, token: { env: TOKEN_ELSEWHERE } }\n";
  site.configure(`${file}  off: { plugin: test, enabled: false, token: { env: MY_TOKEN } }\n`);
  assert.is((await exec(print, both)).stdout, "mine other\n");
});

test("--keep-env takes no word of the program for a name, and its own options may follow", async () => {
  configured(", token: { env: MY_TOKEN }");
  const program = print.slice(1);
  assert.is((await exec(["--keep-env", ...program], both)).stdout, "mine other\n");
  assert.is((await exec(["--keep-env", "--log-level", "info", ...program], both)).stdout, "mine other\n");
  assert.is((await exec(["--log-level", "info", "--keep-env", ...program], both)).stdout, "mine other\n");
  assert.is((await exec(["--keep-env=OTHER", "--keep-env", ...program], both)).stdout, "mine other\n");
  assert.is((await exec(["--", "echo", "--keep-env"])).stdout, "--keep-env\n");
  assert.is((await exec(["echo", "--keep-env=a-b"])).stdout, "--keep-env=a-b\n");
});

for (const wrong of ["", "qzx-jw", "qzx,", "1qzx", "MY_TOKEN=qzx"]) {
  test(`--keep-env=${wrong} is refused, and not repeated`, async () => {
    const { code, stdout, stderr } = await exec([`--keep-env=${wrong}`, "--", "echo", "started"]);
    assert.equal([code, stdout], [2, ""]);
    assert.match(stderr, /^USAGE: behind --keep-env= stands the name of a variable/);
    assert.not.match(stderr, "qzx");
  });
}

test("within another exec, what that one took out is told with the way to keep it", async () => {
  configured(', token: "${MY_TOKEN}"');
  // A file of its own, so that the proxy of the outer one is none for it.
  const copied = () =>
    site.project.write("copy.yaml", readFileSync(join(site.project.folder, "mlflow-auth.yaml"), "utf8"));
  const within = ["--", process.execPath, builtCommand, "exec", "--config", copied(), ...client];
  const { code, stderr } = await exec(within, both);
  assert.is(code, 3, stderr);
  assert.match(
    stderr,
    "MY_TOKEN was taken out of the environment by the `mlflow-auth exec` around this program: run this outside of that one, or give that one --keep-env=MY_TOKEN",
  );
  assert.is((await exec(["--keep-env=MY_TOKEN", ...within], both)).stdout, "200 fine\n");
  configured("");
  copied();
  const fallback = await exec(within, both);
  assert.is(fallback.stdout, "200 fine\n");
  assert.match(
    fallback.stderr,
    /`plugins\.test\.token` is not given, and the variable TEST_FALLBACK_TOKEN was taken out/,
  );
});

test("several servers and none chosen: exit 2 with the list, and nothing is started", async () => {
  site.configure(
    "version: 1\nservers:\n  - uri: URI\n  - uri: https://b.example.com\nplugins:\n  test: { file: FILE }\n",
  );
  const { code, stdout, stderr } = await exec(["--", "echo", "started"]);
  assert.is(code, 2);
  assert.is(stdout, "");
  assert.ok(stderr.startsWith("SERVER_AMBIGUOUS: "));
  assert.ok(stderr.includes(`${site.upstream.uri}, https://b.example.com\n  Try this: `));
  const chosen = await exec(["--server", site.upstream.uri, ...client]);
  assert.is(chosen.stdout, "200 fine\n");
  const ambient = await exec(client, { MLFLOW_TRACKING_URI: site.upstream.uri });
  assert.is(ambient.stdout, "200 fine\n");
});

test("a registry server at the root of a listed one is reached with the paths that a client appends", async () => {
  const registry = await startUpstream();
  try {
    site.configure(`version: 1\nservers:\n  - uri: URI\n  - uri: ${registry.uri}\nplugins:\n  test: { file: FILE }\n`);
    const script = client.map((word) => word.replace("TRACKING", "REGISTRY"));
    for (const slash of ["", "/"]) {
      const env = { MLFLOW_TRACKING_URI: site.upstream.uri, MLFLOW_REGISTRY_URI: registry.uri + slash };
      assert.is((await exec(script, env)).stdout, "200 fine\n");
    }
    assert.equal(
      registry.seen.map(({ url }) => url),
      ["/api/x", "/api/x"],
    );
    const same = { MLFLOW_TRACKING_URI: site.upstream.uri, MLFLOW_REGISTRY_URI: `${site.upstream.uri}/` };
    assert.is((await exec(script, same)).stdout, "200 fine\n");
  } finally {
    await registry.stop();
  }
});

test("an invalid file: exit 3, and nothing is started", async () => {
  site.configure("version: 2\n");
  const { code, stdout } = await exec(["--", "echo", "started"]);
  assert.is(code, 3);
  assert.is(stdout, "");
});

test("a secret store that is down: the program sees a clear answer, the server nothing", async () => {
  site.project.setCredential("down");
  const { code, stdout, stderr } = await exec(client, { MLFLOW_TRACKING_TOKEN: "ambient" });
  assert.is(code, 0);
  assert.match(stdout, /^424 .*SECRET_UNREACHABLE: the test store is down/);
  assert.match(stderr, /the test store is down/);
  assert.is(site.upstream.seen.length, 0);
});

test("several at once do not disturb each other, and none takes another's token", async () => {
  const script = 'echo "$MLFLOW_TRACKING_URI"; while :; do sleep 0.05; done';
  const all = Array.from({ length: 3 }, () => start(["exec", "--", "sh", "-c", script], { cwd: site.project.folder }));
  const urls = await Promise.all(all.map((one) => one.firstLine()));
  assert.is(new Set(urls).size, 3);
  for (const url of urls) assert.is(await statusOf(`${url}/x`), 200);
  const [first = "", second = ""] = urls;
  assert.is(await statusOf(new URL(new URL(first).pathname, second).href), 403);
  for (const { child } of all) child.kill("SIGTERM");
  for (const { end } of all) assert.is((await end).code, 143);
});

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (res) => {
      res.resume();
      resolve(res.statusCode);
    })
      .on("error", reject)
      .end();
  });
}

test("a failure that is not one of the file or the command line is told from one of the program by 125", async () => {
  site.configure("version: 1\ntrackingUri: https://mlflow.example.com\nplugins:\n  test: { file: FILE }\n");
  const { code, stdout, stderr } = await exec(["--", "echo", "started"], { HTTPS_PROXY: "ftp://proxy.example.com" });
  assert.match(stderr, /^HTTP_PROXY: /);
  assert.equal([code, stdout], [125, ""]);
});

test.run();
