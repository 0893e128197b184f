/** A small fault in the code that some test must notice. */
export interface Mutant {
  /** A file or a folder of the workspace, as in `core/src/pipeline`; `find` occurs exactly once in it. */
  readonly in: string;
  /** The source text at fault, character by character. */
  readonly find: string;
  readonly replace: string;
  /** The nearest test files by package and name: `core/renewal` stands for core/test/pipeline/renewal.test.ts. Quick ones first. */
  readonly tests: readonly string[];
  /** What would break for a user. */
  readonly why: string;
  /** Why no test can notice, where the fault makes no difference that anybody sees. */
  readonly accepted?: string;
}

/** A mutant whose place was found. */
export interface Fault extends Mutant {
  /** Relative to the workspace. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** The whole source with the fault in it. */
  readonly source: string;
  /** Relative to the workspace. */
  readonly testFiles: readonly string[];
}

/** A fault as a row of a table: what stands there, what takes its place, what would break for a user. */
export type Row = readonly [
  find: string,
  replace: string,
  why: string,
  more?: { readonly tests?: readonly string[]; readonly accepted?: string },
];

/** Faults of one folder or file that the same tests must notice, where a row does not name its own. */
export function faultsIn(place: string, tests: readonly string[], rows: readonly Row[]): Mutant[] {
  return rows.map(([find, replace, why, more]) => ({ in: place, find, replace, why, tests, ...more }));
}
