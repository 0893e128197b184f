import Table from "cli-table3";
import type { LoggedRun } from "./expected-runs.ts";

/** The runs as a table, without colours: one row per run. */
export function runsTable(runs: readonly LoggedRun[]): string {
  const table = new Table({
    head: ["run", "logged by", "params", "metrics", "tags"],
    style: { head: [], border: [], compact: true },
  });
  for (const { name, source, params, metrics, tags } of runs) {
    table.push([name, source, pairs(params), Object.entries(metrics).map(course).join("\n"), pairs(tags)]);
  }
  return table.toString();
}

function pairs(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ");
}

/** `loss 0.909 … 0.667 (5 steps)`: the first value, the last, and how many steps there are. */
function course([name, values]: [string, readonly number[]]): string {
  const [first = Number.NaN] = values;
  if (values.length === 1) return `${name} ${rounded(first)}`;
  return `${name} ${rounded(first)} … ${rounded(values.at(-1) as number)} (${values.length} steps)`;
}

function rounded(value: number): string {
  return `${Number(value.toFixed(3))}`;
}
