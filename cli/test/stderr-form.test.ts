/** In which form the command speaks on stderr: sentences, lines of JSON, or nothing. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("stderr in another form");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const ask = (args: string[], env: Record<string, string>) => run(args, { cwd: site.project.folder, env });
const json = { MLFLOW_AUTH_LOG_FORMAT: " JSON " };

async function said(args: string[], more: Record<string, string> = {}) {
  const { stderr, code } = await ask(args, { ...json, ...more });
  const lines = stderr.trimEnd().split("\n");
  return { code, lines: lines.map((line) => JSON.parse(line) as Record<string, string>) };
}

test("what exec says of itself is JSON, and what the program prints stays as it is", async () => {
  const { stdout, stderr, code } = await ask(["exec", "--", "sh", "-c", "echo out; echo '  err' >&2"], json);
  assert.is(code, 0);
  assert.is(stdout, "out\n");
  const [first = "", second, ...last] = stderr.trimEnd().split("\n");
  const { time, ...using } = JSON.parse(first);
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
  assert.equal(using, { level: "info", name: "mlflow-auth", msg: `using mlflow-auth.yaml for ${site.upstream.uri}` });
  assert.is(second, "  err");
  assert.is(last.length, 1, stderr);
  assert.match(
    JSON.parse(last[0] as string).msg,
    /^the program never used the proxy, .* let it take MLFLOW_TRACKING_URI/,
  );
});

test("a broken file is one object for each problem, with its code", async () => {
  site.configure("version: 1\ntrackingUri: URI\nplugin: {}\nplugins: { test: { fil: x } }\n");
  for (const args of [["validate"], ["exec", "--", "true"], ["proxy", "--port", "0"]]) {
    const { code, lines } = await said(args);
    assert.is(code, 3, args[0]);
    assert.equal(
      lines.map(({ level, code }) => `${level} ${code}`),
      ["error UNKNOWN_FIELD", "error UNKNOWN_FIELD"],
    );
  }
});

test("an error and its remedy are one object", async () => {
  site.project.setCredential("denied");
  const { code, lines } = await said(["headers", site.upstream.uri]);
  assert.is(code, 4);
  assert.equal([lines.length, lines[0]?.["level"], lines[0]?.["code"]], [1, "error", "SECRET_DENIED"]);
  assert.match(lines[0]?.["msg"] as string, /the test store refuses.* Try this: start the test store/);
});

for (const args of [["exec", "--nonsense"], ["nonsense"], ["proxy", "--port", "x"]]) {
  test(`so is wrong usage: ${args.join(" ")}`, async () => {
    const { code, lines } = await said(args);
    assert.is(code, 2);
    assert.equal([lines[0]?.["level"], lines[0]?.["code"]], ["error", "USAGE"]);
  });
}

test("the log's own lines stay as they are, among the others", async () => {
  const { lines } = await said(["headers", site.upstream.uri, "--log-level", "debug"]);
  assert.ok(lines.some(({ level, msg }) => level === "debug" && msg === "the configuration is valid"));
});

test("on stdout nothing changes", async () => {
  const plain = await ask(["validate"], {});
  const { stdout, stderr, code } = await ask(["validate"], json);
  assert.equal([stdout, stderr, code], [plain.stdout, "", 0]);
});

const silent: [args: string[], env: Record<string, string>][] = [
  [["--log-level", "silent"], {}],
  [[], { MLFLOW_AUTH_LOG: " Silent " }],
  [["--log-level", "silent"], json],
];
for (const [level, env] of silent) {
  test(`silent is silent: ${[...level, ...Object.keys(env)].join(" ")}`, async () => {
    const { code, stdout, stderr } = await ask(
      ["exec", ...level, "--", "sh", "-c", "echo out; echo err >&2; exit 7"],
      env,
    );
    assert.equal([code, stdout, stderr], [7, "out\n", "err\n"]);
    site.configure("version: 1\nplugins: [\n");
    const broken = await ask(["exec", ...level, "--", "true"], env);
    assert.equal([broken.code, broken.stdout, broken.stderr], [3, "", ""]);
  });
}

test("the option wins over the variable", async () => {
  const { stderr } = await ask(["exec", "--log-level", "warn", "--", "true"], { MLFLOW_AUTH_LOG: "silent" });
  assert.match(stderr, "mlflow-auth: using mlflow-auth.yaml");
});

test("wrong usage is told at any level, for nothing was read of it", async () => {
  const { code, stderr } = await ask(["exec", "--log-level", "silent", "--nonsense"], {});
  assert.is(code, 2);
  assert.match(stderr, "USAGE");
});

test.run();
