/** Faults in what the author of a plugin sees, and in what nobody else may. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "core/src",
    ["cli/plugin-authors"],
    [
      [
        'if (file !== "" && existsSync(file) && frames.length < MOST_FRAMES)',
        'if (file !== "" && frames.length < MOST_FRAMES)',
        "a message that looks like a frame shows in the log",
        { tests: ["cli/background-failures"] },
      ],
      [
        'env["MLFLOW_AUTH_PLUGIN_DEBUG"]?.trim() === "1"',
        'env["MLFLOW_AUTH_LOG"] === "debug"',
        "the words of a plugin, with a credential in them, are logged at debug",
      ],
      ['const level = words ? "warn" : "debug";', 'const level = "debug";', "who asks for the words gets none"],
      ["tellThrown?.(thrown, `plugin ${instance}`);", "", "an author sees nothing of what the plugin threw"],
      [
        "tellThrown?.(thrown, `the module of the plugin ${name}`);",
        "",
        "an author does not see why a module can't be imported",
      ],
      ['const named = name === "Error" ?', "const named = false ?", "every class of an author's is called Error"],
    ],
  ),
  ...faultsIn(
    "cli/src",
    ["cli/plugin-authors"],
    [
      ["const write = own ?? ", "const write = ", "a command's own words go to stderr"],
      [
        'if (!isPlugins && name !== "init") fitStream?.(process.stderr);',
        "",
        "a narrow terminal breaks the warnings of a command inside of words",
        { tests: ["test/pty/columns"] },
      ],
      [
        "printsJson ? undefined : fitColumns &&",
        "fitColumns &&",
        "JSON on a terminal is broken",
        { tests: ["test/pty/columns"] },
      ],
      ["if (!isPlugins) keepStdout(", "if (false) keepStdout(", "a line of a plugin's breaks the JSON of a command"],
    ],
  ),
  ...faultsIn(
    "core/src",
    ["core/authors-slips"],
    [
      ["if (taken !== undefined) {", "if (false) {", "a plugin has an option that it never gets"],
      [
        "isObject(part) ? ownOption(walker, walker.resolve(part))",
        "false ? ownOption(walker, part as Schema)",
        "an option of core's in a branch is overlooked",
      ],
      ["const SLIPS = 3;", "const SLIPS = 0;", "a slip in a group's name is told as a plugin that is not installed"],
      ["const SLIPS = 3;", "const SLIPS = 20;", "a group of Python's MLflow is called a slip"],
      [
        "throw noSchema(owner, await schemaFault(schema));",
        "throw noSchema(owner, undefined);",
        "an author has to guess what is wrong with a schema",
      ],
    ],
  ),
];
