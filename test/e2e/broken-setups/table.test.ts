/** The table as a whole: how many causes it has, and that each is its own. */
import { globSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { BrokenSetup } from "./setup.ts";

const test = suite("the table of broken set-ups");

async function allSetups(): Promise<BrokenSetup[]> {
  const files = globSync("setups/*.ts", { cwd: import.meta.dirname });
  const modules = await Promise.all(files.map((file) => import(new URL(file, import.meta.url).href)));
  return modules.flatMap((module) => Object.values(module as Record<string, readonly BrokenSetup[]>).flat());
}

test("has at least sixty causes, no two of one name", async () => {
  const names = (await allSetups()).map(({ name }) => name);
  assert.ok(names.length >= 60, `${names.length}`);
  assert.is(new Set(names).size, names.length);
});

test("no two are told in the same words and healed by the same advice", async () => {
  const seen = new Map<string, string>();
  for (const { name, link, says, remedy } of await allSetups()) {
    const key = `${link} ${says.source} ${remedy.source}`;
    assert.is(seen.get(key), undefined, `${name}: as ${seen.get(key)}`);
    seen.set(key, name);
  }
});

test.run();
