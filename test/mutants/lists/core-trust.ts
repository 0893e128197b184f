/** Faults in whose files are used, and which packages may run. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // Whose files are used
  ...faultsIn(
    "core/src",
    ["core/trust", "core/find", "core/untrusted-packages"],
    [
      [
        'if (uid !== self && uid !== 0 && !owners.has(uid)) return "belongs to another user";',
        "",
        "another user's file decides where the credentials go",
      ],
      [
        "uid !== self && uid !== 0 && !owners.has(uid)",
        "uid !== self && !owners.has(uid)",
        "a file that root installed is refused",
      ],
      ["(mode & 0o002) !== 0 ? ", "false ? ", "a file that everybody may write decides where the credentials go"],
      [
        "(mode & 0o020) !== 0 && !isPrivateGroup",
        "false && !isPrivateGroup",
        "a file that a group may write decides where the credentials go",
      ],
      [
        "gid === uid && (gid === process.getgid?.() || owners.has(uid))",
        "gid === process.getgid?.()",
        "a file that everybody in `users` may write is trusted",
      ],
      [
        "gid === uid && (gid === process.getgid?.() || owners.has(uid))",
        "gid === uid",
        "a file of a group that one is not in is trusted",
      ],
      [
        "if (searched && read.stats?.isFile()) checkTrust(",
        "if (false) checkTrust(",
        "a file of another user that lies in a folder above is used",
      ],
      [
        "if (searched && read.stats?.isFile()) checkTrust(",
        "if (read.stats?.isFile()) checkTrust(",
        "a file that the user names is refused, because a group may write it",
      ],
      ["trustProblem(link) ?? trustProblem(target)", "trustProblem(link)", "a link to another user's file is followed"],
      ["trustProblem(link) ?? trustProblem(target)", "trustProblem(target)", "a link of another user's is followed"],
      [
        "const reason = trustProblemOf(folder, read as PackageText, owners);",
        "const reason = undefined;",
        "another user's package is imported, and gets the credentials",
      ],
      [
        "refuseUntrusted(manifest, [file, ...Object.values(entries).map(({ module }) => module)], owners);",
        "",
        "a module that everybody may write is imported, and gets the credentials",
      ],
      [
        "path.length > top.length; path = dirname(path)) paths.add(path);",
        "false; path = dirname(path)) paths.add(path);",
        "a module in a folder that everybody may write is imported",
      ],
      [
        "if (bounded) return [...folders];",
        "return [...folders];",
        "a package that somebody put into /tmp is imported",
      ],
      ['existsSync(join(current, ".git"))', "false", "a file above the repository decides"],
      [
        "homes.includes(current) ||",
        "false ||",
        "a file above the home folder decides",
        { accepted: "the resolved name of the folder is compared right behind it" },
      ],
      ["homes.includes(real(current)) ||", "false ||", "a file above a home folder behind a link decides"],
    ],
  ),

  // Which file, and which packages
  ...faultsIn(
    "core/src",
    ["core/find", "core/find-plugin", "core/roots", "core/untrusted-packages"],
    [
      [
        'const named = configFile ?? (env["MLFLOW_AUTH_CONFIG"] || undefined);',
        'const named = (env["MLFLOW_AUTH_CONFIG"] || undefined) ?? configFile;',
        "--config is passed over where the variable is set",
      ],
      [
        '(env["MLFLOW_AUTH_CONFIG"] || undefined)',
        'env["MLFLOW_AUTH_CONFIG"]',
        "an empty variable keeps the file from being found",
      ],
      [
        "if (manifest === undefined || usable.has(manifest.name)) return;",
        "if (manifest === undefined) return;",
        "of two versions of a package the wrong one is used",
        { tests: ["core/find-plugin", "core/roots"] },
      ],
      [
        "if (second !== undefined) {",
        "if (false) {",
        "of two packages with a plugin of one name the first is taken without a word",
      ],
      [
        "(only === undefined ? offers(manifest, plugin) : manifest.name === only)",
        "offers(manifest, plugin)",
        "`package` of an instance is passed over",
      ],
      [
        'declared["apiVersion"] !== API_VERSION',
        "false",
        "a plugin for another interface fails with the first request",
      ],
      ['if (module === "outside") throw', "if (false) throw", "a package names a module of another one"],
      [
        'file === "outside") throw faulty(manifest, `names a file outside',
        "false) throw faulty(manifest, `names a file outside",
        "a package has a file of the user's read as its schema",
      ],
      [
        'typeof factory !== "function"',
        "false",
        "a module without its factory ends in a TypeError",
        { tests: ["test/third-party-plugins"] },
      ],
      [
        "for (const name of own) if (!usable.has(name)) add(",
        "for (const name of []) if (!usable.has(name)) add(",
        "no plugin is found",
      ],
    ],
  ),
];
