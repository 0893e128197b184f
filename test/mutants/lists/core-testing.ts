/** Faults in the contract suite: what it would no longer find. */
import { faultsIn } from "../mutant.ts";

export const mutants = [
  ...faultsIn(
    "core/src/testing",
    ["core/contract-answers"],
    [
      ["checkSilence(setup, { words });", "", "doctor may print a secret of the store"],
      ['assert.ok(!given, "describe() gave', 'assert.ok(true, "describe() gave', "doctor may print the credential"],
      ['assert.equal(typeof words, "string",', 'assert.equal("", "",', "doctor may be given what is no text"],
    ],
  ),
  ...faultsIn(
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
      [
        "const isOutside = bare !== own && ",
        "const isOutside = ",
        "an author who imports by the package's own name hears that it is another",
      ],
      ['printed + stderr === "" ? [] :', "true ? [] :", "a package may print as it is imported"],
      ["!byOther) packages.add(bare);", "false) packages.add(bare);", "a package may load its SDK before anybody asks"],
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
  ),
  ...faultsIn(
    "core/src/testing",
    ["core/command-contract"],
    [
      [
        'outcome({ ...tested, file: undefined }, ["--help"])',
        'outcome(tested, ["--help"])',
        "help may need a file that a newcomer does not have",
      ],
      ['assert.ok(stdout.trim() !== "", "it printed nothing on stdout");', "", "help may go where no pager sees it"],
      [
        'assert.ok(error?.remedy || stderr.trim() !== "",',
        "assert.ok(true,",
        "a command may end with 2 and say nothing",
      ],
      ["assert.notEqual(ended.code, 0,", "assert.ok(true,", "a failure may look like success to a script"],
      [
        "assert.ok([0, 1, 2, 3, 4].includes(given),",
        "assert.ok(true,",
        "a command may end with a code that means something else",
      ],
      [
        "assert.equal(spelling, undefined, `it prints",
        "assert.ok(true, `it prints",
        "a command may print a credential",
      ],
      [
        "if (isListed(String(request.url))) return",
        "if (true) return",
        "a command may send to servers that nobody listed",
      ],
    ],
  ),
];
