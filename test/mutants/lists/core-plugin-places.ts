/** Faults in who may put code in the place of a plugin. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "core/src",
    ["core/untrusted-packages", "core/odd-packages", "test/plugin-surroundings", "test/own-surroundings"],
    [
      [
        "trustProblemOf(folder, read as PackageText, owners, trust.writersOf(folder)) ?? trust.wayProblem(folder, root);",
        "undefined;",
        "another user's package is imported, and gets the credentials",
      ],
      [
        "refuseUntrusted(manifest, trust.contentProblem(folder));",
        "",
        "a module that everybody may write is imported, and gets the credentials",
      ],
      [
        '...this.#exactly(join(root, "package.json"), groups),',
        "",
        "another user's package.json says which packages are used",
      ],
      ["...this.#upwards(root, root, groups),", "", "a project is exchanged from a folder above it"],
      [
        "...this.#upwards(folder, top, groups),",
        "",
        "a package is taken from a folder that others may write",
        { accepted: "what is reached lies where it really is, or a link does, and links are judged as packages are" },
      ],
      [
        "...this.#upwards(end, contains(realTop, end) ? realTop : installationOf(end), groups),",
        "",
        "a package is taken from a store that others may write",
      ],
      [
        "if (place !== folder) findings.push(...this.#exactly(place, groups));",
        "",
        "what a plugin does without is imported from a node_modules of another user further up",
      ],
      [
        "findings.push(...this.#upwards(target, target, noGroups));",
        ";",
        "a link in a package leads to another user's code",
      ],
      [
        "if (isElsewhere && statsOf(target)?.isDirectory() === true) folders.add(target);",
        "",
        "a link in a package leads to a folder with another user's code",
      ],
      [
        "if (reason !== undefined) throw notTrusted(owner.package, reason);",
        "",
        "another user's code is imported from a dependency",
      ],
      ["followed.set(resolved.url, owner);", "", "another user's code is imported by a dependency of a dependency"],
      [
        "if (!ownProcess) endFollowing();",
        "endFollowing();",
        "under exec, a module that is imported with the first request is not judged",
      ],
      [
        "if (ahead !== undefined) throw notTrusted(instance.package, ahead);",
        "",
        "in the user's program, a module that is imported with the first request is not judged",
      ],
      [
        "if (own.has(name)) pending.add(end);",
        "",
        "in the user's program, a dependency's dependency is not judged",
        { accepted: "what is imported at once is followed as well" },
      ],
      [
        '["command", "core", "environment"].includes(origin) ? this.#installation : noGroups',
        "this.#installation",
        "in a project, a group that may write the command may write its plugins",
      ],
      [
        '["command", "core", "environment"].includes(origin) ? this.#installation : noGroups',
        "noGroups",
        "with Homebrew, no plugin beside the command can be used",
      ],
    ],
  ),
];
