/**
 * Measures the promises that are about speed and writes docs/benchmarks.md.
 *
 *   npm run bench          all of them
 *   npm run bench -- P2    those named
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { g2 } from "./g2-resolve-latency.ts";
import type { Result } from "./measure.ts";
import { p1 } from "./p1-resolve.ts";
import { p2 } from "./p2-interceptor.ts";
import { p3 } from "./p3-proxy.ts";
import { p4 } from "./p4-cold-start.ts";
import { p5 } from "./p5-memory.ts";
import { p6 } from "./p6-discovery.ts";

const benchmarks: Record<string, () => Promise<Result[]>> = { P1: p1, P2: p2, P3: p3, P4: p4, P5: p5, P6: p6, G2: g2 };

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(", ")}; there are ${Object.keys(benchmarks).join(", ")}`);
  process.exit(2);
}

const results: Result[] = [];
for (const [name, run] of Object.entries(benchmarks)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const found = await run();
  for (const { id, what, target, measured, ratio, met } of found) {
    console.log(
      `${id}  ${what}\n    target ${target}; measured ${measured}; ratio ${shown(ratio)}  ${verdict(met, target)}`,
    );
  }
  results.push(...found);
}
if (names.length === 0) writeFileSync(fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url)), page(results));
if (results.some(({ met }) => met === false)) process.exitCode = 1;

function shown(ratio: number | undefined): string {
  return ratio === undefined ? "–" : ratio.toFixed(ratio < 0.1 ? 3 : 2);
}

function verdict(met: boolean | undefined, target: string): string {
  if (target === "none") return "for comparison";
  return met === undefined ? "not measured" : met ? "met" : "MISSED";
}

function page(rows: readonly Result[]): string {
  const model = cpus()[0]?.model.trim() ?? "unknown";
  const lines = rows.map(
    ({ id, what, target, measured, ratio, met }) =>
      `| ${id} | ${what} | ${target} | ${measured} | ${shown(ratio)} | ${verdict(met, target)} |`,
  );
  return `<!-- Written by \`npm run bench\`. Don't edit. -->

# Benchmarks

Ratios of things run side by side, in turns, on one machine: ${cpus().length} × ${model}, Node ${process.versions.node}. The nanoseconds
are of that machine; the ratios are what is promised.

| | what | target | measured | ratio | |
| --- | --- | --- | --- | --- | --- |
${lines.join("\n")}
`;
}
