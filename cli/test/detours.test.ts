/** Commands that ask a server for whose requests a plugin has more than headers: it signs them, sends them elsewhere, or answers. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { detourModule, installAuthPlugin, signerModule } from "../../core/test/library/install-plugin.js";
import { runUntil } from "./command.js";
import { type CommandSite, createCommandSite } from "./command-plugin.js";

const test = suite("commands and plugins that sign, rewrite or answer");

let site: CommandSite;
test.beforeEach(async () => {
  site = await createCommandSite();
});
test.afterEach(() => site.stop());

const ask = (args: string[]) => runUntil(args, { cwd: site.project.folder, env: {} });

const SEARCH = "/api/2.0/mlflow/experiments/search";

/** One plugin that does more than give headers, and the command `test`, which sends to the paths that it is called with. */
function use(name: string, module: string, options: string) {
  installAuthPlugin(site.project, name, module);
  site.configure(
    `version: 1\ntrackingUri: URI\nauth: ${name}\nplugins:\n  ${name}: ${options}\n  test: { file: FILE }\n`,
  );
  site.command(`
    const { send } = await context.openFile();
    for (const path of args) {
      const { status, text } = await send({ url: "${site.upstream.uri}" + path, method: "POST", body: "small" });
      context.stdout.write(status + " " + text + "\\n");
    }`);
}

const received = () => site.upstream.seen.map(({ url, headers: { authorization } }) => [url, authorization]);

test("where a plugin rewrites and answers, a plugin's command is led and answered as every client is", async () => {
  use("detour", detourModule, "{ token: a-token }");
  const { code, stdout, stderr } = await ask(["test", SEARCH, "/mock"]);
  assert.equal([code, stdout], [0, "200 fine\n200 POST 5\n"], stderr);
  assert.equal(received(), [[`/inner${SEARCH}`, "Bearer a-token"]]);
});

test("where a plugin rewrites, doctor tries the address that clients are led to", async () => {
  use("detour", detourModule, "{ token: a-token }");
  const { stdout } = await ask(["doctor"]);
  assert.match(stdout, /secret +from detour, for the header Authorization/);
  assert.equal(received().at(-1), [`/inner${SEARCH}`, "Bearer a-token"]);
});

test("where a plugin signs, a plugin's command and doctor send signed requests, and headers says that it can't", async () => {
  use("signer", signerModule, "{ file: FILE }");
  assert.is((await ask(["test", SEARCH])).stdout, "200 fine\n");
  assert.match((await ask(["doctor"])).stdout, /secret +from signer, for a signature of each request/);
  const [posted, searched] = site.upstream.seen.filter(({ url }) => url === SEARCH);
  assert.match(posted?.headers["x-signature"] as string, /^[0-9a-f]{64}$/);
  assert.match(searched?.headers["x-signature"] as string, /^[0-9a-f]{64}$/);
  assert.match(
    (await ask(["headers", site.upstream.uri])).stdout,
    /a signature of its own with each request, by signer/,
  );
});

test.run();
