import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import { until } from "@mlflow-auth/test/until";
import * as assert from "uvu/assert";
import { jwtOf, PATH, rejected, startProvider, testFolder } from "./start-provider.ts";

const test = suite("the command that prints a token");
const folder = testFolder();
test.after(() => folder.remove());

const read = (name: string) => {
  try {
    return readFileSync(join(folder.path, name), "utf8");
  } catch {
    return undefined;
  }
};

const cwd = folder.path;

test("is found on the PATH, and there in absolute folders alone: not where it runs", async () => {
  folder.script("get-my-token", "echo from-the-folder");
  mkdirSync(join(cwd, "bin"));
  for (const path of ["", ".", relative(process.cwd(), cwd), `:${PATH}`, `bin:./bin:${PATH}:`, undefined]) {
    const started = await startProvider({ command: ["get-my-token"], cwd }, { env: { PATH: path } });
    const fault = await started.fault();
    assert.equal(
      [fault.code, fault.message, fault.transient],
      ["SECRET_SOURCE", "the command get-my-token is not there", false],
    );
    assert.match(fault.remedy ?? "", /install it where PATH leads to/);
  }
  folder.script("bin/get-my-token", "echo from-bin");
  const env = { PATH: `${PATH}:${join(cwd, "bin")}` };
  assert.is(
    await (await startProvider({ command: ["get-my-token"], cwd }, { env })).headers(),
    "Authorization: Bearer from-bin",
  );
});

test("by a path it begins at its folder, in which it runs", async () => {
  folder.script("get-token", 'echo "$(basename "$PWD")-$1"');
  const started = await startProvider({ command: [`../${basename(cwd)}/get-token`, "a"], cwd });
  assert.is(await started.headers(), `Authorization: Bearer ${basename(cwd)}-a`);
});

test("gets its arguments as they are, for no shell reads them", async () => {
  folder.script("get-token", 'printf %s "$1$2" | tr -c "a-z\\n" _');
  const started = await startProvider({ command: ["./get-token", "$(touch made);`touch made`", "&&touch made"], cwd });
  assert.is(await started.headers(), "Authorization: Bearer __touch_made___touch_made___touch_made");
  assert.is(read("made"), undefined);
  const line = "echo a-b | tr a b";
  assert.is(await (await startProvider({ command: ["sh", "-c", line] })).headers(), "Authorization: Bearer b-b");
});

test("has the environment that the file was loaded with and no other, and no input", async () => {
  folder.script("get-token", 'cat; echo "$OWN-${HOME:-none}"');
  const started = await startProvider({ command: ["./get-token"], cwd }, { env: { OWN: "own" } });
  assert.is(await started.headers(), "Authorization: Bearer own-none");
});

