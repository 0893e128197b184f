import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { leftPrograms, stillRunning } from "../src/left-programs.js";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";

const test = suite("programs that exec leaves in the background");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

/** A folder as /proc is, with these processes; `self` is the one that looks. */
function procWith(processes: Record<string, { stat: string; environ?: string }>, last = 999): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "mlflow-auth-proc-"));
  for (const [pid, { stat, environ }] of Object.entries(processes)) {
    mkdirSync(join(folder, pid));
    writeFileSync(join(folder, pid, "stat"), stat);
    if (environ !== undefined) writeFileSync(join(folder, pid, "environ"), environ);
  }
  writeFileSync(join(folder, "loadavg"), `0.10 0.20 0.30 1/500 ${last}\n`);
  return folder;
}

const stat = (pid: number, name: string, startedAt: number, state = "S") =>
  `${pid} (${name}) ${state} ${"0 ".repeat(18)}${startedAt} 0 0\n`;
const self = { stat: stat(100, "node", 5000) };
const environ = "HOME=/\0MLFLOW_TRACKING_URI=http://127.0.0.1:1/the-token\0";

const found = (processes: Parameters<typeof procWith>[0], last?: number) => {
  const folder = procWith({ self, "100": { ...self, environ }, ...processes }, last);
  try {
    return leftPrograms("the-token", { folder, platform: "linux" });
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test("are those that have the token in their environment, by number and name", () => {
  const left = found({
    "101": { stat: stat(101, "python", 6000), environ },
    "102": { stat: stat(102, "bash", 6000), environ: "HOME=/\0" },
    "103": { stat: stat(103, "hidden", 6000) },
  });
  assert.equal(left, [{ pid: 101, name: "python", startedAt: 6000 }]);
});

test("a name that a program gave itself is shown as text, whatever is in it", () => {
  const [left] = found({ "101": { stat: stat(101, "a) R (\u001b[2J\nb", 6000), environ } });
  assert.is(left?.name, "a) R (\\u001b[2J\\u000ab");
});

test("an environment that is longer than most is read to its end", () => {
  const long = `LONG=${"x".repeat(80_000)}\0${environ}`;
  assert.is(found({ "101": { stat: stat(101, "python", 6000), environ: long } }).length, 1);
});

test("one that has ended is none, though its parent has not asked yet", () => {
  assert.equal(found({ "101": { stat: stat(101, "python", 6000, "Z"), environ } }), []);
});

test("older ones are not looked into, unless numbers are given anew from the beginning", () => {
  const processes = {
    "20": { stat: stat(20, "python", 6000), environ },
    "21": { stat: stat(21, "sh", 4000), environ },
  };
  assert.equal(found(processes), []);
  assert.equal(
    found(processes, 30).map(({ pid }) => pid),
    [20],
  );
});

test("elsewhere than on Linux, and where there is no /proc, there are none", () => {
  assert.equal(leftPrograms("the-token", { platform: "darwin" }), []);
  assert.equal(leftPrograms("the-token", { folder: "/nowhere", platform: "linux" }), []);
});

test("what has ended since is none, and one of the same number that was started later is another", () => {
  const folder = procWith({ "101": { stat: stat(101, "python", 7000) }, "102": { stat: stat(102, "sleep", 6000) } });
  const before = [101, 102, 103].map((pid) => ({ pid, name: "sh", startedAt: 6000 }));
  assert.equal(stillRunning(before, { folder }), [{ pid: 102, name: "sleep", startedAt: 6000 }]);
  rmSync(folder, { recursive: true });
});

test("those of other users are not looked into", { user: "root" }, async () => {
  const folder = procWith({ self, "101": { stat: stat(101, "python", 6000), environ } });
  const { chownSync } = await import("node:fs");
  chownSync(join(folder, "101"), 65534, 65534);
  assert.equal(leftPrograms("the-token", { folder, platform: "linux" }), []);
  rmSync(folder, { recursive: true });
});

if (process.platform === "linux") {
  /** Starts a `sleep` in the background of a shell, and waits until it is one. */
  const sleep = (how = "", seconds = "300") =>
    `${how} sleep ${seconds} >/dev/null 2>&1 & until [ "$(cat /proc/$!/comm)" = sleep ]; do :; done`;

  /** Runs a shell script under exec that leaves a `sleep` behind and prints its number, with an argument that nobody shall see. */
  async function leave(script: string, env: Record<string, string> = {}, options: readonly string[] = []) {
    const left = `${script}\necho $!; exit 7`;
    const ended = await run(["exec", ...options, "--", "sh", "-c", left], { cwd: site.project.folder, env });
    const pid = Number(ended.stdout.trim());
    process.kill(pid, "SIGKILL");
    assert.is(ended.code, 7);
    return { ...ended, pid };
  }

  test("names what is left, without its arguments, and ends as the program did", async () => {
    const { stderr, pid } = await leave(sleep("", "300.5"));
    assert.match(stderr, `left in the background, with no way to ${site.upstream.uri} from here on: ${pid} (sleep)\n`);
    assert.match(stderr, "Try this: let the program behind `exec --` wait for it, or start it by an exec of its own\n");
    assert.not.match(stderr, "300.5");
  });

  test("finds one that has a session of its own and hears no hangup", async () => {
    const { stderr, pid } = await leave(sleep("nohup setsid"));
    assert.match(stderr, `${pid} (sleep)`);
  });

  test("as JSON it is one line, and at the level silent none", async () => {
    const json = await leave(sleep(), { MLFLOW_AUTH_LOG_FORMAT: "json" });
    const lines = json.stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).msg as string);
    assert.match(lines.at(-1) ?? "", new RegExp(`^left in the background.* ${json.pid} \\(sleep\\) Try this: let`));
    const silent = await leave(sleep(), {}, ["--log-level", "silent"]);
    assert.is(silent.stderr, "");
  });

  test("says nothing of what the program waited for", async () => {
    const script = "sleep 0.05 & wait; exit 3";
    const { code, stderr } = await run(["exec", "--", "sh", "-c", script], { cwd: site.project.folder });
    assert.is(code, 3);
    assert.not.match(stderr, "left in the background");
  });

  test("within another exec that serves both, the outer one alone names it", async () => {
    const { builtCommand } = await import("@mlflow-auth/test/built-command");
    const { stderr, pid } = await leave(`"$NODE" "$BUILT" exec -- sh -c '${sleep()}; echo $!'`, {
      NODE: process.execPath,
      BUILT: builtCommand,
    });
    assert.is(stderr.split("left in the background").length, 2, stderr);
    assert.match(stderr, `${pid} (sleep)`);
  });
}

test.run();
