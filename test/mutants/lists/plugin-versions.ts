/** Faults in what is said of plugins that nobody knows, or that are made for another core. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // What pip, uv and pipx are told
  ...faultsIn(
    "core/src/discovery/python-commands.ts",
    ["core/python-environment"],
    [
      ["...installed, ...plugins", "...plugins", "`uv tool install` takes the other plugins away"],
      [
        "pip: (_, all) => `pip install --upgrade ${extras(all)}`",
        "pip: (_, all) => `pip install ${extras(all)}`",
        "pip says that the old version is there already",
      ],
      ['"uv run": () => undefined', '"uv run": () => "uv run"', "a command is printed that fixes nothing"],
    ],
  ),
  ...faultsIn(
    "core/src/discovery/install-command.ts",
    ["core/python-environment"],
    [
      [
        ".filter((name) => ownExtra(ownPackage(name)) !== undefined)",
        "",
        "pip is asked for an extra by the name of somebody else's plugin",
      ],
      ["return commands.update([]);", "return commands.add([]);", "what is to be updated stays as it is"],
    ],
  ),
  ...faultsIn(
    "core/src/discovery/manifests.ts",
    ["core/python-environment"],
    [
      [
        "isPython ? { ...parsed, repair: repairCommands(python, parsed.name) } : parsed",
        "parsed",
        "nobody says how a plugin of pip's is put right",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/discovery/core-range.ts",
    ["core/python-environment"],
    [["repair?.update() ?? ", "", "npm is to bring up to date what came with pip"]],
  ),
  ...faultsIn(
    "core/src/discovery/core-range.ts",
    ["core/core-range"],
    [
      [
        'if (range === "*" || range.startsWith("workspace:")) return true;',
        "return true;",
        "nobody hears of another version",
      ],
      ["return found as", "return undefined as", "the library of versions is loaded at every start"],
      ["(minor !== wanted[1] || minor === 0)", "minor === 0", "before 1.0 another minor version passes for the same"],
      ["patch >= wanted[2]", "true", "an older core passes for the one that a plugin needs"],
      [
        "{ includePrerelease: true }",
        "{}",
        "a core that is tried before its release is told to be another",
        {
          accepted: "the version that runs here is none of those, and it is no parameter",
        },
      ],
      [
        "(await isInRange(version, range)) ?? true",
        "(await isInRange(version, range)) ?? false",
        "what is no range is told to disagree",
      ],
      ["coreRange.length <= LONGEST_SHOWN", "true", "a range of any length is printed"],
    ],
  ),
  ...faultsIn(
    "core/src/discovery/check-instances.ts",
    ["core/core-range"],
    [
      ["told.add(instance.package.folder);", "", "two instances of a package are two warnings"],
      [
        "await warnOfVersions([...checked.values()], installed, context);",
        "",
        "the file says nothing of another version",
      ],
    ],
  ),
  ...faultsIn(
    "core/src/open-authorizer.ts",
    ["core/core-range"],
    [['"SWITCH_IGNORED", "PLUGIN_VERSION"', '"SWITCH_IGNORED"', "a program hears nothing of another version"]],
  ),
  ...faultsIn(
    "core/src/discovery/known-plugins.ts",
    ["core/find-plugin"],
    [
      ["if (near.length > 0)", "if (false)", "a slip is not told with the name that was meant"],
      ["installed.includes(name) ? undefined :", "", "what is installed is said not to be"],
      [
        "{ maxDistance: SLIPS }",
        "{ maxDistance: 0 }",
        "a mistyped package, perhaps somebody else's, is offered to install",
      ],
      ["if (named.length > 0)", "if (false)", "vault-prod is not told to be an instance of vault"],
    ],
  ),
  ...faultsIn(
    "core/src/discovery/check-schema.ts",
    ["core/files-per-plugin"],
    [["isDeeper(declared) ? null : declared", "declared", "a schema in package.json ends in a stack"]],
  ),
  ...faultsIn(
    "cli/src/doctor/file.ts",
    ["cli/plugin-versions"],
    [["!isAboutVersions(warning)", "true", "doctor says of the file what is about a plugin"]],
  ),
];
