/** Faults in what doctor says. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // doctor
  ...faultsIn(
    "cli/src",
    ["cli/doctor-verdict", "cli/doctor", "cli/doctor-answers", "cli/doctor-patience"],
    [
      [
        "const faults = all.filter(({ finding }) => isBroken(finding));",
        "const faults = all.filter(({ finding }) => isBroken(finding)).reverse();",
        "the last fault is named, not the first",
      ],
      ['remedy === "" || remedy.length > LONGEST_REPEATED', 'remedy === ""', "a long remedy is said twice"],
      ['if (link === "request") return exit.problem;', "", "a server that refuses counts as one that can't be reached"],
      ['if (link === "file" || link === "plugins") return exit.config;', "", "a broken file counts as an outage"],
      [
        'Array.isArray(answer["experiments"]) || Object.keys(answer).length === 0',
        "true",
        "any JSON counts as MLflow's answer",
      ],
      [
        'if (authorized === undefined || "fault" in opened) {',
        'if ("fault" in opened) {',
        "doctor sends a request without its credential",
      ],
      ["if (!answered) return skipped(", "if (false) return skipped(", "a server that can't be reached is told twice"],
      [
        "wanted.length > 0 && scheme !== undefined && !wanted.includes(scheme)",
        "false",
        "nobody hears that the server wants Basic, and not Bearer",
      ],
      ["wanted.length > 0 && !isAuthorization", "false", "nobody hears that the server looks at another header"],
      ["if (isPermissionDenial(text)) {", "if (false) {", "a missing permission is told as a wrong credential"],
      [
        '.startsWith("mlflow-auth proxy: ")',
        '.startsWith("-")',
        "doctor takes a sidecar's question for its token for a missing permission",
      ],
      ["env[name] !== BRIDGE_PLUGIN", "true", "within exec, doctor advises to unset what Python finds the proxy by"],
      ["/^Invalid Host header/.test(text)", "false", "MLflow's guard of its host name is told as a wrong credential"],
      [
        "const base = await baseAbove(target.uri, agent, timeout);",
        "const base = undefined;",
        "nobody hears at which address MLflow is",
      ],
      [
        'url.startsWith("https:") && to.protocol === "http:"',
        "false",
        "doctor advises to write http where the credential would go in the clear",
      ],
      [
        "to.hostname === new URL(url).hostname ? write :",
        "true ? write :",
        "doctor advises to give the credential to whoever answers in the server's place",
      ],
      [
        "base.length > LONGEST_BASE || repeats(base, authorized)",
        "base.length > LONGEST_BASE",
        "a server that gives the credential back has it printed",
      ],
      ['replaceAll(/"[^"]*"/g, "")', 'replaceAll(/[^\\s\\S]/g, "")', "a realm that is called Basic counts as a scheme"],
      ["if (status === 404) return nothingThere(answer);", "", "a wrong base path is told as an unknown answer"],
      ["if (length > LONGEST) break;", "", "an answer without end keeps doctor from its own"],
      [
        "if (fixedForm && !takesOther) return",
        "if (false) return",
        "a plugin is told to have an option that it has not",
      ],
      ["&& isTlsAlert(thrown)", "", "whatever is no web server is told to speak TLS"],
      ["signal: AbortSignal.timeout(timeout),", "", "a server that hangs keeps doctor from its end"],
    ],
  ),
  ...faultsIn(
    "cli/src/doctor/request.ts",
    ["test/signatures"],
    [
      [
        "if (status !== 401 && status !== 403) return",
        "if (true) return",
        "what the plugin knows of a refusal is not told",
      ],
    ],
  ),
];
