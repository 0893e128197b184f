import { canary, revealedBy, testCommandContext } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run, runUntil } from "./command.js";
import { type CommandSite, createCommandSite } from "./command-plugin.js";

const test = suite("the command of a plugin");

let site: CommandSite;
test.beforeEach(async () => {
  site = await createCommandSite();
});
test.afterEach(() => site.stop());

const ask = (args: string[], env = {}) => runUntil(args, { cwd: site.project.folder, env });

test("it gets all that is behind its name, and writes to both streams", async () => {
  site.command(`context.stdout.write(JSON.stringify(args) + "\\n"); context.stderr.write(context.instance + "\\n");`);
  const { code, stdout, stderr } = await ask(["test", "register", "--config", "x", "--", "--help", ""]);
  assert.is(code, 0, stderr);
  assert.equal(JSON.parse(stdout), ["register", "--config", "x", "--", "--help", ""]);
  assert.is(stderr, "test\n");
});

test("its help is its own, by either way, and needs no file", async () => {
  site.project.write("mlflow-auth.yaml", "nonsense: [");
  site.command(`context.stdout.write("Usage: " + args.join()); return 0;`);
  for (const args of [
    ["test", "--help"],
    ["help", "test"],
  ]) {
    const { code, stdout, stderr } = await ask(args);
    assert.equal([code, stdout, stderr], [0, "Usage: --help", ""]);
  }
});

test("it is given the file: instances of its package with their options, and the servers", async () => {
  site.add("acme", "acme", { others: { "mlflow.request_header_provider": { other: "./command.js:createCommand" } } });
  site.configure(`version: 1
servers:
  - { uri: URI, auth: test, headers: [] }
  - { uri: https://other.example.com, auth: [], headers: [] }
plugins:
  test: { file: FILE, token: { env: MY_TOKEN } }
  more: { plugin: test, file: FILE, enabled: false }
  other: {}
`);
  site.command(`
    const { path, instances, servers, server } = await context.openFile();
    const [{ name, plugin, options }] = instances;
    const same = (await context.openFile()).instances === instances;
    const token = String(await options.token.read());
    context.stdout.write(JSON.stringify({ path, count: instances.length, name, plugin, file: options.file, token, servers, same, server: await server() }));
  `);
  const { code, stdout, stderr } = await ask(["test"], { MY_TOKEN: canary(), MLFLOW_TRACKING_URI: site.upstream.uri });
  assert.is(code, 0, stderr);
  const { path, ...rest } = JSON.parse(stdout);
  assert.is(path, `${site.project.folder}/mlflow-auth.yaml`);
  assert.equal(rest, {
    count: 1,
    name: "test",
    plugin: "test",
    file: site.project.options.file,
    token: "[secret]",
    servers: [site.upstream.uri, "https://other.example.com"],
    same: true,
    server: site.upstream.uri,
  });
});

test("which server is meant is decided as everywhere, with the same words", async () => {
  site.configure(
    "version: 1\nservers:\n  - { uri: URI, auth: test }\n  - { uri: https://b.example.com, auth: [] }\nplugins:\n  test: { file: FILE }\n",
  );
  site.command("context.stdout.write(await (await context.openFile()).server(args[0]));");
  const either = await ask(["test"]);
  assert.is(either.code, 2);
  assert.match(either.stderr, /^SERVER_AMBIGUOUS: .*\n {2}Try this: choose one with --server URI/);
  assert.is((await ask(["test", "https://b.example.com/"])).stdout, "https://b.example.com");
  assert.match(
    (await ask(["test", "https://c.example.com"])).stderr,
    /^USAGE: --server: https:\/\/c\.example\.com\/? belongs to no server/,
  );
});

