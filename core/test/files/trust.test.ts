import type { Stats } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { trustProblem } from "../../src/files/trust.js";

const test = suite("whose files are used");

function judge(
  self: [uid: number, gid: number],
  file: Partial<Stats>,
  owners?: ReadonlySet<number>,
): string | undefined {
  const { getuid, getgid } = process;
  Object.assign(process, { getuid: () => self[0], getgid: () => self[1] });
  try {
    return trustProblem({ isSymbolicLink: () => false, ...file } as Stats, owners);
  } finally {
    Object.assign(process, { getuid, getgid });
  }
}

const others = "may be written by others";
const another = "belongs to another user";
const table: [what: string, self: [number, number], file: [number, number, number], reason: string | undefined][] = [
  ["one's own", [1000, 1000], [1000, 1000, 0o644], undefined],
  ["root's", [1000, 1000], [0, 0, 0o644], undefined],
  ["another user's", [1000, 1000], [1001, 1000, 0o644], another],
  ["another user's, for root", [0, 0], [1000, 1000, 0o644], another],
  ["everybody may write it", [1000, 1000], [1000, 1000, 0o646], others],
  ["one's private group may", [1000, 1000], [1000, 1000, 0o664], undefined],
  ["one's primary group `users` may", [1000, 100], [1000, 100, 0o664], others],
  ["macOS' `staff` may", [501, 20], [501, 20, 0o664], others],
  ["another group may", [1000, 1000], [1000, 1001, 0o664], others],
  ["a group of one's number that one is not in may", [1000, 100], [1000, 1000, 0o664], others],
  ["root's group may, for root", [0, 0], [0, 0, 0o664], undefined],
  ["root's group may", [1000, 1000], [0, 0, 0o664], others],
  ["root's group may, and one is in it, as in containers of any user", [1000650000, 0], [0, 0, 0o664], undefined],
  ["one's own group may write what is root's", [1000, 1000], [0, 1000, 0o664], others],
];
for (const [what, self, [uid, gid, mode], reason] of table) {
  test(`${what}: ${reason ?? "used"}`, () => assert.is(judge(self, { uid, gid, mode }), reason));
}

test("of a user who is trusted beside oneself, the same holds", () => {
  const owners = new Set([1000]);
  assert.is(judge([0, 0], { uid: 1000, gid: 1000, mode: 0o664 }, owners), undefined);
  assert.is(judge([0, 0], { uid: 1000, gid: 100, mode: 0o664 }, owners), others);
  assert.is(judge([0, 0], { uid: 1000, gid: 1000, mode: 0o666 }, owners), others);
  assert.is(judge([0, 0], { uid: 1001, gid: 1001, mode: 0o644 }, owners), another);
});

test("where there are no users, nothing is refused", () => {
  const { getuid } = process;
  Object.assign(process, { getuid: undefined });
  assert.is(trustProblem({ uid: 7, gid: 7, mode: 0o777, isSymbolicLink: () => false } as Stats), undefined);
  Object.assign(process, { getuid });
});

test.run();