test("that can't be run is told by why", async () => {
  chmodSync(folder.script("locked", "echo never"), 0o644);
  mkdirSync(join(cwd, "a-folder"));
  folder.script("bad-interpreter", "");
  folder.write("no-interpreter", "#!/nowhere/at/all\n");
  chmodSync(join(cwd, "no-interpreter"), 0o755);
  for (const [command, given, message, remedy] of [
    [
      "./locked",
      {},
      /^the command locked may not be run: .*\/locked is not executable$/,
      /^allow it: chmod \+x .*\/locked$/,
    ],
    ["./missing", {}, /^the command missing is not there$/, /begins at cwd/],
    ["./a-folder", {}, /^the command a-folder is not there$/, /install it/],
    ["sh", { cwd: join(cwd, "gone") }, /^the command sh can't be started in .*\/gone \(ENOENT\)$/, /^correct cwd/],
    ["./no-interpreter", {}, /can't be started in .* \(ENOENT\)$/, /behind #! in its first line/],
  ] as const) {
    const fault = await (await startProvider({ command: [command], cwd, ...given })).fault();
    assert.equal([fault.code, fault.transient, fault.plugin], ["SECRET_SOURCE", false, "token"]);
    assert.match(fault.message, message);
    assert.match(fault.remedy ?? "", remedy);
  }
});

test("is run once at a time, and once more for whoever asks after a rejection", async () => {
  folder.script(
    "slow",
    "echo begin >> order\nwhile [ ! -e go ]; do sleep 0.01; done\necho end >> order\necho token-$(grep -c begin order)",
  );
  const started = await startProvider({ command: ["./slow"], cwd });
  const first = Promise.all(Array.from({ length: 50 }, () => started.auth()));
  await until(() => read("order"));
  await started.provider.invalidate("unauthorized", rejected);
  const second = started.headers();
  // Long enough for a second one to begin beside the first, were it run.
  await new Promise((resolve) => setTimeout(resolve, 300));
  folder.write("go", "");
  assert.is(new Set(await first).size, 1);
  assert.is(await second, "Authorization: Bearer token-2");
  assert.is(read("order"), "begin\nend\nbegin\nend\n");
});

test("is run again ahead of its token's end, and nobody waits for it", async () => {
  const started = await startProvider({ command: ["./jwt"], cwd });
  const now = () => started.context.clock.wallTime() / 1000;
  const put = () => folder.script("jwt", `echo run >> runs\necho ${jwtOf({ exp: now() + 3_600 })}`);
  put();
  const first = await started.auth();
  await started.context.clock.advance(47 * 60_000);
  assert.is(started.provider.getAuth(rejected.request), first);
  assert.is(read("runs"), "run\n");
  await started.context.clock.advance(10 * 60_000);
  put();
  assert.is(started.provider.getAuth(rejected.request), first);
  await until(() => started.provider.getAuth(rejected.request) !== first);
  assert.is(read("runs"), "run\nrun\n");
});

test("that fails while its token is good does no harm until the token's end", async () => {
  const started = await startProvider({ command: ["./jwt"], cwd });
  const end = started.context.clock.wallTime() + 3_600_000;
  folder.script("jwt", `echo ${jwtOf({ exp: end / 1000 })}`);
  const first = await started.auth();
  folder.script("jwt", "echo x >> failures; echo 'no login' >&2; exit 1");
  await started.context.clock.advance(58 * 60_000);
  assert.is(started.provider.getAuth(rejected.request), first);
  await until(() => read("failures"));
  await started.context.clock.advance(119_000);
  assert.is(await started.auth(), first);
  await started.context.clock.advance(60_000);
  assert.match((await started.fault()).remedy ?? "", /it said “no login”$/);
});

test("its exit code, the signal that ended it, and that it printed nothing are each told", async () => {
  for (const [body, code, message] of [
    ["exit 7", "SECRET_UNREACHABLE", "the command failing failed (exit code 7)"],
    ["kill -TERM $$", "SECRET_UNREACHABLE", "the command failing was killed by SIGTERM"],
    ["echo ' '", "SECRET_FORMAT", "the command failing printed nothing"],
  ] as const) {
    folder.script("failing", body);
    const fault = await (await startProvider({ command: ["./failing", "an-argument"], cwd })).fault();
    assert.equal([fault.code, fault.message, fault.remedy], [code, message, "run it by hand to see why"]);
  }
});

test("that failed is run again once somebody asks later", async () => {
  folder.script("repaired", "exit 1");
  const started = await startProvider({ command: ["./repaired"], cwd });
  await started.fault();
  folder.script("repaired", "echo token");
  await started.context.clock.advance(60_000);
  assert.is(await started.headers(), "Authorization: Bearer token");
});

test("cloudflared's way of failing, with exit code 0 and a word on stderr, is understood", async () => {
  folder.script(
    "cloudflared",
    'echo "Unable to find token for provided application. Please run login command to generate token." >&2',
  );
  const fault = await (await startProvider({ command: ["./cloudflared"], cwd })).fault();
  assert.is(fault.message, "the command cloudflared printed nothing");
  assert.match(fault.remedy ?? "", /it said “Unable to find token for provided application\. Please run login command/);
});

test.run();
