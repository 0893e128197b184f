import { spawnSync } from "node:child_process";
import { chmodSync, globSync, lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createSite, type Site } from "../../cli/test/project.ts";
import { everyCommand } from "./every-command.ts";
import { frame, inGoneFolder, runLine } from "./line.ts";
import { command } from "./ways.ts";

const test = suite("a working directory or a home folder that is not there", { timeout: 120 });

/** No account needs to have this number. */
const NOBODY = 54_321;

let site: Site;
test.before(async () => {
  site = await createSite();
});
test.after(() => site.stop());

const line = (text: string, options: { env?: Record<string, string>; user?: number } = {}) =>
  runLine(text.replaceAll("URI", site.upstream.uri), { cwd: site.project.folder, ...options });

for (const [name, { words, code, searches }] of everyCommand()) {
  test(`${name}: a folder that was removed is told, and does no harm where the file is named by its absolute path`, async () => {
    const lost = await line(`${inGoneFolder} mlflow-auth ${words}`);
    assert.not.match(lost.stdout + lost.stderr, frame);
    assert.is(lost.code, searches ? 2 : code, lost.stderr);
    if (searches) {
      assert.match(
        lost.stderr,
        /^USAGE: the working directory does not exist any more.*\n {2}Try this: change to a folder/,
      );
    }
    const named = await line(`${inGoneFolder} mlflow-auth ${words}`, {
      env: { MLFLOW_AUTH_CONFIG: `${site.project.folder}/mlflow-auth.yaml` },
    });
    assert.not.match(named.stdout + named.stderr, frame);
    assert.is(named.code, code, named.stderr);
  });
}

test("--config names the file as the variable does, but a relative path leads nowhere", async () => {
  const absolute = await line(`${inGoneFolder} mlflow-auth validate --config "$PROJECT/mlflow-auth.yaml"`);
  assert.is(absolute.code, 0, absolute.stderr);
  assert.ok(absolute.stdout.includes(`${site.project.folder}/mlflow-auth.yaml`), "it is named by its whole path");
  assert.is((await line(`${inGoneFolder} mlflow-auth --config mlflow-auth.yaml validate`)).code, 2);
});

test("register: told with exit 3 before the program starts, or no harm", async () => {
  const program = `"$NODE" --import "$REGISTER" -e 'console.log("started")'`;
  const lost = await line(`${inGoneFolder} ${program}`);
  assert.equal([lost.code, lost.stdout], [3, ""]);
  assert.match(lost.stderr, /^USAGE: the working directory does not exist any more/);
  const named = await line(`${inGoneFolder} ${program}`, {
    env: { MLFLOW_AUTH_CONFIG: `${site.project.folder}/mlflow-auth.yaml` },
  });
  assert.equal([named.code, named.stdout], [0, "started\n"], named.stderr);
});

test("the library: an error with a code, and no harm with a file by its absolute path or with `cwd`", async () => {
  const library = import.meta.resolve("@mlflow-auth/core");
  site.project.write(
    "library.mjs",
    `import { loadMlflowAuth } from ${JSON.stringify(library)};
    const config = { version: 1, trackingUri: "http://127.0.0.1:1", auth: [] };
    const cwd = process.env.PROJECT;
    for (const options of [undefined, { config }, { config, cwd }, { cwd }, { configFile: cwd + "/mlflow-auth.yaml" }]) {
      await loadMlflowAuth(options).then((auth) => auth.close().then(() => console.log("fine")), (e) => console.log(e.code, e.remedy));
    }`,
  );
  const { code, stdout, stderr } = await line(`${inGoneFolder} "$NODE" "$PROJECT/library.mjs"`);
  assert.is(code, 0, stderr);
  assert.equal(
    stdout
      .trim()
      .split("\n")
      .map((told) => told.replace(/change to a folder that exists, or (give|name).*/, "$1")),
    ["USAGE name", "USAGE give", "fine", "fine", "fine"],
  );
});

test("neither a HOME that is gone nor a TMPDIR that is missing does any harm", async () => {
  for (const [name, { words, code }] of everyCommand()) {
    const env = { HOME: "/nowhere/at/all", TMPDIR: "/nowhere/tmp" };
    const end = await line(`mlflow-auth ${words}`, { env });
    assert.is(end.code, code, `${name}: ${end.stderr}`);
    assert.not.match(end.stderr, frame);
  }
});

/** Lets everybody read the project. */
function open(): void {
  const { folder } = site.project;
  for (const name of [".", ...globSync("**/*", { cwd: folder })]) {
    const file = join(folder, name);
    chmodSync(file, lstatSync(file).isDirectory() ? 0o755 : 0o644);
  }
}

/** A checkout in root's own home is nobody else's to run. */
const reachable = spawnSync("test", ["-r", command], { uid: NOBODY, gid: NOBODY }).status === 0;

if (process.getuid?.() === 0 && !reachable) {
  console.log("left out: another user can't reach this checkout, so none can run the command from it");
}

test("a user without an account and without HOME, as containers have, is served", { user: "root" }, async () => {
  if (!reachable) return;
  open();
  for (const [name, { words, code }] of everyCommand()) {
    const end = await line(`mlflow-auth ${words}`, { user: NOBODY });
    assert.is(end.code, code, `${name}: ${end.stderr}`);
    assert.not.match(end.stderr, frame);
  }
  const program = await line(`"$NODE" --import "$REGISTER" -p 'process.env.HOME'`, { user: NOBODY });
  assert.equal([program.code, program.stdout], [0, "undefined\n"], program.stderr);
});

test("a working directory that may not be read is told, and no stack", { user: "root" }, async () => {
  if (!reachable) return;
  open();
  mkdirSync(`${site.project.folder}/closed`, { mode: 0o700 });
  for (const [name, { words, code, searches }] of everyCommand()) {
    // Whoever gives up rights keeps the folder: sudo does, and a container whose volume belongs to another.
    const end = await line(
      `cd "$PROJECT/closed" && setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups "$NODE" "$MLFLOW_AUTH" ${words}`,
      { env: { HOME: "/" } },
    );
    assert.not.match(end.stdout + end.stderr, frame, name);
    // `plugins` and `schema` say what is installed whatever the file is like.
    if (["plugins", "schema"].includes(name) || !searches) assert.is(end.code, code, name);
    else assert.match(end.stdout + end.stderr, /can't be (read|written) \(EACCES\)/, name);
  }
});

test.run();
