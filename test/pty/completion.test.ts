import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { builtCommand } from "@mlflow-auth/test/built-command";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing } from "../servers/tools.ts";
import { CTRL_U, ENTER, inTerminal, type Step, TAB } from "./terminal.ts";

const noPython = await missing("python");
const noZsh = await missing("python", "zsh");
const noFish = await missing("python", "fish");

/** What is typed before TAB, and what stands in the line then. */
const cases: [typed: string, line: string][] = [
  ["mlflow-auth val", "mlflow-auth validate"],
  ["mlflow-auth --config x.yaml comp", "mlflow-auth --config x.yaml completion"],
  ["mlflow-auth proxy --pri", "mlflow-auth proxy --private-network"],
  ["mlflow-auth completion ba", "mlflow-auth completion bash"],
  ["mlflow-auth validate --log-level sil", "mlflow-auth validate --log-level silent"],
  ["mlflow-auth validate --config only-fi", "mlflow-auth validate --config only-file.yaml"],
  ["mlflow-auth exec -- mlflow-au", "mlflow-auth exec -- mlflow-auth"],
  // Of the test's own environment, so that no other variable fits.
  ["mlflow-auth exec --keep-env=ONLY_THI", "mlflow-auth exec --keep-env=ONLY_THIS"],
  ["mlflow-auth exec --keep-env cat only-fi", "mlflow-auth exec --keep-env cat only-file.yaml"],
  [
    "mlflow-auth exec --keep-env=ONLY_THIS -- cat only-fi",
    "mlflow-auth exec --keep-env=ONLY_THIS -- cat only-file.yaml",
  ],
  ["mlflow-auth exec -- cat only-fi", "mlflow-auth exec -- cat only-file.yaml"],
];

let folder: string;
const open = (test: ReturnType<typeof suite>) => {
  test.before(() => {
    folder = mkdtempSync(join(tmpdir(), "mlflow-auth-completion-"));
    symlinkSync(builtCommand, join(folder, "mlflow-auth"));
    writeFileSync(join(folder, "only-file.yaml"), "");
  });
  test.after(() => rmSync(folder, { recursive: true, force: true }));
};
const environment = () => ({
  PATH: [folder, dirname(process.execPath), process.env["PATH"]].join(":"),
  HOME: folder,
  ONLY_THIS: "x",
});

/** Types each case into a shell and presses TAB. */
async function type(command: string[], load: string): Promise<void> {
  // Another prompt, which is not on the screen while the line that sets it is typed.
  const steps: Step[] = [["ready>", `${load}; PS1=ne''xt'> '${ENTER}`]];
  for (const [index, [typed, line]] of cases.entries()) {
    steps.push([index === 0 ? "next>" : "", `${typed}${TAB}`], [line, CTRL_U]);
  }
  const { code } = await inTerminal({
    command,
    cwd: folder,
    env: { ...environment(), PS1: "ready> " },
    steps: [...steps, ["", `exit${ENTER}`]],
  });
  assert.is(code, 0);
}

const bash = suite("completion in bash", { missing: noPython });
open(bash);
bash("commands, options, choices and files are completed, and a program behind exec", () =>
  type(["bash", "--norc", "--noprofile", "-i"], 'eval "$(mlflow-auth completion bash)"'),
);
bash.run();

const zsh = suite("completion in zsh", { missing: noZsh });
open(zsh);
zsh("commands, options, choices and files are completed, and a program behind exec", () =>
  type(["zsh", "-f", "-i"], 'autoload -U compinit; compinit -u -D; eval "$(mlflow-auth completion zsh)"'),
);
zsh.run();

const fish = suite("completion in fish", { missing: noFish });
open(fish);
fish("commands, options, choices and files are completed, and a program behind exec", () => {
  for (const [typed, line] of cases) {
    const script = `mlflow-auth completion fish | source; complete -C "${typed}"`;
    const { stdout } = spawnSync("fish", ["--no-config", "-c", script], {
      cwd: folder,
      env: environment(),
      encoding: "utf8",
    });
    const offered = stdout.split("\n").map((offer) => offer.split("\t")[0]);
    assert.ok(offered.includes(line.split(" ").at(-1)), `${typed}: ${stdout}`);
  }
});
fish.run();
