/** What to know where an `exec` around this command does not do what the command is asked for. */
import type { Difference, OuterExec } from "../nested-exec.js";
import { keepOptions, takenOutIn } from "../taken-out.js";
import type { Diagnosis } from "./examination.js";
import type { Finding } from "./finding.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** The same diagnosis, with a warning at its first link, and with what to do where something is missing that was taken out. */
export function besideOther(found: Diagnosis, outer: OuterExec, differs: Difference, env: Environment): Diagnosis {
  const told = (findings: readonly Finding[]) => findings.map((finding) => withRemedy(finding, env));
  const [first, ...others] = told(found.common);
  const warning = words[differs](outer);
  const common = first === undefined ? [] : [{ ...first, warnings: [...first.warnings, warning] }, ...others];
  return { ...found, common, servers: found.servers.map(({ uri, findings }) => ({ uri, findings: told(findings) })) };
}

/** The file is not at fault. */
function withRemedy(finding: Finding, env: Environment): Finding {
  const { state, found, remedy = "", details = [] } = finding;
  const names = state === "broken" ? takenOutIn([found, remedy, ...details].join("\n"), env) : [];
  if (names.length === 0) return finding;
  return { ...finding, remedy: `run doctor outside of that exec, or give that one ${keepOptions(names)}` };
}

const BELOW = "what is said here is what an exec of their own would meet";

const words: Readonly<Record<Difference, (outer: OuterExec) => string>> = {
  server: ({ upstream }) =>
    `the exec around this command leads to ${upstream}, and MLFLOW_TRACKING_URI or MLFLOW_REGISTRY_URI was changed since: ${BELOW}; leave the variable as that exec set it to use its proxy`,
  meaning: () =>
    `the exec around this command goes by another file, or by other values of the variables that this file reads: programs here get that one's credentials, and ${BELOW}; start that one anew, or run doctor outside of it`,
  ended: () =>
    "the exec that this environment comes from does not run any more, and programs here reach nothing by its proxy: start them by an exec of their own, or leave this shell",
};
