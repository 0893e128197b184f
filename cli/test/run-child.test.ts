import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { runChild } from "../src/run-child.js";

const test = suite("run-child");

test("an environment that is too long for the system is a clear failure, and no stack", async () => {
  const printed: string[] = [];
  const { error } = console;
  console.error = (text: string) => printed.push(text);
  try {
    const end = await runChild(["true"], { ...process.env, LONG: "x".repeat(8 * 1024 * 1024) });
    assert.equal(end, { code: 125, started: false });
  } finally {
    console.error = error;
  }
  assert.is(printed.length, 1);
  assert.match(printed[0] as string, /true can't be started: .* longer than this system allows\n {2}Try this: .*fewer/);
});

test.run();
