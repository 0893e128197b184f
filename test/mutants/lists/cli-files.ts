/** Faults in what the command prints, and which files it writes and trusts. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
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

  // What Node compiled
  ...faultsIn(
    "cli/src",
    ["cli/compile-cache-folder"],
    [
      ["if (!isOwn(statSync(caches))) return undefined;", "", "a folder of caches that others may write is used"],
      ["isOwn(lstatSync(parent)) && ", "", "the folder above may be exchanged by others"],
      [" && isOwn(lstatSync(folder)) ? folder", " ? folder", "others may write what Node runs as compiled"],
      [" && trustProblem(stats) === undefined", "", "what others may write counts as one's own"],
      [", mode: 0o700", "", "others may look into the folder"],
      ["isAbsolute(named)", 'named !== ""', "a relative folder is looked for in every project"],
    ],
  ),

  // The proxy's token
  ...faultsIn(
    "cli/src",
    ["cli/token-file", "cli/proxy"],
    [
      [
        "if ((stats.mode & TOO_OPEN) !== 0) throw",
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
      ["if (stats.uid !== 0 && stats.uid !== process.getuid?.()) {", "if (false) {", "another user chooses the token"],
      [
        "stats.uid !== 0 && stats.uid !== process.getuid?.()",
        "stats.uid !== process.getuid?.()",
        "a token that a pod mounts as root is refused",
      ],
      ["if (!tokenPattern.test(text)) {", "if (false) {", "an empty file makes a proxy without a token"],
      [
        "constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL",
        "constants.O_WRONLY | constants.O_CREAT",
        "a token is overwritten, and clients are refused",
      ],
      ["constants.O_EXCL, 0o600)", "constants.O_EXCL, 0o644)", "a new token is readable for everybody"],
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
        { accepted: "only two that write in the same moment show it, and not each time" },
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
        "/^[\\w.-]{1,100}$/.test(place) ?",
        "true ?",
        "a credential that was given by mistake is repeated",
        { tests: ["cli/allowed-hosts"] },
      ],
    ],
  ),
];
