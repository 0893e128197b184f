/** Faults in the command: exit codes, what a program under exec gets, what is printed, what init writes, what doctor says. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Exit codes
  ...faultsIn(
    "cli/src",
    ["cli/exit-codes", "cli/program", "cli/headers"],
    [
      [
        "problem: 1, usage: 2, config: 3, backend: 4 }",
        "problem: 1, usage: 2, config: 3, backend: 1 }",
        "a script can't tell an outage from a problem",
      ],
      [
        "problem: 1, usage: 2, config: 3, backend: 4 }",
        "problem: 1, usage: 2, config: 2, backend: 4 }",
        "a script can't tell a broken file from a wrong option",
      ],
      [
        "Object.hasOwn(table, code) ? table[code as ErrorCode] : exit.backend",
        "table[code as ErrorCode]",
        "an error with a plugin's own code ends with none",
      ],
      ["thrown.exitCode === 0 ? 0 : 2", "0", "a wrong option counts as success"],
      [
        "  SECRET_UNREACHABLE: backend,",
        "  SECRET_UNREACHABLE: config,",
        "an outage counts as a broken file",
        { tests: ["cli/exit-codes", "cli/headers", "cli/exec", "test/docs/error-reference"] },
      ],
    ],
  ),

  // A program under exec
  ...faultsIn(
    "cli/src",
    ["cli/child-environment", "cli/run-child", "cli/exec"],
    [
      [
        "if (server.auth.length > 0) for (const name of CLIENT_CREDENTIALS) delete env[name];",
        "",
        "an ambient token of the program beats the file",
      ],
      ["if (server.auth.length > 0) for", "for", "a program's own credential is taken away where the file gives none"],
      ['  "MLFLOW_TRACKING_PASSWORD",\n', "", "an ambient password of the program beats the file"],
      ['  "MLFLOW_TRACKING_TOKEN",\n', "", "an ambient token of the program beats the file"],
      [
        "if (!keepEnv) for (const name of variablesOf(config)) delete env[name];",
        "",
        "the program gets the credential that only the plugin needs",
      ],
      ["if (!keepEnv) for", "for", "--keep-env is passed over"],
      [
        'if (typeof variable === "string") names.add(variable);',
        "",
        "the program gets the credential that only the plugin needs",
      ],
      [
        "for (const member of Object.values(value)) collect(member, names);",
        "",
        "the program gets the credential of a login that only the plugin needs",
      ],
      [
        'env["no_proxy"] = withLoopback(lower);',
        "",
        "a program with a corporate proxy can't reach ours, and tells it the token",
      ],
      [
        'env["NO_PROXY"] = withLoopback(upper);',
        "",
        "a program with a corporate proxy can't reach ours, and tells it the token",
      ],
      [
        'const LOOPBACK = ["127.0.0.1", "localhost"]',
        'const LOOPBACK = ["localhost"]',
        "a program with a corporate proxy can't reach ours",
      ],
      ['delete env["MLFLOW_TRACKING_AWS_SIGV4"];', "", "MLflow signs by itself, and never asks the bridge"],
      [
        "path ? pythonFolder + delimiter + path : pythonFolder",
        "pythonFolder",
        "a program's own modules are not found",
      ],
      [
        "path ? pythonFolder + delimiter + path : pythonFolder",
        "path ?? pythonFolder",
        "Python does not find the bridge where PYTHONPATH is set",
      ],
      [
        "if (proxied !== undefined) addresses",
        "if (false) addresses",
        "the model registry is reached without a credential",
      ],
      [
        'else warnings.push("MLFLOW_REGISTRY_URI',
        'else if (false) warnings.push("MLFLOW_REGISTRY_URI',
        "nobody hears that the model registry is reached without a credential",
      ],
      [
        "auth && auth !== bridgeName ? auth : null",
        "auth ?? null",
        "a program under exec under exec asks the bridge about itself",
      ],
      ["128 + constants.signals[signal]", "1", "a shell can't tell that a signal ended the program"],
      [
        "code: signal === null ? (code as number)",
        "code: signal === null ? 0",
        "a program that failed counts as success",
      ],
      [
        "for (const signal of FORWARDED) process.on(signal, forward);",
        "",
        "a stop ends exec and leaves the program running",
      ],
      [
        "return code === exit.usage || code === exit.config ? code : execExit.failed;",
        "return code;",
        "a failure of ours looks like one of the program",
      ],
      ["exit: execExit.notFound,", "exit: execExit.failed,", "a shell can't tell a name that was misspelt"],
      ["exit: execExit.notExecutable,", "exit: execExit.failed,", "a shell can't tell a file that can't be run"],
    ],
  ),
  ...faultsIn(
    "cli/src",
    ["cli/end-of-exec"],
    [
      ["if (uses === 0 && interrupted && unlisted.length === 0) return [];", "", "who presses Ctrl-C is told off"],
      [
        "if (uses === 0) return [unused(",
        "if (false) return [unused(",
        "nobody hears that a program went past the proxy",
      ],
      ["if (count > links.length) lines.push(", "if (false) lines.push(", "it looks as if five runs were all"],
    ],
  ),
  ...faultsIn(
    "cli/src",
    ["cli/choose-upstream"],
    [
      [
        'wanted.includes("*") ? undefined :',
        "",
        "a wildcard is taken for an address",
        {
          accepted:
            "a star in the wanted address matches no listed pattern in `serverFor` either: a star stands for no star",
        },
      ],
      [
        "if (ambient && server !== undefined) return { uri: baseOf(ambient), server };",
        "",
        "MLFLOW_TRACKING_URI does not choose among the servers of the file",
      ],
      [
        "if (only === undefined || others.length > 0) {",
        "if (only === undefined) {",
        "of several servers the first is taken without a word",
      ],
      [
        "MLFLOW_TRACKING_URI names no server of the file; going",
        "going",
        "nobody hears that the variable's server is not used",
      ],
    ],
  ),

  // What is printed
  ...faultsIn(
    "cli/src",
    ["cli/headers", "cli/tags", "cli/program"],
    [
      ['!reveal ? "[secret]" :', "", "headers prints the credential"],
      ["options.showSecrets ?? false", "true", "headers prints the credential"],
      [
        'parsed.origin === "null" ? `${parsed.protocol}…` : `${parsed.origin}${parsed.pathname}`',
        "url",
        "a password in a URL is repeated",
        { tests: ["cli/choose-upstream", "cli/headers", "cli/program"] },
      ],
      [
        "value.replaceAll(/\\p{Cc}/gu",
        "value.replaceAll(/[^\\s\\S]/gu",
        "a tag's value moves the cursor of the terminal",
      ],
      [
        'if (/^https?:$/.test(URL.parse(text)?.protocol ?? "")) return;',
        "return;",
        "`localhost:5000` is told as a server that is not listed",
      ],
      [
        "thrown.problems.length > 0 ? thrown.problems.map(({ code }) => code) : [thrown.code]",
        "[]",
        "an error's code is not marked",
        { accepted: "only the colour depends on it" },
      ],
    ],
  ),

  // The proxy's token
  ...faultsIn(
    "cli/src",
    ["cli/token-file", "cli/proxy"],
    [
      [
        "if ((mode & TOO_OPEN) !== 0) throw",
        "if (false) throw",
        "a token that others may read opens the proxy to them",
      ],
      [
        "const TOO_OPEN = 0o037",
        "const TOO_OPEN = 0o077",
        "a pod's secret that a group may read is refused",
        { tests: ["cli/token-file"] },
      ],
      ["const TOO_OPEN = 0o037", "const TOO_OPEN = 0o007", "a token that a group may replace opens the proxy to it"],
      ["if (uid !== 0 && uid !== process.getuid?.()) {", "if (false) {", "another user chooses the token"],
      [
        "uid !== 0 && uid !== process.getuid?.()",
        "uid !== process.getuid?.()",
        "a token that a pod mounts as root is refused",
      ],
      ["if (!tokenPattern.test(text)) {", "if (false) {", "an empty file makes a proxy without a token"],
      [
        "constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL",
        "constants.O_WRONLY | constants.O_CREAT",
        "a token is overwritten, and clients are refused",
      ],
      ["flags, 0o600)", "flags, 0o644)", "a new token is readable for everybody"],
      [
        'if (!isLoopback(host.includes(":") ? `[${host}]` : host) && !privateNetwork) {',
        "if (false) {",
        "--no-token opens the credentials to a network",
      ],
    ],
  ),

  // init
  ...faultsIn(
    "cli/src",
    ["cli/init", "cli/init-file", "cli/init-from-env", "cli/render"],
    [
      [
        '{ flag: "wx", mode: 0o644 });\n  } catch (thrown) {\n    const { code = "", syscall }',
        '{ flag: "w", mode: 0o644 });\n  } catch (thrown) {\n    const { code = "", syscall }',
        "a file that was made meanwhile is overwritten",
        { accepted: "it was looked at a moment before: no test can come in between" },
      ],
      [
        "if (lstatSync(file, { throwIfNoEntry: false }) !== undefined) return alreadyThere(file);",
        "",
        "init asks everything, and then can't write",
        { tests: ["cli/init-file"] },
      ],
      [
        "for (const instance of draft.instances) refuseCredentials(instance);",
        "",
        "a credential is written into the file",
        { tests: ["test/pty/init"] },
      ],
      [
        "if (options.fromEnv) checkAllowedHosts(",
        "if (false) checkAllowedHosts(",
        "a server that the old setting did not allow gets the credential",
        { tests: ["cli/init-from-env"] },
      ],
      [
        'pattern !== "" && globOf(pattern).test(host)',
        "globOf(pattern).test(host)",
        "an empty entry of the old setting allows nothing",
        { accepted: "an empty glob matches no host name" },
      ],
      [
        "new RegExp(`^${source}$`)",
        "new RegExp(source)",
        "a server that the old setting did not allow gets the credential",
        { tests: ["cli/allowed-hosts"] },
      ],
      [
        '.replaceAll(/[\\\\^$.|+()[\\]{}]/g, "\\\\$&")',
        "",
        "a dot in the old setting stands for any character",
        { tests: ["cli/allowed-hosts"] },
      ],
      [
        'kind === "secret") return { env: variable };',
        "false) return { env: variable };",
        "a credential's variable fills a field, and validate refuses it",
      ],
      [
        "const switched = switchedPlugins(env);",
        "const switched = { on: [], off: [] } as ReturnType<typeof switchedPlugins>;",
        "a plugin that is switched off is enabled",
        { tests: ["cli/init-from-env"] },
      ],
      [
        "/^[\\w.-]{1,100}$/.test(place) ?",
        "true ?",
        "a credential that was given by mistake is repeated",
        { tests: ["cli/allowed-hosts"] },
      ],
      [
        "listed.includes(provider) || truthy",
        "truthy",
        "MLFLOW_SECRETS_AUTH_ENABLE is passed over",
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
      ["signal: AbortSignal.timeout(timeout),", "", "a server that hangs keeps doctor from its end"],
    ],
  ),
];
