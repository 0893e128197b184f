import type { Environment, Interpolated } from "./interpolate.js";
import type { ProblemList } from "./problems.js";

/** What the steps of one loading share. */
export interface LoadContext {
  readonly env: Environment;
  /** What the paths in environment variables are relative to. */
  readonly cwd: string;
  /** What the paths of the file are relative to: its folder. */
  readonly folder: string;
  /** Whose file it is, where the user named it. */
  readonly trustedOwner?: number | undefined;
  readonly fillings: Interpolated["fillings"];
  readonly problems: ProblemList;
  readonly warnings: ProblemList;
}
