/** docs/plugins.md lists every plugin of this repository, those of others that core knows of, and nothing else. */
import { globSync, readFileSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { pluginsOfOthers } from "../../core/src/discovery/known-plugins.ts";
import { readMarkdown, root } from "./markdown.ts";

const test = suite("the list of plugins");

/** Name and package of each row, and who makes it. */
const rows = Array.from(
  readMarkdown("docs/plugins.md").matchAll(/^\| \[?`([\w-]+)`.*? \| \[?`([^`]+)`.*? \| .+ \| (.+) \|$/gm),
  ([, name = "", owner = "", by = ""]) => ({ name, owner, by }),
);
const pairs = (of: typeof rows) => of.map(({ name, owner }) => `${name} ${owner}`);

test("ours are those whose packages are here", () => {
  const here = globSync("plugins/*/package.json", { cwd: root }).flatMap((file) => {
    const { name, "entry-points": points } = JSON.parse(readFileSync(root + file, "utf8"));
    const { "mlflow_auth.command": _, ...providers } = points;
    const names = new Set(Object.values<object>(providers).flatMap((given) => Object.keys(given)));
    return [...names].map((plugin) => `${plugin} ${name}`);
  });
  assert.ok(here.length > 6);
  assert.equal(pairs(rows.filter(({ by }) => by === "this project")).sort(), here.sort());
});

test("those of others are those that core knows, so that a message can offer them", () => {
  const known = Object.entries(pluginsOfOthers).map((pair) => pair.join(" "));
  assert.equal(pairs(rows.filter(({ by }) => by !== "this project")), known);
});

test("the rows are in the order of the names, each of which is there once", () => {
  const names = rows.map(({ name }) => name);
  assert.equal(names, [...new Set(names)].sort());
});

test("each of ours has the keyword by which npm's search finds it", () => {
  for (const file of globSync("plugins/*/package.json", { cwd: root })) {
    const { keywords } = JSON.parse(readFileSync(root + file, "utf8"));
    assert.ok(keywords.includes("mlflow-auth-plugin"), file);
  }
});

test.run();
