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
      [
        "if (!schemas.has(key)) schemas",
        "schemas",
        "types are named after the last plugin that shares a schema",
      ],
      ["if (required.size > 0) copy", "if (false) copy", "an option with a default counts as one that may be missing"],
      ["if (reason !== undefined) throw noSchema(manifest, reason);", "", "the reason why a schema is none is lost"],
    ],
  ),
];
