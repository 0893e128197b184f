import { spawnSync } from "node:child_process";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createSite, type Site } from "./project.js";

const test = suite("what a command loads");
let site: Site;

test.before(async () => {
  site = await createSite();
});
test.after(() => site.stop());

/** Tells on stderr what is loaded from now on. */
const spy = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from "node:module";
registerHooks({
  load(url, context, next) {
    if (url.startsWith("file:")) process.stderr.write("loaded " + url + "\\n");
    return next(url, context);
  },
});
`)}`;

function loadedBy(...args: string[]): string[] {
  const options = { cwd: site.project.folder, encoding: "utf8" } as const;
  const { status, stderr } = spawnSync(process.execPath, ["--import", spy, builtCommand, ...args], options);
  assert.is(status, 0, stderr);
  return [...stderr.matchAll(/^loaded (\S+)$/gm)].map(([, url]) => url as string);
}

test("`--version` needs no more than the command line itself", () => {
  const loaded = loadedBy("--version").filter((url) => !/\/chunk-/.test(url));
  assert.equal(
    loaded.map((url) => url.replace(/.*\/cli\//, "")),
    ["bin/mlflow-auth.js", "bundle/main.js"],
  );
});

test("`validate` loads no HTTP client, no logger, no compiler of schemas and nothing of a plugin", () => {
  const loaded = loadedBy("validate");
  assert.ok(loaded.some((url) => /\/bundle\/validate-/.test(url)));
  for (const url of loaded) {
    assert.match(url, "/cli/");
    assert.not.match(url, /node_modules|\/ajv-/);
  }
});

test("`headers` shows that what is loaded is seen", () => {
  const loaded = loadedBy("headers", site.upstream.uri);
  assert.ok(loaded.some((url) => url.includes("/undici/")));
  assert.ok(loaded.some((url) => url.includes(site.project.folder)));
});

test.run();
