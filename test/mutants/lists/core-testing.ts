/** Faults in the contract suite: what it would no longer find. */
import { faultsIn } from "../mutant.ts";

export const mutants = faultsIn(
  "core/src/testing",
  ["core/bad-plugins"],
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
      "if (after.listeners[name] !== before.listeners[name]) effects.push(",
      "if (false) effects.push(",
      "a package may take over the errors of the program",
    ],
    [
      "if (all.length > (before.resources.get(name)?.length ?? 0)) effects.push(",
      "if (false) effects.push(",
      "a package may keep every program from its end",
    ],
    ['printed + stderr === "" ? [] :', "true ? [] :", "a package may print as it is imported"],
    [
      "!isOther(context.parentURL)) packages.add(bare);",
      "false) packages.add(bare);",
      "a package may load its SDK before anybody asks",
    ],
    [
      "assert.equal(faults.length, 0, faults.join",
      "assert.equal(0, 0, faults.join",
      "an entry point may name what is not there",
    ],
    [
      'error.code === "SECRET_EXPIRED")',
      "false)",
      "an author with a clock of his own is sent to look for a wrong clock of his machine",
    ],
    ["manifest !== undefined, `${folder} has no", "true, `${folder} has no", "a folder without a package passes"],
    ["assert.ok(entries.length > 0,", "assert.ok(true,", "a package whose groups are misspelt passes"],
  ],
);
