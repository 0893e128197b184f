import { spawnSync } from "node:child_process";
import { missing, nodeBinary } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createMemoryKeeper, type Gc } from "../src/memory.js";

const test = suite("the command's memory");

const MIB = 1024 * 1024;

/** A keeper whose collections are told, and whose time passes when it is told to. */
function watched() {
  const collections: string[] = [];
  const timers: (() => void)[] = [];
  const traffic = createMemoryKeeper({
    findGc: (): Gc => (options) => void collections.push(options.type),
    later: (callback) => void timers.push(callback),
  });
  const pass = () => timers.splice(0).forEach((callback) => void callback());
  return { traffic, collections, timers, pass };
}

test("the young generation is collected after every 4 MiB, and not before", () => {
  const { traffic, collections } = watched();
  for (let i = 0; i < 63; i++) traffic(MIB / 16);
  assert.equal(collections, []);
  for (let i = 0; i < 65; i++) traffic(MIB / 16);
  assert.equal(collections, ["minor", "minor"]);
});

test("after a burst everything is collected, once there is calm, and once", () => {
  const { traffic, collections, timers, pass } = watched();
  for (let i = 0; i < 1_000; i++) traffic(0);
  pass();
  assert.equal(collections, [], "there was traffic");
  traffic(0);
  pass();
  assert.equal(collections, [], "there was some still");
  pass();
  assert.equal([collections, timers.length], [["major"], 0], "and an idle process is left alone");
});

test("few requests make no burst, and the next burst is one again", () => {
  const { traffic, collections, timers, pass } = watched();
  for (let i = 0; i < 999; i++) traffic(0);
  assert.is(timers.length, 0);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 1_000; i++) traffic(0);
    pass();
    pass();
  }
  assert.equal(collections, ["major", "major"]);
});

test("where V8 can't be asked to, bytes stream on all the same", () => {
  let asked = 0;
  const traffic = createMemoryKeeper({ findGc: () => void asked++ });
  traffic(4 * MIB);
  assert.is(asked, 1);
});

test.run();

const nodes = [
  { name: "Node 22.19", missing: await missing("node22"), binary: () => nodeBinary("node22") },
  { name: "Node 24", missing: undefined, binary: () => process.execPath },
  { name: "Node 26", missing: await missing("node26"), binary: () => nodeBinary("node26") },
];

const program = `
import { constants, PerformanceObserver } from "node:perf_hooks";
const { createMemoryKeeper } = await import(process.argv[1]);
let calm;
const traffic = createMemoryKeeper({ later: (callback) => { calm = callback; } });
const kinds = { [constants.NODE_PERFORMANCE_GC_MINOR]: "minor", [constants.NODE_PERFORMANCE_GC_MAJOR]: "major" };
const seen = { minor: 0, major: 0 };
new PerformanceObserver((list) => {
  for (const { detail } of list.getEntries()) if (detail.kind in kinds) seen[kinds[detail.kind]]++;
}).observe({ entryTypes: ["gc"] });
for (let i = 0; i < 20; i++) traffic(4 * 1024 * 1024);
for (let i = 0; i < 1000; i++) traffic(0);
calm();
calm();
// An observer is told later.
for (let i = 0; i < 500 && (seen.minor < 20 || seen.major < 1); i++) await new Promise((resolve) => setTimeout(resolve, 10));
console.log(JSON.stringify({ ...seen, exposed: typeof gc }));
`;

for (const { name, missing: lacking, binary } of nodes) {
  const onNode = suite(`the command's memory on ${name}`, { missing: lacking });

  onNode("both collections are to be had, and no program sees how", () => {
    const module = new URL("../dist/memory.js", import.meta.url).href;
    const ran = spawnSync(binary(), ["--input-type=module", "-e", program, module], { encoding: "utf8" });
    assert.is(ran.status, 0, ran.stderr);
    const { minor, major, exposed } = JSON.parse(ran.stdout);
    // A few more may be V8's own doing.
    assert.ok(minor >= 20 && minor < 25 && major >= 1 && major < 10, ran.stdout);
    assert.is(exposed, "undefined");
  });

  onNode.run();
}
