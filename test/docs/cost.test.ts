/** The guide on what it costs says what the benchmarks measured last. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { readMarkdown } from "./markdown.ts";

const test = suite("the figures of the guide on cost");
const measured = readMarkdown("docs/benchmarks.md");
/** A number with its unit, or with a comma that parts thousands. */
const FIGURE = /\b\d+(?:\.\d+)? (?:ms|ns|us|MiB)|\b\d+,\d{3}\b/g;

test("each stands in the benchmarks", () => {
  const rows = readMarkdown("docs/guides/cost.md").match(/^\|.*\|$/gm) ?? [];
  // Of the rates, what one request takes: worked out below.
  const figures =
    rows
      .join("\n")
      .replace(/about [\d.]+ ms each/, "")
      .match(FIGURE) ?? [];
  assert.ok(figures.length >= 10, `${figures.length} figures`);
  // The unit may follow another number of the same row.
  const unknown = figures.filter((figure) => !new RegExp(`\\b${figure.split(" ")[0]}\\b`).test(measured));
  assert.equal(unknown, []);
});

test("the time of a request is that of the rate beside it", () => {
  const [, rate = "", time = ""] =
    /serves ([\d,]+) a second, about ([\d.]+) ms/.exec(readMarkdown("docs/guides/cost.md")) ?? [];
  assert.is((1000 / Number(rate.replace(",", ""))).toFixed(3), time);
});

test.run();
