/** Faults in what the environment amounts to where there is no file. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "core/src/without-file",
    ["core/switches", "core/environment-config"],
    [
      ["namesIn(text.toLowerCase()).includes(says.listed)", "false", "MLFLOW_SECRETS_AUTH_ENABLE is passed over"],
      ["/^(1|true|yes|on)$/i.test(", "/1|true|yes|on/i.test(", "`truely` switches a plugin on"],
      ["text.trim() === says.name", 'text.trim() !== ""', "somebody else's MLflow plugin switches ours on"],
      ["if (own.length > 0) {", "if (false) {", "MLFLOW_AUTH_PLUGINS does not stand for the other switches"],
      ["if (systems.size < 2) return on;", "return on;", "credentials of several systems go to one server"],
      [
        "({ onlyAdds }) => !onlyAdds),\n    ({ system })",
        "() => true),\n    ({ system })",
        "headers beside a credential are refused",
      ],
      [
        "if (unknown !== undefined) variables.add(unknown.variable);",
        "",
        "a misspelt store is no switch, and nobody hears of it",
      ],
      ['if (text.trim() === "") {', "if (false) {", "nobody hears which variable is missing"],
      ["if (judged.cleartext && !isYes(env[insecureVariable])) {", "if (false) {", "credentials travel in the clear"],
      ['if (judged.uri.includes("*"))', "if (false)", "every host of a domain gets the credential"],
      ["if (!allowsHost(env, hostname)) {", "if (false) {", "a host that the old setting left out gets the credential"],
      ["proxy === text && typeof real", "typeof real", "another address than that of exec's proxy is replaced"],
      [
        'const found = taken.get(path.slice(0, length).join("."));',
        "const found = undefined as readonly string[] | undefined;",
        "a problem does not name the variable that it comes from",
      ],
      [
        "if (switched.variables.length === 0) return undefined;",
        "",
        "without a switch the error is about something else than the missing file",
      ],
      [
        "if (packages.includes(undefined)) throw",
        "if (false) throw",
        "the command would install a package called undefined",
      ],
      [
        'if (error.code !== "PLUGIN_NOT_INSTALLED") throw named(one, error);',
        "",
        "a package that is not trusted is told as missing",
        { accepted: "the install command is the same remedy, but for the reason" },
      ],
    ],
  ),
  ...faultsIn(
    "core/src/without-file",
    ["core/switches", "core/environment-config", "cli/init-from-env"],
    [
      [
        'text.trim() !== "" && isAt(says.keyFor, env)',
        'text.trim() !== ""',
        "Hokusai's key goes to somebody else's server",
      ],
      [
        "if (on.some(({ plugin }) => !NAME.test(plugin))) {",
        "if (false) {",
        "a credential in the wrong place is repeated",
      ],
      ['(says === undefined || "listed" in says) && Boolean(', "Boolean(", "what others set switches a plugin off"],
      [
        "withinDeadline(LONGEST_TEST, () => pattern.test(text))",
        "pattern.test(text)",
        "a plugin's pattern takes for ever",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/load-config.ts",
    ["core/environment-config"],
    [
      [
        "|| isFileNamed(options)) throw error;",
        ") throw error;",
        "a file that is named and gone is passed over for the environment",
      ],
      [
        'error.code !== "CONFIG_NOT_FOUND" || isFileNamed',
        "isFileNamed",
        "a file that can't be used is passed over for the environment",
      ],
      [
        "if (found !== undefined) await warnOfSwitches(",
        "if (false) await warnOfSwitches(",
        "nobody hears that a switch is not followed",
      ],
      ["_(?:ENABLED|MODE|API_KEY|", "_(?:ENABLED|MODE|", "a key that was a switch is passed over beside a file"],
    ],
  ),
  ...faultsIn(
    "core/src/without-file",
    ["cli/allowed-hosts", "cli/init-from-env"],
    [
      ["|| isOff(rule, first)", "", "an option is taken over from a switch that is off"],
      [
        "new RegExp(`^${source}$`)",
        "new RegExp(source)",
        "a server that the old setting did not allow gets the credential",
      ],
      ['.replaceAll(/[\\\\^$.|+()[\\]{}]/g, "\\\\$&")', "", "a dot in the old setting stands for any character"],
      [
        'kind === "secret") return { env: variable };',
        "false) return { env: variable };",
        "a credential's variable fills a field, and validate refuses it",
        { tests: ["cli/init-from-env"] },
      ],
      [
        "Math.min(Math.max(seconds, rule.minimum), rule.maximum)",
        "seconds",
        "a ttl that the plugin does not take is written",
        { tests: ["cli/init-from-env"] },
      ],
      [
        'text.replaceAll("${", () => "$${")',
        "text",
        "a dollar in an old setting is taken for a variable",
        { tests: ["cli/init-from-env"] },
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/init",
    ["cli/init-from-env", "cli/without-file"],
    [
      ["!isSwitched && isImplied(", "isImplied(", "init writes more than the environment amounts to"],
      ["!off.includes(instance.name) && openFields", "openFields", "a plugin that is switched off is enabled"],
    ],
  ),
];
