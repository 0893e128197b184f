/** What users hear of a proxy that can't start: its own last words, and where the environment is too long for any program. */
import { randomBytes } from "node:crypto";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { missing } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { openScene, type Scene, type Seen } from "./shared-proxy-scene.js";

const test = suite("why a shared proxy does not start", { missing: await missing("mlflow") });
let scene: Scene;
test.beforeEach(async () => {
  scene = await openScene();
});

const failure = (env: Record<string, string>, program = "print(json.dumps(failure()))") =>
  scene.run<string>(program, { env });

/** Has programs start a file in the command's place. */
function startingFile(name: string, text: string, mode = 0o755): string {
  const path = join(scene.folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return `
launch = json.loads(os.environ["_MLFLOW_AUTH_LAUNCH"])
launch["argv"] = [${JSON.stringify(path)}]
os.environ["_MLFLOW_AUTH_LAUNCH"] = json.dumps(launch)
print(json.dumps(failure()))
`;
}

test("what it printed before it ended is told with what to do", async () => {
  const said = "mlflow-auth needs Node 22.19 or newer; this is Node 18.0.0.\n";
  assert.is(
    await failure({ FAKE_DOES: "end", FAKE_SAYS: said }),
    `mlflow-auth: its proxy ended as it started, so nothing is sent. It said:\n  ${said}  Try this: mlflow-auth doctor`,
  );
});

test("and where it was waited for in vain", async () => {
  const said = await failure(
    { FAKE_DOES: "hang", FAKE_SAYS: "still looking", FAKE_LINGERS: "60" },
    "import mlflow_auth_bridge.find; mlflow_auth_bridge.find.LONGEST_START = 1; print(json.dumps(failure()))",
  );
  assert.match(said, /has not been ready after 1 seconds, so nothing is sent\. It said:\n {2}still looking\n/);
});

test("no secret of the environment is told, nor what a terminal would follow", async () => {
  const [secret, part] = [crypto.randomUUID(), crypto.randomUUID()];
  const said = await failure({
    FAKE_DOES: "end",
    FAKE_SAYS: `\u001b[31mgot ${secret}${part}\u001b[0m and ${secret} at https://user:${part}@host/\r\n`,
    SOME_TOKEN: secret,
    VAULT_SECRET_ID: secret + part,
  });
  assert.match(said, "  [31mgot [VAULT_SECRET_ID][0m and [SOME_TOKEN] at https://[secret]@host/\n");
  assert.not(said.includes(secret) || said.includes(part));
});

test("nor one that is longer than what is told, in many lines, or one line of it", async () => {
  const random = (length: number) => randomBytes(length).toString("hex");
  const [long, key] = [random(1_000), Array.from({ length: 31 }, () => random(32)).join("\n")];
  const secrets = { VAULT_TOKEN: long, TLS_KEY: key };
  for (const [says, told] of [
    [`got ${long}.`, "got [VAULT_TOKEN]."],
    [`${"-".repeat(200)}${long}`, `${"-".repeat(200)}[VAULT_TOKEN]`],
    [key, "[TLS_KEY]"],
    [`in ${key.split("\n")[7]} it is`, "in [TLS_KEY] it is"],
    // Killed as it said so.
    [`got ${long.slice(0, 1_500)}`, "got [VAULT_TOKEN]"],
  ] as const) {
    const said = await failure({ FAKE_DOES: "end", FAKE_SAYS: says, ...secrets });
    assert.match(said, `It said:\n  ${told}\n`);
  }
});

test("however much it prints, it is neither held up nor told at length", async () => {
  const source = "x".repeat(100_000);
  const program = startingFile(
    "talker",
    `#!/bin/sh\nprintf '%s\\n' file:1 '${source}' SyntaxError >&2\nfor n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17; do echo "line $n" >&2; done\n`,
  );
  const said = await scene.run<string>(program);
  assert.match(
    said,
    /^mlflow-auth: its proxy ended as it started, .*It said:\n {2}file:1\n {2}x{240}\n {2}SyntaxError\n {2}line 1\n/,
  );
  assert.ok(said.length < 1_000);
  assert.not(said.includes("line 17"));
});

test("what the system says of a program that is none for it is told", async () => {
  assert.match(await scene.run<string>(startingFile("none", "", 0o644)), /It said:\n {2}.*[Pp]ermission denied/);
  assert.match(
    await scene.run<string>(startingFile("other", "#!/nowhere/interpreter\n")),
    /It said:\n {2}.*other: .*not found|No such file/,
  );
});

const big = (size: number) => `"x" * ${size}`;

test("one variable that is too long for a program is named, and not what it holds", async () => {
  if (process.platform !== "linux") return;
  const said = await scene.run<string>(`
os.environ["LONG_ONE"] = ${big(40 * 65_536)}
print(json.dumps(failure()))
`);
  assert.match(
    said,
    /^mlflow-auth: its proxy can't be started, so nothing is sent: the environment is too long for a program that is started: the system takes \d+ KiB in one variable at most\. The longest are LONG_ONE 2\.5 MiB, PRELUDE \d KiB, \w+ \d KiB\. Try this: unset what the program does not need, or keep it in a file$/,
  );
  assert.equal(scene.started(), []);
});

test("many that are too long together are told by their sum and the longest", async () => {
  const said = await scene.run<string>(`
for number in range(40): os.environ[f"PART_{number}"] = ${big(100_000)}
print(json.dumps(failure()))
`);
  assert.match(
    said,
    /: it has 3\.\d MiB, which is more than the system takes\. The longest are PART_\d+ 98 KiB, PART_/,
  );
});

test("an environment that is too long to be asked with is told the same way", async () => {
  const said = await scene.run<string>(`
get()
os.environ["LONG_ONE"] = ${big(5 * 1024 * 1024)}
print(json.dumps(failure()))
`);
  assert.match(said, /the environment is too long .* LONG_ONE 5\.0 MiB/);
  assert.is(scene.started().length, 1);
});

test("one that no program could be started with any more does to join, in any script", async () => {
  const seen = await scene.run<Seen[]>(
    `
first = told(child("print(json.dumps(get()))"))
for number in range(25): os.environ[f"PART_{number}"] = "ж" * 60_000
print(json.dumps([first, get()]))
`,
    { env: { FAKE_LINGERS: "20" } },
  );
  assert.is(seen[0]?.pid, seen[1]?.pid);
});

test.run();
