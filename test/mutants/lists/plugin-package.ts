/** Faults in what the command does for authors of a plugin's package. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // types
  ...faultsIn(
    "cli/src/plugin-package",
    ["cli/plugin-types"],
    [
      ["present !== undefined && !isGenerated(present)", "false", "types overwrite a file that somebody wrote by hand"],
      [
        'if (version?.split(".")[0] !== String(MAJOR)) {',
        "if (false) {",
        "a compiler of another version makes the types",
      ],
      ["if (!schemas.has(key)) schemas", "schemas", "types are named after the last plugin that shares a schema"],
      ["if (required.size > 0) copy", "if (false) copy", "an option with a default counts as one that may be missing"],
      ["if (reason !== undefined) throw noSchema(manifest, reason);", "", "the reason why a schema is none is lost"],
    ],
  ),
  ...faultsIn(
    "core/src/package-check/json-places.ts",
    ["core/json-places"],
    [
      ["if (inside?.key === undefined) offsets", "offsets", "a finding names the line of a value, and not of its name"],
      ["inside.index++;", "{}", "all findings in a list are at its first element"],
      [
        'while (asked !== "" && !offsets.has(asked))',
        "while (false)",
        "what is missing is looked for in the first line",
      ],
    ],
  ),
  ...faultsIn(
    "cli/src/plugin-package/check-package.ts",
    ["cli/plugin-check"],
    [["findings: located(", "findings: ((_: string, all: never[]) => all)(", "whoever reads the JSON has no line"]],
  ),
  ...faultsIn(
    "core/src/package-check",
    ["core/slow-patterns"],
    [
      ["if (group?.looks) before = before.slice(0, group.at);", "", "a pattern behind a look-ahead is not tried"],
      [
        'else if (token === "|") before = before.slice(0, open.at(-1)?.at ?? 0);',
        "",
        "of alternatives only the first is tried",
      ],
      ["before += last.repeat(", "last.repeat(", "a pattern behind a count is not tried"],
      ["if (DATA.has(key)) return [];", "", "an example of an option is called a pattern"],
      ["if (areNames) return patternsIn(value, at);", "", "an option that is called pattern hides its own"],
    ],
  ),
  // check: what a package says
  ...faultsIn(
    "core/src/package-check",
    ["core/package-findings"],
    [
      ["if (knownGroups.includes(group)) {", "if (true) {", "a group that nobody reads is published"],
      ["if (knownKeys.includes(key)) continue;", "continue;", "a slip in a key of package.json is published"],
      [
        "found.push(...refusedBy(() => checkEntry(",
        "found.concat(refusedBy(() => checkEntry(",
        "an entry point that leads nowhere is published",
      ],
      [
        'inManifest("error", part,',
        'inManifest("error", "schema",',
        "who calls an option as core calls one of its own is told to name another file",
      ],
      ['if (finding.code !== "interface") this', "this", "one slip in apiVersion is told three times"],
      [
        "if (hidden !== undefined) {",
        "if (false) {",
        "a duration that core does not find reaches the plugin as a text",
      ],
      [
        "isOwn && isObjects(schema, walker) && !isClosedBy(schema, walker)",
        "false",
        "a slip in an option's name passes",
      ],
      [
        "const { description } = isValue ? own : schema;",
        "const { description } = schema;",
        "a secret passes as described by what all secrets are",
      ],
      [
        "if (why !== undefined) found.push(",
        "if (false) found.push(",
        "every user's file fails by a default of the schema",
      ],
      ["if (certainty !== undefined) {", "if (false) {", "a credential is published in a schema"],
      ["if (isPlain && isNamedLikeSecret(name)) {", "if (false) {", "a credential's variable fills a plain option"],
      [
        'for (const kind of ["dependencies", "optionalDependencies"]) {',
        "for (const kind of [] as string[]) {",
        "every user gets a second core",
      ],
      ["|| !(await holdsCore(core, range))", "", "a package is published for another core"],
      ["if (isNeeded)", "if (true)", "a command has to ask for core"],
    ],
  ),
  // check: what its import does
  ...faultsIn(
    "core/src/package-check",
    ["core/import-findings"],
    [
      [
        "if (before.env[name] !== after.env[name]) effects.push(",
        "if (false) effects.push(",
        "a package may change the environment as it is imported",
      ],
      [
        "if (after.replaceable[name] !== was) effects.push(",
        "if (false) effects.push(",
        "a package may replace fetch as it is imported",
      ],
      [
        "if (count > (before.listeners[name] ?? 0)) effects.push(",
        "if (false) effects.push(",
        "a package may take over the errors of the program",
      ],
      [
        "if (all.length > (before.resources.get(name)?.length ?? 0)) kept.add(",
        "if (false) kept.add(",
        "a package may keep every program from its end",
      ],
      ["begun.has(type) && !kept.has(name)", "false", "a package may connect or start programs wherever it is enabled"],
      ["begun.has(type) && !kept.has(name)", "begun.has(type)", "one slip of an author's is told twice"],
      ["!timer._destroyed && !timer.hasRef()", "false", "a package may wake every program by a timer"],
      [
        "if (!before.members.has(name)) effects",
        "if (false) effects",
        "a package may change what every list of the program has",
      ],
      [
        'for (const name of ["node:http", "node:https"]) await import(name);',
        "",
        "whoever imports node:http hears of globals of Node's",
      ],
      ["if (process.exitCode !== undefined) effects", "if (false) effects", "a package may set how a program ends"],
      ['once(child, "exit")', 'once(child, "close")', "what an import leaves running keeps the judge waiting"],
      ['printed === "" ? found.effects :', "true ? found.effects :", "a package may print as it is imported"],
      ["!byOther) packages.add(bare);", "false) packages.add(bare);", "a package may load its SDK before anybody asks"],
      ['killSignal: "SIGKILL",', "", "a package that bears signals keeps its judge waiting"],
      ["modules.length > MOST_MODULES", "false", "hundreds of modules at each start are no word worth"],
      ["starts > MOST_STARTS", "false", "a second at each start is no word worth"],
      ["await import(resolve(", "await (resolve(", "core's modules count as the package's"],
    ],
  ),
  ...faultsIn(
    "core/src/package-check",
    ["core/bad-plugins"],
    [
      [
        "const isOutside = bare !== own && ",
        "const isOutside = ",
        "an author who imports by the package's own name hears that it is another",
      ],
    ],
  ),
  // check: the command
  ...faultsIn(
    "cli/src/plugin-package",
    ["cli/plugin-check", "cli/plugin-check-files"],
    [
      ["env: { ...process.env, PATH: path },", "", "a program that a package calls npm is run"],
      [" || level === DEEPEST", "", "a package.json of many levels ends the judge"],
      ["if (runsCode && !imports) found", "if (false) found", "--no-import runs the package's code"],
      [
        "found.push(imports ? await lookAtTypes(checked)",
        "found.push(true ? await lookAtTypes(checked)",
        "--no-import runs what the package has installed",
      ],
      ['"--ignore-scripts"', '"--offline"', "npm runs the package's scripts while it is judged"],
      ["secretName.test(file) && !", "false && !", "a file of keys is published"],
      ['"text" in read && secretText.test(read.text)', "false", "a private key in a file of another name is published"],
      [
        "const loaded = imports ? await missingModules(checked, files) : [];",
        "const loaded: PackageFinding[] = [];",
        "a package is published without a module that it imports",
      ],
      ["if (errors > 0) {", "if (false) {", "CI publishes what has an error"],
    ],
  ),
];
