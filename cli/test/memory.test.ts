import { spawnSync } from "node:child_process";
import { missing, nodeBinary } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createStreamCollector, SLOW_GROWTH } from "../src/memory.js";

const test = suite("the command's memory");

test("the young generation is collected after every 4 MiB, and not before", () => {
  let collections = 0;
  const streamed = createStreamCollector(() => () => void collections++);
  for (let i = 0; i < 63; i++) streamed(64 * 1024);
  assert.is(collections, 0);
  for (let i = 0; i < 65; i++) streamed(64 * 1024);
  assert.is(collections, 2);
});

test("where V8 can't be asked to, bytes stream on all the same", () => {
  let asked = 0;
  const streamed = createStreamCollector(() => void asked++);
  for (let i = 0; i < 3; i++) streamed(4 * 1024 * 1024);
  assert.ok(asked > 0);
});

test.run();

const nodes = [
  { name: "Node 22.19", missing: await missing("node22"), binary: () => nodeBinary("node22") },
  { name: "Node 24", missing: undefined, binary: () => process.execPath },
  { name: "Node 26", missing: await missing("node26"), binary: () => nodeBinary("node26") },
];

const program = `
import { constants, PerformanceObserver } from "node:perf_hooks";
const { createStreamCollector } = await import(process.argv[1]);
const streamed = createStreamCollector();
const seen = { minor: 0, others: 0 };
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) seen[detail.kind === constants.NODE_PERFORMANCE_GC_MINOR ? "minor" : "others"]++;
}).observe({ entryTypes: ["gc"] });
for (let i = 0; i < 20; i++) streamed(4 * 1024 * 1024);
// An observer is told later.
for (let i = 0; i < 100 && seen.minor < 20; i++) await new Promise((resolve) => setTimeout(resolve, 10));
console.log(JSON.stringify({ ...seen, exposed: typeof gc }));
`;

for (const { name, missing: lacking, binary } of nodes) {
  const onNode = suite(`the command's memory on ${name}`, { missing: lacking });

  onNode("its V8 knows the flag that slows the growth of the heap", () => {
    const known = spawnSync(binary(), [SLOW_GROWTH, "-p", "1"], { encoding: "utf8" });
    assert.equal([known.status, known.stdout], [0, "1\n"], known.stderr);
    // So that the other says something: a flag that V8 does not know.
    assert.is.not(spawnSync(binary(), [SLOW_GROWTH.replace("factor", "factory"), "-p", "1"]).status, 0);
  });

  onNode("a collection is to be had, and no program sees how", () => {
    const module = new URL("../dist/memory.js", import.meta.url).href;
    const ran = spawnSync(binary(), ["--input-type=module", "-e", program, module], { encoding: "utf8" });
    assert.is(ran.status, 0, ran.stderr);
    const { minor, others, exposed } = JSON.parse(ran.stdout);
    // One or two more may be V8's own doing.
    assert.ok(minor >= 20 && minor < 25 && others < 3, ran.stdout);
    assert.is(exposed, "undefined");
  });

  onNode.run();
}
