/** Faults in how the file is found, trusted, read, filled from the environment and checked, and in which packages may run. */
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

  // Reading it
  ...faultsIn(
    "core/src",
    ["core/broken-files", "core/load-config"],
    [
      ["uniqueKeys: false,", "uniqueKeys: true,", "a key that stands there twice is told without its place"],
      [
        '"this key stands here twice");\n        continue;',
        '"this key stands here twice");',
        "of a key that stands there twice the last one counts",
        { accepted: "the problem that is told keeps the file from being used" },
      ],
      ['if (typeof key !== "string") {', "if (false) {", "a number as a key is taken for a text"],
      ["if (this.#yaml.isAlias(node)) {", "if (false) {", "an alias is followed"],
      [
        'if (anchor !== undefined) this.refuse(pointer, value, "an anchor',
        'if (false) this.refuse(pointer, value, "an anchor',
        "an anchor is taken",
      ],
      [
        "if (depth > MAX_DEPTH) {\n      this.refuse",
        "if (false) {\n      this.refuse",
        "a file nested without end ends in a RangeError",
      ],
      [
        '"tags", "allowInsecure", "tls"];',
        '"tags", "allowInsecure"];',
        "`tls` beside `servers` is passed over, and the certificate with it",
      ],
      [
        "if (first !== undefined) {\n      const message = `\\`servers[",
        "if (false) {\n      const message = `\\`servers[",
        "of two entries for one address one is passed over",
      ],
      [
        "else if (judged.cleartext && !allowInsecure &&",
        "else if (false &&",
        "a credential goes over the network in the clear",
      ],
      [
        'const allowInsecure = fields["allowInsecure"] === true;',
        'const allowInsecure = fields["allowInsecure"] !== false;',
        "a credential goes over the network in the clear",
        { accepted: "the schema fills in false before, and refuses what is not a boolean" },
      ],
      ['if (host.includes("@")) return', "if (false) return", "a user in an address is kept, and matches nothing"],
      [
        "/\\\\|\\/\\/|%(2[ef]|5c|25)|\\/\\.{1,2}(\\/|$)/i",
        "/\\\\|\\/\\/|%(2[ef]|5c)|\\/\\.{1,2}(\\/|$)/i",
        "a base path is read differently by servers",
      ],
      [
        "const wildcard = /^[^.]*\\*[^.]*\\../.test(host)",
        "const wildcard = /^[^.]*\\*/.test(host)",
        "`https://*` gives the credential to everybody",
      ],
      ['&& host.indexOf("*") === host.lastIndexOf("*")', "", "two stars are taken, and match nothing"],
      [
        "!(isLoopback(url.hostname) && !wildcard)",
        "!isLoopback(url.hostname)",
        "http://*.localhost counts as this machine",
        { accepted: "with a letter in the place of the star no host is one of loopback" },
      ],
      [
        "cert, key = cert, insecureSkipVerify",
        "cert, key, insecureSkipVerify",
        "MLflow's client certificate in one file has no key",
      ],
      ["return [...new Set(names)];", "return names;", "a plugin that is named twice is asked twice"],
      [
        "if (instance === undefined || instance.entries[group] !== undefined) return undefined;",
        "return undefined;",
        "a plugin in a list that it can't serve ends in a TypeError",
      ],
      ["if (disabled.has(name)) {", "if (false) {", "a name of an instance that is not enabled is told as unknown"],
      [
        "if (first === undefined || able.length < 2) return;",
        "return;",
        "of several plugins that could authenticate chance decides",
      ],
    ],
  ),

  // What the environment fills
  ...faultsIn(
    "core/src",
    ["core/interpolate", "core/broken-files", "core/load-config", "core/messages"],
    [
      ['text[found - 1] === "$"', "false", "`$${` is taken for a variable"],
      [
        "found > at && text[found - 1]",
        "text[found - 1]",
        "the second of two variables is taken for a plain text where the first ends in a dollar",
        { accepted: "a reference ends with a brace, so that no dollar can stand between" },
      ],
      ['value !== undefined && value !== ""', "value !== undefined", "an empty variable fills a field with nothing"],
      ["usedDefault = true;", "usedDefault = false;", "a credential as a default in the file is not warned of"],
      [
        "whole: found === 0 && at === text.length",
        "whole: found === 0",
        "a text that begins with a variable is read as a boolean",
      ],
      [
        "/(?:TOKEN|SECRET|PASSWORD|KEY)$/i",
        "/(?:TOKEN|SECRET|PASSWORD|KEY)$/",
        "a credential in a variable with small letters fills an address, and is printed",
      ],
      [
        "/(?:TOKEN|SECRET|PASSWORD|KEY)$/i",
        "/(?:TOKEN|PASSWORD|KEY)$/i",
        "a credential in a variable named SECRET fills an address, and is printed",
      ],
      [
        "if (name === undefined || !applies(pointer)) continue;",
        "continue;",
        "a credential fills an address, and is printed",
      ],
      [
        'if (text === undefined || text === "") continue;',
        "if (text === undefined) continue;",
        "an empty variable of a vendor beats the next one",
      ],
      [
        'if (schema["x-value"] === "secret") return { env: name };',
        "",
        "a secret of a vendor's variable stands in the options as a text",
      ],
      [
        "isLiteral(data: unknown, interpolation: Interpolation | undefined): boolean {\n  return",
        "isLiteral(data: unknown, interpolation: Interpolation | undefined): boolean {\n  if (data !== 1) return false;\n  return",
        "a credential that stands in the file is not warned of",
      ],
      [
        "const base = fromEnvironment.has(pointer) ? options.cwd : options.folder;",
        "const base = options.cwd;",
        "a path in the file is looked for where the program was started",
      ],
      [
        "return Object.freeze(object);\n}\n\n/** `secret`",
        "return object;\n}\n\n/** `secret`",
        "a plugin changes the options of another",
      ],
    ],
  ),
];
