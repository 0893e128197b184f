import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
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

/** By the comments in which the bundler names what it put together. */
const holdsUndici = (url: string) =>
  /\/undici\/lib\/dispatcher\/agent\.js/.test(readFileSync(fileURLToPath(url), "utf8"));

test("`--version` needs no more than the command line itself", () => {
  const loaded = loadedBy("--version").filter((url) => !/\/chunk-/.test(url));
  assert.equal(
    loaded.map((url) => url.replace(/.*\/cli\//, "").replace(/-[A-Z0-9]{8}\.js$/, "-….js")),
    ["bin/mlflow-auth.js", "bundle/start.js", "bundle/main-….js"],
  );
});

test("`validate` loads no HTTP client, no logger, no compiler of schemas and nothing of a plugin", () => {
  const loaded = loadedBy("validate");
  assert.ok(loaded.some((url) => /\/bundle\/validate-/.test(url)));
  for (const url of loaded) {
    assert.match(url, "/cli/");
    assert.not.match(url, /node_modules|\/ajv-/);
    assert.not.ok(holdsUndici(url), url);
    assert.not.match(url, "plugin-command");
  }
});

test("commands of plugins are looked for by an unknown first word and by the help alone", () => {
  const looks = (...args: string[]) => loadedBy(...args).some((url) => /\/plugin-command/.test(url));
  for (const args of [["--version"], ["validate"], ["validate", "--help"]])
    assert.is(looks(...args), false, args.join(" "));
  assert.is(looks("--help"), true);
});

test("of undici nothing is loaded but the parts that are used, and those once, with a plugin that comes with core too", () => {
  const loaded = loadedBy("headers", site.upstream.uri);
  assert.is(loaded.filter(holdsUndici).length, 1);
  const text = readFileSync(fileURLToPath(loaded.find(holdsUndici) as string), "utf8");
  for (const part of ["interceptor", "mock", "cache", "web/fetch/index.js", "web/websocket", "lib/global.js"]) {
    assert.not.ok(text.includes(`undici/lib/${part}`), part);
  }
  assert.not.ok(
    loaded.some((url) => url.includes("/undici/")),
    "the package itself",
  );
});

test("the bundle imports none of Node's modules, which would load all that hides behind their exports", () => {
  const bundle = join(dirname(builtCommand), "../bundle");
  const scripts = readdirSync(bundle).filter((name) => name.endsWith(".js"));
  const importing = scripts.filter((name) => /^import .*"node:/m.test(readFileSync(join(bundle, name), "utf8")));
  assert.equal(importing, []);
  assert.ok(scripts.length > 10);
});

test("the dispatcher of every program's fetch is left alone by a command", () => {
  const symbols = ["undici.globalDispatcher.1", "undici.globalDispatcher.2"];
  const look = `process.on("exit", () => process.stderr.write("set: " + ${JSON.stringify(symbols)}.filter((name) => globalThis[Symbol.for(name)])))`;
  const options = { cwd: site.project.folder, encoding: "utf8" } as const;
  const spying = `data:text/javascript,${encodeURIComponent(look)}`;
  const command = [builtCommand, "headers", site.upstream.uri];
  const { stderr } = spawnSync(process.execPath, ["--import", spying, ...command], options);
  assert.match(stderr, /set: $/);
});

test("`headers` shows that what is loaded is seen", () => {
  const loaded = loadedBy("headers", site.upstream.uri);
  assert.ok(loaded.some(holdsUndici));
  assert.ok(loaded.some((url) => url.includes(site.project.folder)));
});

test.run();
