/** Measuring things side by side: in turns, so that what else the machine does falls on all alike. */

/** One promise, as a row of docs/benchmarks.md. */
export interface Result {
  readonly id: string;
  /** What is compared with what. */
  readonly what: string;
  /** `none` for a row that promises nothing and is there to be compared with the others. */
  readonly target: string;
  readonly measured: string;
  /** The ratio that the target is about; undefined where the other side is not to be had here. */
  readonly ratio: number | undefined;
  readonly met: boolean | undefined;
  readonly note?: string;
}

/** The value below which the share `share` of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number;
}

/**
 * Nanoseconds per call of each function, over `inputs`, in turns: one sample per function and round.
 *
 * @param rounds how many samples each gets, after a tenth as many that are thrown away
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

/** Where results go, so that no call is optimised away. */
export const kept: { value: unknown } = { value: undefined };

export const whole = (value: number) => Math.round(value).toLocaleString("en");
