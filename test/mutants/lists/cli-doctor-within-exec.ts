/** Faults in what `doctor` and other commands say within an exec. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "cli/src/commands/doctor.ts",
    ["cli/doctor-within-exec"],
    [
      [
        "found.differs === undefined",
        "found.differs !== undefined",
        "doctor within exec blames what the exec took out",
      ],
      [
        "return besideOther(await walkChain(chain), found.outer, found.differs, env);",
        "return await walkChain(chain);",
        "nobody hears that the exec around the command goes by another file",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/doctor/outer-addresses.ts",
    ["cli/doctor-within-exec"],
    [
      [
        "if (uri === upstream) return proxy;",
        "return proxy;",
        "every server of the file is said to be as the first is",
      ],
      ["[{ ...home, uri: upstream }, ...servers]", "servers", "the server that the exec leads to is not examined"],
      ["return location;\n", "return location + location;\n", "a server that moved elsewhere is named wrongly"],
      ["upstream + rest : `", "proxy + rest : `", "a redirect shows the address of the proxy with its token"],
    ],
  ),
  ...faultsIn(
    "cli/src/doctor/outer-answers.ts",
    ["cli/doctor-within-exec"],
    [
      [
        "!OWN_STATUS.has(status) || ",
        "OWN_STATUS.has(status) || ",
        "a secret store that fails is taken for an answer of the server",
      ],
      [
        "server.auth.length === 0 || kind === undefined",
        "kind === undefined",
        "a server without a credential is said to refuse one",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/doctor/outer-chain.ts",
    ["cli/doctor-within-exec"],
    [
      [
        'isExempt(env["no_proxy"]) && isExempt',
        'isExempt(env["no_proxy"]) || isExempt',
        "an HTTP proxy that gets the token is not warned of",
      ],
      [
        "if (refusal !== undefined) return inOrder(refused(refusal, warnings), way);",
        "",
        "an outage of the secret store is blamed on the server",
      ],
      [
        '!wasLedToProxy("MLFLOW_TRACKING_URI", env)',
        "false",
        "curl goes bare by the server's own address, and doctor finds all well",
      ],
      ["if (!hasBridge(env)) {", "if (hasBridge(env)) {", "Python that goes bare is not warned of"],
    ],
  ),
  ...faultsIn(
    "cli/src/doctor/other-exec.ts",
    ["cli/doctor-within-exec"],
    [
      [
        "if (names.length === 0) return finding;",
        "return finding;",
        "the file is to be fixed for what the exec took out",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/taken-out.ts",
    ["cli/taken-out"],
    [
      ['thrown.code !== "USAGE"', "true", "a slip on the command line is blamed on exec"],
      ['return isSaid ? "" :', "return", "one failure says twice that a variable was taken out"],
      [
        "if (names.length === 0 && !isUnfound)",
        "if (names.length === 0)",
        "without a file, a person is told to write one",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/commands/init.ts",
    ["cli/taken-out"],
    [
      ["unset.filter((name) => !gone.includes(name))", "unset", "a person is told to set what the exec took out"],
      [
        "if (gone.length === 0) return",
        "if (gone.length >= 0) return",
        "a file that lacks a credential is written without a word",
      ],
    ],
  ),
];
