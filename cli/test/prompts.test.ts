import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { Cancelled } from "../src/cancelled.js";
import { askOne, askSome, askText, askYesNo } from "../src/prompts.js";

const test = suite("the questions on a terminal");

test("what a plugin's schema says gives no orders to the terminal", async () => {
  const order = "\u001b]0;title\u0007";
  const options = [{ value: "a", label: `label ${order}` }];
  const written: string[] = [];
  const { write } = process.stderr;
  process.stderr.write = ((text: string) => written.push(String(text)) > 0) as typeof write;
  try {
    const asked = [
      askText({ message: order, hint: `hint ${order}`, check: () => undefined }),
      askYesNo(order, false),
      askOne(order, options),
      askSome(order, options, []),
    ];
    await new Promise((resolve) => setImmediate(resolve));
    // As at the end of the input.
    process.emit("beforeExit", 0);
    for (const answer of asked) {
      const thrown = await answer.catch((error: unknown) => error);
      assert.instance(thrown, Cancelled);
    }
  } finally {
    process.stderr.write = write;
  }
  const text = written.join("");
  assert.match(text, "label \\u001b]0;title");
  assert.not.match(text, order);
});

test.run();
