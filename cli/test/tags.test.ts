import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { installTagger } from "../../core/test/library/tag-plugin.js";
import { run, runUntil } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("tags");

const told = { "run.experiment": "undefined", "run.name": "undefined" };
const toldBy = { "run.experiment": "tagger", "run.name": "tagger" };

let site: Site;
let plugins: string;
test.beforeEach(async () => {
  site = await createSite();
  installTagger(site.project);
  plugins = `plugins:\n  test: { file: FILE }\n  tagger: { file: ${site.project.write("tags.json", '{"team":"a"}')} }\n`;
  site.configure(`version: 1\ntrackingUri: URI\n${plugins}`);
});
test.afterEach(() => site.stop());

const tags = (...args: string[]) => run(["tags", ...args], { cwd: site.project.folder });

test("as JSON, of a server or of the only one", async () => {
  for (const url of [[], [site.upstream.uri], [`${site.upstream.uri}/api/2.0/mlflow/runs/create`]]) {
    const { code, stdout, stderr } = await tags(...url, "--json");
    assert.equal([code, stderr], [0, ""]);
    assert.equal(JSON.parse(stdout), { tags: { team: "a", ...told }, sources: { team: "tagger", ...toldBy } });
  }
  assert.is(site.upstream.seen.length, 0, "the server is not asked");
});

test("for people, without moving their cursor", async () => {
  site.project.write("tags.json", '{"team":"a\\u001b[2J\\u009b\\n"}');
  const { code, stdout } = await tags();
  assert.is(code, 0);
  assert.ok(
    stdout.startsWith(`every run created on ${site.upstream.uri} gets\n  team: a\\x1b[2J\\x9b\\x0a   from tagger\n`),
    stdout,
  );
});

test("a server without any", async () => {
  site.configure(`version: 1\ntrackingUri: URI\ntags: []\n${plugins}`);
  assert.equal(JSON.parse((await tags("--json")).stdout), { tags: {}, sources: {} });
  assert.match((await tags()).stdout, /\n {2}no tag\n$/);
});

test("of several servers one has to be named, or that of MLFLOW_TRACKING_URI counts", async () => {
  site.configure(
    `version: 1\nservers:\n  - { uri: URI, tags: [] }\n  - { uri: "https://other.example.com" }\n${plugins}`,
  );
  const { code, stderr } = await tags();
  assert.is(code, 2);
  assert.match(stderr, /^SERVER_AMBIGUOUS: .*Try this: name one as in `mlflow-auth tags URL`/s);
  const env = { MLFLOW_TRACKING_URI: "https://other.example.com" };
  const { stdout } = await run(["tags", "--json"], { cwd: site.project.folder, env });
  assert.is(JSON.parse(stdout).tags.team, "a");
});

test("a URL that is not listed", async () => {
  const { code, stdout, stderr } = await tags("https://other.example.com/x?token=canary");
  assert.equal([code, stdout], [1, ""]);
  assert.match(
    stderr,
    /^DESTINATION_UNLISTED: https:\/\/other\.example\.com\/x belongs to no server of the file: its runs/,
  );
  assert.not.match(stderr, "canary");
});

test("a provider that fails, or gives what MLflow does not take", async () => {
  site.project.write("tags.json", "down");
  const down = await tags();
  assert.equal([down.code, down.stdout], [4, ""]);
  assert.match(
    down.stderr,
    /^SECRET_UNREACHABLE: no run is created on .*: the directory is down\n {2}Try this: start it, or set/,
  );
  site.project.write("tags.json", '{"a=b":"1"}');
  const invalid = await tags("--json");
  assert.equal([invalid.code, invalid.stderr], [4, ""]);
  const { error } = JSON.parse(invalid.stdout);
  assert.is(error.code, "TAG_INVALID");
  assert.match(error.message, /tagger gave a run tag whose key holds another character/);
});

test("a plugin that hangs, with a timer of its own, does not keep the command from its end", async () => {
  const hung = site.project.write("tags.json", "hang");
  const configure = (rest: string) =>
    site.configure(
      `version: 1\ntrackingUri: URI\nplugins:\n  test: { file: FILE }\n  tagger: { file: ${hung}, timeout: 100ms${rest} }\n`,
    );
  configure(", optional: true");
  const optional = await runUntil(["tags", "--json"], { cwd: site.project.folder });
  assert.equal([optional.code, optional.signal], [0, null], optional.stderr);
  assert.equal(JSON.parse(optional.stdout), { tags: {}, sources: {} });
  configure("");
  const needed = await runUntil(["tags"], { cwd: site.project.folder });
  assert.equal([needed.code, needed.signal], [4, null], needed.stderr);
  assert.match(needed.stderr, /^PLUGIN_TIMEOUT: /);
});

test("an invalid file", async () => {
  site.configure("version: 2\n");
  const { code, stderr } = await tags();
  assert.is(code, 3);
  assert.match(stderr, /^mlflow-auth\.yaml:1:/);
});

test("--log-level debug tells which file and plugins are used", async () => {
  const { stderr } = await tags("--log-level", "debug");
  assert.match(stderr, /mlflow-auth\.yaml/);
  assert.match(stderr, /tagger/);
});

test.run();
