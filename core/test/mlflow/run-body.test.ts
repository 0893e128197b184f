import { suite } from "@mlflow-auth/test/suite";
import * as fc from "fast-check";
import * as assert from "uvu/assert";
import { readRunBody } from "../../src/mlflow/run-body.js";
import { runJson } from "./run-json.js";

const test = suite("the body of runs/create");

const read = (text: string) => readRunBody(Buffer.from(text));
const added = (text: string, tags: Record<string, string> = { a: "1" }) => read(text)?.withTags(tags).toString();
const A = '{"key":"a","value":"1"}';

test("every byte stays, in any spelling, but for the tags that come in", () => {
  const tags = fc.dictionary(fc.string({ minLength: 1, maxLength: 6 }), fc.string({ unit: "grapheme", maxLength: 8 }), {
    maxKeys: 4,
    noNullPrototype: false,
  });
  fc.assert(
    fc.property(runJson, tags, ({ before, replaced, after, open, close, own }, given) => {
      const original = before + replaced + after;
      const items = Object.entries(given)
        .filter(([key]) => !own.includes(key))
        .map(([key, value]) => JSON.stringify({ key, value }));
      const expected = items.length === 0 ? original : before + open + items.join(",") + close + after;
      assert.is(added(original, given), expected);
    }),
    { numRuns: 10_000 },
  );
});

const places: Record<string, [body: string, expected: string]> = {
  "no tags": ['{"experiment_id":"1"}', `{"experiment_id":"1","tags":[${A}]}`],
  "nothing at all": ["{}", `{"tags":[${A}]}`],
  "nothing but space": [" { \n} ", ` {"tags":[${A}] \n} `],
  "an empty list": ['{"tags": [ ], "x": 1}', `{"tags": [${A} ], "x": 1}`],
  "a list": ['{"tags": [{"key":"b","value":"2"} ]}', `{"tags": [{"key":"b","value":"2"},${A} ]}`],
  null: ['{"tags": null }', `{"tags": [${A}] }`],
  "a key that is escaped": ['{"\\u0074ags":[]}', `{"\\u0074ags":[${A}]}`],
  "a key that is repeated, where the last counts": ['{"tags":[1],"tags":[]}', `{"tags":[1],"tags":[${A}]}`],
  "a list, and then null": ['{"tags":[1],"t\\u0061gs":null}', `{"tags":[1],"t\\u0061gs":[${A}]}`],
  "tags further down": ['{"x":{"tags":[]},"y":[{"tags":[]}]}', `{"x":{"tags":[]},"y":[{"tags":[]}],"tags":[${A}]}`],
  "brackets in texts": ['{"run_name":"]}\\"tags\\":[{","tags":[]}', `{"run_name":"]}\\"tags\\":[{","tags":[${A}]}`],
  "integers of 64 bits": ['{"start_time":9223372036854775807}', `{"start_time":9223372036854775807,"tags":[${A}]}`],
  "numbers as people write them": ['{"start_time":1.50E+3}', `{"start_time":1.50E+3,"tags":[${A}]}`],
  "a byte order mark": ["\ufeff{}", `\ufeff{"tags":[${A}]}`],
  "keys that a parser would mix up": ['{"x":1,"\\\\":1,"\\"":1}', `{"x":1,"\\\\":1,"\\"":1,"tags":[${A}]}`],
  "a tag that is no object": ['{"tags":[null,1,"a"]}', `{"tags":[null,1,"a",${A}]}`],
};

for (const [name, [body, expected]] of Object.entries(places)) {
  test(`tags come into a body with ${name}`, () => assert.is(added(body), expected));
}

const own: Record<string, string> = {
  "as usual": '{"tags":[{"key":"a","value":"mine"}]}',
  escaped: '{"tags":[{"k\\u0065y":"\\u0061","value":"mine"}]}',
  "behind its value": '{"tags":[{"value":"mine","key":"a"}]}',
  "without a value": '{"tags":[{"key":"a"}]}',
  "with null for its value": '{"tags":[{"key":"a","value":null}]}',
  "by a repeated key": '{"tags":[{"key":"b","key":"a","value":""}]}',
};

for (const [name, body] of Object.entries(own)) {
  test(`the client's own tag wins: ${name}`, () => {
    const buffer = Buffer.from(body);
    assert.is(readRunBody(buffer)?.withTags({ a: "1" }), buffer);
    assert.match(added(body, { a: "1", c: "é\n" }) as string, /,\{"key":"c","value":"é\\n"\}\]\}$/);
  });
}

test("a run's name is the client's own tag, too, for MLflow refuses two that differ", () => {
  assert.is(added('{"run_name":"x"}', { "mlflow.runName": "y" }), '{"run_name":"x"}');
  assert.is(added('{"runName":"x"}', { "mlflow.runName": "y" }), '{"runName":"x"}');
  assert.match(added('{"run_name":""}', { "mlflow.runName": "y" }) as string, "mlflow.runName");
});

const rejected: Record<string, string | Buffer> = {
  nothing: "",
  "no JSON": "experiment_id=1",
  "a form": "--x\r\n\r\n",
  "JSON that is cut off": '{"tags":[',
  "JSON with something behind it": "{}{}",
  "a trailing comma": '{"a":1,}',
  NaN: '{"start_time":NaN}',
  "a list": "[]",
  "a text, as some old clients send": '"{}"',
  null: "null",
  "tags that are an object": '{"tags":{"a":"1"}}',
  "tags that are a text": '{"tags":"[]"}',
  "tags that are a number": '{"tags":[],"tags":0}',
  "a text that is not UTF-8": Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
  "UTF-16": Buffer.from('{"a":1}', "utf16le"),
};

for (const [name, body] of Object.entries(rejected)) {
  test(`no run: ${name}`, () => assert.is(readRunBody(Buffer.from(body as string)), undefined));
}

test("what the providers are told of the run", () => {
  const body =
    '{"experiment_id":"7","run_name":"é","tags":[{"key":"a","value":"1"},{"key":"__proto__","value":"2"},{"key":"b"}]}';
  const run = read(body)?.run;
  assert.equal([run?.experimentId, run?.runName], ["7", "é"]);
  assert.equal(Object.entries(run?.tags ?? {}), [
    ["a", "1"],
    ["__proto__", "2"],
  ]);
  assert.ok(Object.isFrozen(run) && Object.isFrozen(run?.tags));
  assert.is(read('{"experimentId":9223372036854775807}')?.run.experimentId, "9223372036854775807");
  assert.is(read('{"tags":[{"key":"mlflow.runName","value":"n"}]}')?.run.runName, "n");
  assert.equal(
    { ...read('{"experiment_id":null,"run_name":[1]}')?.run, tags: {} },
    { experimentId: undefined, runName: undefined, tags: {} },
  );
});

test("a body as deep as it is long is read without recursion", () => {
  const deep = `{"x":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
  assert.is(added(deep), `${deep.slice(0, -1)},"tags":[${A}]}`);
});

test.run();
