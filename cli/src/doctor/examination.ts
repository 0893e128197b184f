import type { Opened } from "./chain.js";
import type { Target } from "./targets.js";
import type { Warned } from "./warned.js";
import type { Wire } from "./wire.js";

/** What the links of one server are examined with. */
export interface Examination {
  readonly target: Target;
  readonly opened: Opened;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that each request may take. */
  readonly timeout: number;
  readonly wire: Wire;
  /** How many answers had come over the wire before this server was examined. */
  readonly since: number;
  /** Grows while plugins are asked. */
  readonly warned: readonly Warned[];
}

/**
 * How much longer than a request plugins may take, who send several. Mostly core's own time-out of the plugin, or the plugin's of
 * its requests, comes first and can say more.
 */
export const PLUGIN_FACTOR = 3;

/** Where a read is asked for: what every user may do, and what changes nothing. */
export const READ_PATH = "/api/2.0/mlflow/experiments/search";
