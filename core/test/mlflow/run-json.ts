/** Bodies of `runs/create` in every spelling that JSON allows, each with the place where further tags belong. */
import * as fc from "fast-check";

/** A text with the insertionPoint where tags come in, and what stands around the tags once they are in. */
export interface Spelled {
  readonly before: string;
  /** What an empty `tags` leaves out of the text: `null`, or nothing. */
  readonly replaced: string;
  readonly after: string;
  readonly open: string;
  readonly close: string;
  /** The keys of the client's own tags. */
  readonly own: readonly string[];
}

const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);
const number = fc.constantFrom("0", "-1", "1.50", "1E5", "9223372036854775807", "-9007199254740993", "1e400", "0.1000");
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom("tags", '"]', "\\", "\n", "]}", "{", "é𝄞"),
);

/** A string literal; each character plain or escaped. */
const literal = (value: string) =>
  fc.infiniteStream(fc.boolean()).map((escapes) => {
    const units = [...value].map((character) => {
      const escaped = escapes.next().value || character === '"' || character === "\\" || character < " ";
      return escaped ? character.split("").map(hex).join("") : character;
    });
    return `"${units.join("")}"`;
  });
const hex = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
const anyLiteral = text.chain(literal);

const { value: anyValue } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom("true", "false", "null"),
    number,
    anyLiteral,
    fc
      .tuple(space, fc.array(around(tie("value")), { maxLength: 3 }))
      .map(([gap, items]) => `[${items.join(",") || gap}]`),
    fc
      .tuple(space, fc.array(member(fc.oneof(anyLiteral, literal("tags")), tie("value")), { maxLength: 3 }))
      .map(([gap, items]) => `{${items.join(",") || gap}}`),
  ),
}));

function around(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(space, value, space).map((parts) => parts.join(""));
}

function member(key: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(around(key), around(value)).map(([name, content]) => `${name}:${content}`);
}

/** One tag of the client's, with a second member or a repeated key at times. */
const tag = fc
  .tuple(text, text, fc.boolean(), fc.option(anyValue, { nil: undefined }))
  .chain(([key, value, first, extra]) => {
    const parts = [member(literal("key"), literal(key)), member(literal("value"), literal(value))];
    if (!first) parts.reverse();
    if (extra !== undefined) parts.push(member(literal("extra"), fc.constant(extra)));
    if (first) parts.unshift(member(literal("key"), literal("overridden")));
    return fc.tuple(...parts).map((members) => ({ key, spelled: `{${members.join(",")}}` }));
  });

/** Everything but the last top-level `tags`. */
const otherKey = fc.oneof(
  text.filter((key) => key !== "tags"),
  fc.constantFrom("experiment_id", "start_time", "Tags", "tag"),
);
const members = fc.array(fc.oneof(member(otherKey.chain(literal), anyValue), member(literal("tags"), anyValue)), {
  maxLength: 4,
});
const otherMembers = fc.array(member(otherKey.chain(literal), anyValue), { maxLength: 4 });
const frame = fc.tuple(fc.constantFrom("", "\ufeff"), space, space, space);

const withList = fc
  .tuple(
    frame,
    members,
    otherMembers,
    around(literal("tags")),
    fc.array(fc.tuple(space, tag, space), { maxLength: 4 }),
    space,
    space,
  )
  .map(([[mark, lead, , tail], front, rear, name, tags, gap, inner]): Spelled => {
    const items = tags.map(([left, { spelled }, right], i) => left + spelled + (i < tags.length - 1 ? right : ""));
    const before = `${mark}${lead}{${[...front, `${name}:${gap}[${items.join(",")}`].join(",")}`;
    const last = tags.at(-1)?.[2] ?? inner;
    const after = `${last}]${gap}${rear.map((text) => `,${text}`).join("")}}${tail}`;
    return {
      before,
      replaced: "",
      after,
      open: tags.length > 0 ? "," : "",
      close: "",
      own: tags.map(([, { key }]) => key),
    };
  });

const withNull = fc
  .tuple(frame, members, otherMembers, around(literal("tags")), space, space)
  .map(([[mark, lead, , tail], front, rear, name, gap, right]): Spelled => {
    const before = `${mark}${lead}{${[...front, `${name}:${gap}`].join(",")}`;
    const after = `${right}${rear.map((text) => `,${text}`).join("")}}${tail}`;
    return { before, replaced: "null", after, open: "[", close: "]", own: [] };
  });

const without = fc.tuple(frame, otherMembers).map(([[mark, lead, inner, tail], others]): Spelled => {
  // The white space behind the last member, or within an empty object, stays behind what is added.
  const body = others.join(",");
  const end = body.trimEnd();
  const before = `${mark}${lead}{${end}`;
  const after = `${others.length > 0 ? body.slice(end.length) : inner}}${tail}`;
  return { before, replaced: "", after, open: others.length > 0 ? ',"tags":[' : '"tags":[', close: "]", own: [] };
});

export const runJson: fc.Arbitrary<Spelled> = fc.oneof(withList, withNull, without);
