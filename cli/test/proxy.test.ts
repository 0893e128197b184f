import { chmodSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Run, run, start } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("proxy");

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1"));

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const options = () => ({ cwd: site.project.folder });

/** Starts it on any free port, lets `use` work with it and stops it. */
async function serving(args: string[], use: (url: string) => Promise<void>): Promise<Run> {
  const running = start(["proxy", "--port", "0", ...args], options());
  try {
    await use(await running.firstLine());
  } finally {
    running.child.kill("SIGTERM");
    await running.end;
  }
  return await running.end;
}

test("the first line on stdout is the address, and nothing else; SIGTERM ends it well", async () => {
  let url = "";
  const { code, stdout, stderr } = await serving([], async (given) => {
    url = given;
    const answer = await fetch(`${url}/api/x`);
    assert.is(await answer.text(), "fine");
  });
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
  assert.is(stdout, `${url}\n`);
  assert.is(code, 0);
  assert.match(stderr, /^mlflow-auth: using mlflow-auth\.yaml for http/);
  assert.not(stderr.includes(new URL(url).pathname.slice(1)));
  assert.is(site.upstream.seen[0]?.headers.authorization, "Bearer sesame");
});

test("SIGINT ends it well, too", async () => {
  const running = start(["proxy", "--port", "0"], options());
  await running.firstLine();
  running.child.kill("SIGINT");
  assert.is((await running.end).code, 0);
});

test("a stop lets the request under way finish", async () => {
  let finish = () => {};
  site.upstream.answer = (_req, res) => {
    res.write("begun ");
    finish = () => void res.end("and done");
  };
  const running = start(["proxy", "--port", "0"], options());
  const answer = await fetch(`${await running.firstLine()}/x`);
  running.child.kill("SIGTERM");
  finish();
  assert.is(await answer.text(), "begun and done");
  assert.is((await running.end).code, 0);
});

test("a token file is made once, for its owner alone, and keeps the address", async () => {
  const file = `${site.project.folder}/token`;
  const paths: string[] = [];
  for (let i = 0; i < 2; i++) {
    await serving(["--token-file", file], async (url) => {
      paths.push(new URL(url).pathname);
      assert.is((await fetch(`${url}/x`)).status, 200);
    });
  }
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.equal(paths, [`/${readFileSync(file, "utf8").trim()}`, paths[0]]);
});

