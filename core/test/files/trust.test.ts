import type { Stats } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { trustProblem, trustProblemAbove } from "../../src/files/trust.js";

const test = suite("whose files are used");

function judge(
  self: [uid: number, gid: number],
  file: Partial<Stats>,
  owners?: ReadonlySet<number>,
  judged = trustProblem,
): string | undefined {
  const { getuid, getgid } = process;
  Object.assign(process, { getuid: () => self[0], getgid: () => self[1] });
  try {
    return judged({ isSymbolicLink: () => false, ...file } as Stats, owners);
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
  ["root's group may write one's own in such a container", [1000650000, 0], [1000650000, 0, 0o664], undefined],
  ["the sticky bit helps nothing", [1000, 1000], [1000, 1000, 0o1777], others],
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

const above: [what: string, self: [number, number], file: [number, number, number], reason: string | undefined][] = [
  ["another user's", [1000, 1000], [1001, 1001, 0o755], undefined],
  ["/tmp", [1000, 1000], [0, 0, 0o1777], undefined],
  ["everybody may write it", [1000, 1000], [0, 0, 0o777], others],
  ["a group may write it", [1000, 1000], [0, 100, 0o2775], others],
  ["a group may write it, with the sticky bit", [1000, 1000], [0, 100, 0o3775], undefined],
  ["one's private group may write it", [1000, 1000], [1000, 1000, 0o775], undefined],
];
for (const [what, self, [uid, gid, mode], reason] of above) {
  test(`a folder above, ${what}: ${reason ?? "used"}`, () =>
    assert.is(judge(self, { uid, gid, mode }, undefined, trustProblemAbove), reason));
}

test("a link above counts by its owner", () => {
  const link = { isSymbolicLink: () => true, gid: 0, mode: 0o777 };
  assert.is(judge([1000, 1000], { ...link, uid: 1001 }, undefined, trustProblemAbove), another);
  assert.is(judge([1000, 1000], { ...link, uid: 0 }, undefined, trustProblemAbove), undefined);
});

test("groups that are named may write beside the owner, and everybody may not", () => {
  const groups = new Set([80]);
  const stats = (mode: number) => ({ uid: 1000, gid: 80, mode, isSymbolicLink: () => false }) as Stats;
  const owners = new Set([1000]);
  assert.is(trustProblem(stats(0o775), owners, groups), undefined);
  assert.is(trustProblem(stats(0o775), owners), others);
  assert.is(trustProblem(stats(0o777), owners, groups), others);
});

test("where there are no users, nothing is refused", () => {
  const { getuid } = process;
  Object.assign(process, { getuid: undefined });
  assert.is(trustProblem({ uid: 7, gid: 7, mode: 0o777, isSymbolicLink: () => false } as Stats), undefined);
  Object.assign(process, { getuid });
});

test.run();
