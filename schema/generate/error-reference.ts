import { execExit, exit, exitCodeOf } from "../../cli/src/exit-codes.ts";
import { codes, type ErrorCode } from "../../core/src/errors/codes.ts";
import { type Explanation, type ExplanationGroup, explanations } from "./error-explanations.ts";

const exitMeanings: readonly (readonly [code: number | string, meaning: string])[] = [
  [exit.fine, "Everything is as it should be."],
  [exit.problem, "It ran, and found a problem."],
  [exit.usage, "The command was used wrongly, or Node is too old."],
  [exit.config, "The configuration, or a plugin's package, can't be used as it is."],
  [exit.backend, "Something else did not do its part: the secret store, the network, a plugin."],
  [
    execExit.failed,
    "`exec` alone: the program was not run, for a reason other than the command line or the configuration.",
  ],
  [execExit.notExecutable, "`exec` alone: the program can't be executed."],
  [execExit.notFound, "`exec` alone: the program is not found."],
  ["128 and more", "`exec` alone: a signal ended the program; 128 plus its number."],
];

const intro = `Every code that an error of mlflow-auth can carry. The command prints it first, as in
\`SECRET_DENIED: …\`, and a \`Try this:\` that fits the case; a log line has it as \`code\`; in code it is
\`error.code\`, beside \`message\`, \`remedy\` and, for the file, \`problems\`. A plugin of somebody else may use these codes or its own.

No message, remedy or cause ever holds a credential. By symptom instead of code: [troubleshooting](guides/troubleshooting.md).`;

/**
 * docs/errors.md: every error code and every exit code.
 *
 * @throws Error if a code is explained twice or not at all
 */
export function generateErrorReference(): string {
  checkComplete();
  return `${["# Error reference", intro, exitSection(), ...explanations.map(groupSection)].join("\n\n")}\n`;
}

function checkComplete(): void {
  const explained = explanations.flatMap((group) => Object.keys(group.codes));
  const missing = Object.keys(codes).filter((code) => !explained.includes(code));
  if (missing.length > 0)
    throw new Error(`schema/generate/error-explanations.ts does not explain ${missing.join(", ")}`);
  const twice = explained.filter((code, index) => explained.indexOf(code) !== index);
  if (twice.length > 0) throw new Error(`schema/generate/error-explanations.ts explains ${twice.join(", ")} twice`);
}

function exitSection(): string {
  const rows = exitMeanings.map(([code, meaning]) => `| ${code} | ${meaning} |`);
  return [
    "## Exit codes",
    "A program that `exec` has started decides the exit code itself. `register` ends with 3 where the configuration can't be used.",
    ["| code | meaning |", "| --- | --- |", ...rows].join("\n"),
  ].join("\n\n");
}

function groupSection({ title, intro: opening, codes: group }: ExplanationGroup): string {
  const entries = Object.entries(group) as [ErrorCode, Explanation][];
  return [`## ${title}`, opening, ...entries.map(([code, explanation]) => entry(code, explanation))].join("\n\n");
}

function entry(code: ErrorCode, [cause, remedy]: Explanation): string {
  return [
    `### ${code}`,
    codes[code],
    `- **Usual cause:** ${cause}\n- **What to do:** ${remedy}\n- **Exit code:** ${exitCodeOf(code)}`,
  ].join("\n\n");
}
