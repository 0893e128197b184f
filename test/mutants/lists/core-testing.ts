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
        'error.code === "SECRET_EXPIRED")',
        "false)",
        "an author with a clock of his own is sent to look for a wrong clock of his machine",
      ],
      ["assert.ok(lines.length === 0,", "assert.ok(true,", "packageContract passes whatever is found"],
      ['severity === "error")', "true)", "a warning fails the tests of a plugin"],
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
