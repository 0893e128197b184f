/** Measures things side by side, and in turns: whatever else the machine does slows all of them down alike. */

/** One promise, as a row of docs/benchmarks.md. */
export interface Result {
  readonly id: string;
  /** What is compared with what. */
  readonly what: string;
  /** `none` for a row without a promise, which is there for comparison. */
  readonly target: string;
  readonly measured: string;
  /** The ratio that the target is about; undefined if the other side is not available here. */
  readonly ratio: number | undefined;
  readonly met: boolean | undefined;
  readonly note?: string;
}

/** The value below which that share of the samples lies: 0.5 gives the median. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}

/**
 * Calls each function with all inputs, in turns. A sample is the time of one such round in nanoseconds per call.
 *
 * @param rounds how many samples each function gets; a tenth as many come first, and are thrown away
 */
export function inTurns<I>(
  functions: Readonly<Record<string, (input: I) => unknown>>,
  inputs: readonly I[],
  rounds: number,
): Record<string, number[]> {
  const samples: Record<string, number[]> = Object.fromEntries(Object.keys(functions).map((name) => [name, []]));
  const warmUp = Math.ceil(rounds / 10);
  for (let round = -warmUp; round < rounds; round++) {
    for (const [name, run] of Object.entries(functions)) {
      const start = process.hrtime.bigint();
      for (const input of inputs) kept.value = run(input);
      const nanoseconds = Number(process.hrtime.bigint() - start) / inputs.length;
      if (round >= 0) samples[name]?.push(nanoseconds);
    }
  }
  return samples;
}

/** Results are put here, so that no call is optimised away. */
export const kept: { value: unknown } = { value: undefined };

/** A number without decimals, with commas between thousands. */
export const whole = (value: number) => Math.round(value).toLocaleString("en");
