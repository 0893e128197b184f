import { existsSync, readdirSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createCommandSite } from "../../cli/test/command-plugin.ts";
import { createSite, type Site } from "../../cli/test/project.ts";
import { everyCommand } from "./every-command.ts";
import { type End, frame, runLine } from "./line.ts";

const test = suite("output that nobody takes", { timeout: 120 });

let site: Site;
test.before(async () => {
  site = await createSite();
});
test.after(() => site.stop());

const line = (text: string, env: Record<string, string> = {}): Promise<End> =>
  runLine(text.replaceAll("URI", site.upstream.uri), { cwd: site.project.folder, env });

/** Behind a line: where its output goes. The reader is gone before the first byte comes. */
const gonePipe = (stream: 1 | 2) => `${stream}> >(exec <&-; sleep 0.1)`;
const full = existsSync("/dev/full");
/** Exit codes where stdout alone is lost: those of the command itself, but for a result that is lost with a disk that is full. */
const ways: readonly (readonly [name: string, redirection: string, losesResult: boolean])[] = [
  ["stdout closed", ">&-", false],
  ["stderr closed", "2>&-", false],
  ["stdin, stdout and stderr closed", "<&- >&- 2>&-", false],
  ["a stdout whose reader has gone", gonePipe(1), false],
  ["a stderr whose reader has gone", gonePipe(2), false],
  ...(full
    ? ([
        ["a full disk behind stdout", ">/dev/full", true],
        ["a full disk behind stderr", "2>/dev/full", false],
      ] as const)
    : []),
];

for (const [way, redirection, losesResult] of ways) {
  test(`${way}: every command ends with its own code, and no stack`, async () => {
    const each = everyCommand().map(async ([name, { words, code }]) => {
      // The reader must be gone before: it takes the shell a moment.
      const end = await line(`{ sleep 0.05; mlflow-auth ${words}; } ${redirection}`);
      const printsResult = !["create-plugin", "exec", "init", "proxy"].includes(name);
      assert.is(end.code, losesResult && printsResult && code === 0 ? 2 : code, `${name}: ${end.stderr}`);
      assert.not.match(end.stderr, frame, name);
      if (losesResult && printsResult) {
        assert.match(end.stderr, /^USAGE: stdout can't be written \(ENOSPC\)\n {2}Try this: /, name);
      }
    });
    await Promise.all(each);
    assert.is((await line(`{ sleep 0.05; mlflow-auth no-such-command; } ${redirection}`)).code, 2);
    assert.is((await line(`{ sleep 0.05; mlflow-auth --config /nowhere validate; } ${redirection}`)).code, 3);
  });
}

test("what is read only in part is no fault, and a problem stays one", async () => {
  assert.equal((await line("mlflow-auth schema | head -c 1; echo $PIPESTATUS")).stdout, "{0\n");
  assert.equal((await line("mlflow-auth doctor | head -c 1 >/dev/null; echo $PIPESTATUS")).stdout, "1\n");
});

test("a disk that takes nothing: what would be written is told, and no part of it stays", async () => {
  const { folder } = site.project;
  for (const [words, file] of [
    [`init --yes --tracking-uri URI --plugin test --set test.file=x --config "$PROJECT/new.yaml"`, "new.yaml"],
    ["schema --write", ".mlflow-auth.schema.json"],
    ['proxy --port 0 --token-file "$PROJECT/token"', "token"],
  ] as const) {
    // The limit for a file's size stands in for the disk's: the system creates the file, and takes no byte.
    const { code, stderr } = await line(`ulimit -f 0; mlflow-auth ${words}`);
    assert.is(code, 2, stderr);
    assert.match(stderr, /^USAGE: .*can't be written \(EFBIG\)\n {2}Try this: /m);
    assert.not.match(stderr, frame);
    assert.equal(
      readdirSync(folder).filter((name) => name.startsWith(file)),
      [],
    );
  }
});

test("a proxy whose address nobody can know does not stay, and one with a token of its own serves on", async () => {
  const lost = await line(`{ sleep 0.05; mlflow-auth proxy --port 0; } ${gonePipe(1)}`);
  assert.is(lost.code, 1);
  assert.match(lost.stderr, /^PROXY_LISTEN: the address can't be printed: stdout can't be written \(EPIPE\)/m);
  const script = `{ sleep 0.05; exec "$NODE" "$MLFLOW_AUTH" proxy --port 0 --token-file "$PROJECT/token"; } ${gonePipe(1)} 2>"$PROJECT/log" &
    until grep -q "can't be printed" "$PROJECT/log" || ! kill -0 $!; do sleep 0.05; done
    kill -TERM $!; wait $!; echo "ended with $?"`;
  assert.match((await line(script)).stdout, /^ended with 0$/m);
});

test("a warning that can't be written ends no program: register and the library", async () => {
  site.configure(
    "version: 1\nservers:\n  - { uri: 'https://127.0.0.1:1', tls: { insecureSkipVerify: true } }\nplugins:\n  test: { file: FILE }\n",
  );
  const library = import.meta.resolve("@mlflow-auth/core");
  site.project.write(
    "warns.mjs",
    `import { loadMlflowAuth } from ${JSON.stringify(library)};
    await loadMlflowAuth();
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log("lived");`,
  );
  const later = `setTimeout(() => console.log("lived"), 50)`;
  for (const program of [`"$NODE" "$PROJECT/warns.mjs"`, `"$NODE" --import "$REGISTER" -e '${later}'`]) {
    assert.match((await line(program)).stderr, /is not verified/);
    for (const redirection of ["2>&-", gonePipe(2), ...(full ? ["2>/dev/full"] : [])]) {
      const { code, stdout } = await line(`{ sleep 0.05; ${program}; } ${redirection}`);
      assert.equal([code, stdout], [0, "lived\n"], redirection);
    }
  }
  site.configure();
});

test("a plugin's command that goes on after what it could not print ends with its own code", async () => {
  const own = await createCommandSite();
  own.command(`
    context.stderr.write("a line that nobody reads\\n");
    context.stdout.write("a line that nobody reads\\n");
    await new Promise((resolve) => setTimeout(resolve, 50));
    return 1;
  `);
  for (const [way, redirection] of ways) {
    const words = `{ sleep 0.05; mlflow-auth test; } ${redirection}`;
    const { code, stderr } = await runLine(words, { cwd: own.project.folder, env: {} });
    assert.is(code, 1, `${way}: ${stderr}`);
    assert.not.match(stderr, frame, way);
  }
  await own.stop();
});

test.run();
