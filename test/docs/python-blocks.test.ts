/** What stands in Python in the documentation is Python, also where nothing here can run it. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { findPython } from "../servers/installation/python.ts";
import { run } from "../servers/installation/run.ts";
import { missing } from "../servers/tools.ts";
import { fencesOf, markdownFiles, readMarkdown } from "./markdown.ts";

const test = suite("Python in the documentation", { missing: await missing("python") });
const PARSE = "import ast, json, sys\nfor where, text in json.loads(sys.argv[1]): ast.parse(text, where)";

test("every block can be parsed, but for the magic of notebooks", async () => {
  const blocks = markdownFiles().flatMap((file) =>
    fencesOf(readMarkdown(file))
      .filter(({ language }) => language === "python")
      .map(({ text, line }) => [`${file}:${line}`, text.replaceAll(/^%.*$/gm, "")]),
  );
  assert.ok(blocks.length > 5, `${blocks.length} blocks`);
  await run((await findPython())?.path as string, ["-c", PARSE, JSON.stringify(blocks)]);
});

test.run();