test("it sends with the credential of the file, tries again, and is told of a rotation by none", async () => {
  site.project.setCredential("second");
  let tries = 0;
  site.upstream.answer = (_request, response, { headers }) => {
    if (headers.authorization !== "Bearer second") response.writeHead(401).end();
    else if (++tries < 3) response.writeHead(503).end();
    else response.end("registered");
  };
  site.command(`
    const { send, server } = await context.openFile();
    const url = (await server()) + "/api/v1/models/baseline";
    const { status, text } = await send({ url, method: "POST", body: "{}", headers: { Authorization: "Bearer mine" } });
    context.stdout.write(status + " " + text);
  `);
  const { code, stdout, stderr } = await ask(["test"]);
  assert.equal([code, stdout], [0, "200 registered"], stderr);
  assert.is(site.upstream.seen.length, 3);
  assert.is(site.upstream.seen[0]?.method, "POST");
});

test("a request that a server rejects goes out once more with what is fetched anew", async () => {
  site.upstream.answer = (_request, response, { headers }) => {
    site.project.setCredential("renewed");
    response.writeHead(headers.authorization === "Bearer renewed" ? 200 : 401).end();
  };
  site.command(
    `context.stdout.write(String((await (await context.openFile()).send({ url: "${site.upstream.uri}/x" })).status));`,
  );
  assert.is((await ask(["test"])).stdout, "200");
});