const badFiles: Record<string, [prepare: (file: string) => void, said: RegExp]> = {
  "that others may read": [
    (file) => write(file, "a".repeat(32), 0o644),
    /can be read or changed by others\n {2}Try this: chmod 600 /,
  ],
  "that the group may change": [(file) => write(file, "a".repeat(32), 0o660), /can be read or changed by others/],
  "that is empty": [(file) => write(file, "", 0o600), /holds no token/],
  "with a short one": [(file) => write(file, "canary", 0o600), /holds no token/],
  "with a slash": [(file) => write(file, `canary/${"a".repeat(32)}`, 0o600), /holds no token/],
  "that is too long": [(file) => write(file, "a".repeat(2000), 0o600), /holds no token/],
  "that is a folder": [(file) => mkdirSync(file), /not a regular file|can't be opened/],
};

function write(file: string, text: string, mode: number): void {
  site.project.write(file.slice(site.project.folder.length + 1), text);
  chmodSync(file, mode);
}

for (const [name, [prepare, said]] of Object.entries(badFiles)) {
  test(`a token file ${name} is refused`, async () => {
    const file = `${site.project.folder}/token`;
    prepare(file);
    const { code, stderr } = await run(["proxy", "--port", "0", "--token-file", file], options());
    assert.is(code, 2);
    assert.match(stderr, /^USAGE: --token-file: /);
    assert.match(stderr, said);
    assert.not(stderr.includes("canary"));
  });
}

test("a token file in a folder that is not there is refused", async () => {
  const { code, stderr } = await run(["proxy", "--token-file", `${site.project.folder}/a/b`], options());
  assert.is(code, 2);
  assert.match(stderr, /can't be opened \(ENOENT\)/);
});

test("without a token it says what that means", async () => {
  const { stderr } = await serving(["--no-token"], async (url) => {
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.is((await fetch(`${url}/api/x`)).status, 200);
    assert.is(site.upstream.seen[0]?.url, "/api/x");
  });
  assert.match(stderr, /whoever reaches this port uses your credentials/);
});

test("without a token beyond loopback only where one says that the network is private", async () => {
  const { code, stderr } = await run(["proxy", "--port", "0", "--no-token", "--host", "0.0.0.0"], options());
  assert.is(code, 2);
  assert.match(stderr, /^USAGE: --no-token on 0\.0\.0\.0 .*\n {2}Try this: .*--private-network/);
  await serving(["--no-token", "--host", "0.0.0.0", "--private-network"], async (url) => {
    assert.is((await fetch(`${url.replace("0.0.0.0", "127.0.0.1")}/x`)).status, 200);
  });
});

test("a token that leaves the machine is warned about, and on IPv6's loopback it does not", async () => {
  const isWarned = async (host: string) => {
    const { stderr } = await serving(["--host", host], async (url) => assert.match(url, /^http:/));
    return /the token in it travels over the network in clear text/.test(stderr);
  };
  assert.is(await isWarned("0.0.0.0"), true);
  for (const host of ["127.0.0.1", ...(hasIpv6 ? ["::1"] : [])]) assert.is(await isWarned(host), false, host);
});

/** A file with a second server, whose upstream is the same. */
function listAnother(): void {
  const { port } = new URL(site.upstream.uri);
  site.configure(`version: 1
servers:
  - uri: URI
  - uri: http://localhost:${port}/second
  - uri: http://*.localhost:${port}
    allowInsecure: true
plugins: { test: { file: FILE } }
`);
}

test("with several servers stdout still holds one address, and stderr says how a browser gets to the others", async () => {
  listAnother();
  const { code, stdout, stderr } = await serving(["--server", site.upstream.uri], async () => undefined);
  assert.is(code, 0);
  assert.match(stdout, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\n$/);
  assert.match(
    stderr,
    /a browser gets to the other servers of the file by addresses of their own, which --json prints/,
  );
});

for (const [name, args, token] of [
  ["tokens of their own", [], "[\\w-]{43}"],
  ["a token file for the first alone", ["--token-file", "token"], "[\\w-]{43}"],
  ["no token", ["--no-token"], ""],
] as const) {
  test(`--json prints the addresses of all servers that can be named, with ${name}; a stop ends them all well`, async () => {
    listAnother();
    const running = start(["proxy", "--port", "0", "--json", "--server", site.upstream.uri, ...args], options());
    const { url, server, browsable } = JSON.parse(await running.firstLine());
    assert.is(server, site.upstream.uri);
    assert.equal(
      browsable.map(({ server }: { server: string }) => server),
      [`http://localhost:${new URL(server).port}/second`],
    );
    const second = browsable[0].url;
    const form = new RegExp(`^http://127\\.0\\.0\\.1:\\d+${token === "" ? "" : "/"}${token}$`);
    for (const one of [url, second]) assert.match(one, form);
    assert.is.not(new URL(url).port, new URL(second).port);
    if (token !== "") assert.is.not(new URL(url).pathname, new URL(second).pathname);

    let finish = () => {};
    site.upstream.answer = (req, res) => {
      assert.is(req.url, "/second/x");
      res.write("begun ");
      finish = () => void res.end("and done");
    };
    const answer = await fetch(`${second}/x`);
    running.child.kill("SIGTERM");
    finish();
    assert.is(await answer.text(), "begun and done");
    const { code, stderr } = await running.end;
    assert.is(code, 0);
    if (token !== "") for (const one of [url, second]) assert.not(stderr.includes(new URL(one).pathname.slice(1)));
  });
}

test("a token and none at once make no sense", async () => {
  const { code } = await run(["proxy", "--no-token", "--token-file", "x"], options());
  assert.is(code, 2);
});

test("an address in use", async () => {
  const { port } = new URL(site.upstream.uri);
  const { code, stdout, stderr } = await run(["proxy", "--port", port], options());
  assert.is(code, 1);
  assert.is(stdout, "");
  assert.match(
    stderr,
    new RegExp(`^PROXY_LISTEN: can't listen on 127\\.0\\.0\\.1, port ${port}: another program.*\n {2}Try this: `),
  );
});

test.run();
