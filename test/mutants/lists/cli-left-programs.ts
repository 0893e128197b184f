/** Faults in what exec says of programs that it leaves in the background. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "cli/src/left-programs.ts",
    ["cli/left-programs"],
    [
      [") !== user) continue;", ") === -1) continue;", "the environments of other users' programs are read"],
      [' || words[0] === "Z"', "", "what has ended is said to run"],
      ["(isCountedAnew ? 1 : self.pid)", "1", "every program of the user is looked into, which takes its time"],
      ["(isCountedAnew ? 1 : self.pid)", "self.pid", "once numbers are given anew, nobody is named"],
      [
        "?.startedAt ?? 0) < self.startedAt",
        "?.startedAt ?? 0) < 0",
        "an older program is looked into, which may hang",
      ],
      [
        " || (beginning.length === USUAL.length && readFileSync(path).includes(token))",
        "",
        "a long environment is read in part",
      ],
      ["name: printable(program)", "name: program", "a program's name moves the cursor"],
      ["now?.startedAt === startedAt", "now !== undefined", "another program of the same number is named"],
      ['platform === "linux" ? programAt', 'platform !== "linux" ? programAt', "nobody is named"],
    ],
  ),
  ...faultsIn(
    "cli/src/commands/exec.ts",
    ["cli/left-programs"],
    [["    await sayMore();\n", "", "a program that is left behind loses its server without a word"]],
  ),
  ...faultsIn(
    "cli/src/end-of-exec.ts",
    ["cli/end-of-exec"],
    [["if (programs.length > named.length)", "if (programs.length < 0)", "of many programs only five are known"]],
  ),
];