test("nothing is sent to a server that the file does not list, nor without a credential, nor after a redirect", async () => {
  site.command(`
    const { status } = await (await context.openFile()).send({ url: args[0] });
    context.stdout.write(String(status));
  `);
  const unlisted = await ask(["test", "http://127.0.0.1:1/x"]);
  assert.is(unlisted.code, 1);
  assert.match(unlisted.stderr, /^DESTINATION_UNLISTED: .*: nothing is sent there\n {2}Try this: /);
  const misleading = await ask(["test", `${site.upstream.uri}/a/..%2f../b`]);
  assert.match(misleading.stderr, /^PATH_MISLEADING/);
  site.project.setCredential("down");
  const bare = await ask(["test", site.upstream.uri]);
  assert.is(bare.code, 4);
  assert.match(bare.stderr, /SECRET_UNREACHABLE|AUTH_FAILED/);
  assert.is(site.upstream.seen.length, 0);
  site.project.setCredential("sesame");
  site.upstream.answer = (_request, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
  assert.is((await ask(["test", site.upstream.uri])).stdout, "302");
});

test("a server that can't be reached is told as such, with what to do", async () => {
  // No port that was free a moment ago: another program may have it by now.
  const uri = "http://127.0.0.1:1";
  site.configure(`version: 1\ntrackingUri: ${uri}\nplugins:\n  test: { file: FILE }\n`);
  site.command(`await (await context.openFile()).send({ url: "${uri}/x", tries: "once" });`);
  const { code, stderr } = await ask(["test"]);
  assert.is(code, 4);
  assert.match(
    stderr,
    /^SERVER_UNREACHABLE: .* can't be reached: nothing listens there \(ECONNREFUSED\)\n {2}Try this: check host and port/,
  );
});

test("its time-out is the request's own", async () => {
  site.upstream.answer = () => undefined;
  site.command(
    `await (await context.openFile()).send({ url: "${site.upstream.uri}/x", timeout: 100, tries: "once" });`,
  );
  assert.match((await ask(["test"])).stderr, /^SERVER_UNREACHABLE: .*no answer within 100 ms/);
});

const codes: readonly (readonly [what: string, body: string, code: number, said: RegExp])[] = [
  ["returns nothing", "", 0, /^$/],
  ["found a problem", "return 1;", 1, /^$/],
  [
    "was used wrongly",
    'throw context.error("USAGE", "no such word", { remedy: "test --help" });',
    2,
    /^USAGE: no such word\n {2}Try this: test --help\n$/,
  ],
  ["needs a file that is not there", "await context.openFile();", 3, /^CONFIG_NOT_FOUND/],
  [
    "meets a backend that fails",
    'throw context.refuse({ status: 503, origin: "https://b.example" });',
    4,
    /^SECRET_UNREACHABLE/,
  ],
  [
    "returns another number",
    "return 17;",
    4,
    /^PLUGIN_RESULT: the command test of mlflow-auth-plugin-test ended with 17\n {2}Try this: .*one of 0, 1, 2, 3, 4\n$/,
  ],
  ["returns a text", 'return "SECRET";', 4, /^PLUGIN_RESULT: .* ended with something of type string\n/],
];
for (const [what, body, expected, said] of codes) {
  test(`exit codes are those of every command: one that ${what} ends with ${expected}`, async () => {
    site.command(body);
    const { code, stderr } = await ask(["test"], expected === 3 ? { MLFLOW_AUTH_CONFIG: "nope.yaml" } : {});
    assert.is(code, expected, stderr);
    assert.match(stderr, said);
  });
}

test("a variable of the log that means nothing is refused before it runs, and its log is that of every command", async () => {
  site.command(`context.logger.info({}, "hello"); context.logger.warn({ code: "X" }, "careful");`);
  assert.is((await ask(["test"], { MLFLOW_AUTH_LOG: "loud" })).code, 2);
  assert.not.match((await ask(["test"])).stderr, "hello");
  assert.match((await ask(["--log-level", "info", "test"])).stderr, /hello[\s\S]*careful/);
});

test("--config in front of its name is the file that it opens", async () => {
  const file = site.project.write(
    "deploy/other.yaml",
    "version: 1\ntrackingUri: https://other.example.com\nauth: []\n",
  );
  site.command("context.stdout.write((await context.openFile()).servers.join());");
  assert.is((await ask(["--config", file, "test"])).stdout, "https://other.example.com");
});

test("credentials of the file are printed by none of its ways", async () => {
  const [token, own] = [canary(), `${canary()}-ü`];
  site.project.setCredential(token);
  site.configure("version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE, token: { env: MY_TOKEN } }\n");
  site.upstream.answer = (_request, response, { headers }) => response.end(`you sent ${headers.authorization}`);
  site.command(`
    const { send, instances } = await context.openFile();
    const { text, bytes } = await send({ url: "${site.upstream.uri}/echo" });
    const own = (await instances[0].options.token.read()).reveal();
    context.stdout.write(text + " and " + own + "\\n");
    console.log(text.slice("you sent Bearer ".length));
    process.stdout.write(bytes);
    process.stdout.write(Buffer.from(own));
    console.error({ text, own });
    context.logger.warn({}, text);
    throw context.error("PLUGIN_FAILED", "the server said: " + text);
  `);
  const { code, stdout, stderr } = await ask(["test"], { MY_TOKEN: own });
  assert.is(code, 4);
  assert.match(stdout, "you sent [secret] and [secret]\n[secret]\nyou sent [secret][secret]");
  assert.match(stderr, /you sent \[secret\][\s\S]*PLUGIN_FAILED: the server said: you sent \[secret\]/);
  for (const secret of [token, own]) assert.is(revealedBy(stdout + stderr, secret), undefined);
});

test("the token of a proxy around it is printed neither", async () => {
  site.command("console.log(context.env.MLFLOW_TRACKING_URI); console.error(process.env.MLFLOW_TRACKING_URI);");
  const { stdout, stderr } = await ask(["test"], { MLFLOW_TRACKING_URI: "http://127.0.0.1:1/0123456789abcdef-Token" });
  assert.equal([stdout, stderr], ["http://127.0.0.1:1/[token]\n", "http://127.0.0.1:1/[token]\n"]);
});

test("the context of the contract suite is like the one that a command gets", async () => {
  site.command(`
    const file = await context.openFile();
    context.stdout.write(JSON.stringify([Object.keys(context).sort(), Object.keys(file).sort(), Object.keys(context.stdout).sort()]));
  `);
  const {
    printed: _,
    logs: __,
    close: ___,
    ...tested
  } = testCommandContext({ file: { answer: () => ({ status: 200 }) } });
  const like = [tested, await tested.openFile(), tested.stdout].map((given) => Object.keys(given).sort());
  assert.equal(JSON.parse((await ask(["test"])).stdout), like);
});

test("colours are for a terminal", async () => {
  site.command("context.stdout.write(String(context.stdout.hasColours));");
  assert.is((await run(["test"], { cwd: site.project.folder, env: { FORCE_COLOR: "1" } })).stdout, "false");
});

test.run();
