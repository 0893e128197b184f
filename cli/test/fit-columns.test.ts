import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { fitColumns } from "../src/fit-columns.ts";

const test = suite("text for a terminal");
const fit = (text: string, columns: number) => fitColumns(text, { isTTY: true, columns });

test("a line goes on between words, further in", () => {
  assert.is(
    fit("    warning: one two three four five six seven\nshort", 32),
    "    warning: one two three\n      four five six seven\nshort",
  );
});

test("what stands in backticks stays whole, and so does an address", () => {
  const command = "`npm install --global mlflow-auth`";
  assert.is(fit(`run ${command} here and now`, 36), `run\n  ${command}\n  here and now`);
  const address = `https://mlflow.example.com/${"x".repeat(40)}`;
  assert.is(fit(`ask ${address} again`, 30), `ask\n  ${address}\n  again`);
});

test("colours take no room", () => {
  const red = (text: string) => `\u001b[31m${text}\u001b[39m`;
  assert.is(fit(`${red("FAIL")} ${"word ".repeat(6).trim()}`, 34), `${red("FAIL")} word word word word word\n  word`);
});

test("what is no terminal, or says nothing of its width, gets each line whole", () => {
  const text = "word ".repeat(50);
  assert.is(fitColumns(text, { isTTY: false, columns: 40 }), text);
  assert.is(fitColumns(text, { isTTY: true, columns: undefined as never }), text);
  assert.is(fit(text, 0), text);
});

test.run();
