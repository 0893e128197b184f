/** Faults in the packages of new plugins. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  // how they are written
  ...faultsIn(
    "cli/src/create-plugin/write-folder.ts",
    ["cli/create-plugin"],
    [
      ["if (beside !== undefined) rmSync(", "if (false) rmSync(", "what failed in the middle leaves half a package"],
      ["mode: 0o644", "mode: 0o664", "mlflow-auth refuses the package: others may write it"],
      ['syscall === "rename" && [', "false && [", "somebody is told to check rights where a folder was made meanwhile"],
    ],
  ),
  // how what no registry has is packed
  ...faultsIn(
    "cli/src/create-plugin/tarball.ts",
    ["cli/create-plugin-files"],
    [
      ["block.write(prefix, 345);", "", "a file deep in a package lies at its top"],
      ["Buffer.byteLength(prefix) <= 155", "true", "the folders of a file write over what stands behind them"],
      ["octal(runs ? 0o755 : 0o644, 8)", "octal(0o644, 8)", "a program can't be run"],
    ],
  ),
  // what they hold
  ...faultsIn(
    "cli/src/create-plugin",
    ["cli/create-plugin-names", "cli/create-plugin-files", "cli/create-plugin"],
    [
      [
        'path === index && given.length > 1 ? index.replace("index", kinds[kind].module) : path',
        "path",
        "of several kinds only the last has its module",
      ],
      ['!(kind === "auth" && wanted.includes("signs"))', "true", "a credential and a signature have one module"],
      ['.replaceAll("Acme", type)', "", "types are called after Acme"],
      [
        '.replaceAll("mlflow-auth-plugin-acme", () => packageName)',
        "",
        "a package in a scope goes by another name than was said",
      ],
      ["peerDependencies: { ...manifest.peerDependencies,", "peers: {", "the plugin does not say which core it is for"],
      [
        "...(own.clone !== undefined && { resolutions",
        "...(false && { resolutions",
        "yarn looks for unpublished packages",
      ],
      ['if (overrides !== undefined) files.set("pnpm-workspace.yaml", overrides);', "", "so does pnpm"],
      ["wanted.add(need);", "", "so does npm, for what a packed package depends on"],
    ],
  ),
  // what they are tried with
  ...faultsIn(
    "cli/templates/typescript/base/test",
    ["cli/create-plugin-sources"],
    [
      ["lacks !== undefined) {", "false) {", "a plugin that adds nothing looks as if it worked"],
      ["if (code !== 0) process.exitCode = 1;", "", "a plugin that is refused ends as if it worked"],
    ],
  ),
  // what they are called, and what is done next
  ...faultsIn(
    "cli/src/create-plugin",
    ["cli/create-plugin-names", "cli/create-plugin-files", "cli/create-plugin"],
    [
      [
        'if (!ownPlugins.includes(plugin) || scope === "mlflow-auth") return undefined;',
        "return undefined;",
        "a plugin takes the name of one of ours",
      ],
      ["if (name.length > LONGEST_PACKAGE)", "if (false)", "npm refuses the name when it is published"],
      ["|| plugin.length > LONGEST_PLUGIN", "", "variables and types get names without end"],
      ["manager.name === name) ??", "false) ??", "users of pnpm are told npm's commands"],
    ],
  ),
  // what is asked
  ...faultsIn(
    "cli/src/commands/create-plugin.ts",
    ["test/pty/create-plugin"],
    [
      [
        "const open = asks && chosen.length === 0 && !options.js;",
        "const open = asks;",
        "what was said is asked again",
      ],
      ["const asks = !options.yes && ", "const asks = ", "--yes asks"],
    ],
  ),
];
