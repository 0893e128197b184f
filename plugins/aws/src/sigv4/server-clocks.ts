/** How far the clocks of servers are ahead of this machine's, as a rejected signature showed it. */
import { formatDuration, type PluginContext } from "@mlflow-auth/core/plugin";

/** Milliseconds that clocks may differ without an answer being about that. AWS takes 5 minutes, and its Date is cut to the second. */
const TOLERATED = 4 * 60_000;
/** Milliseconds beyond which no server is believed: a signature for a day that is far off could be kept until then. */
const LONGEST = 24 * 3_600_000;
/** Milliseconds for which a difference counts. The one who gave the date may be a proxy with a wrong clock. */
const KEPT = 3_600_000;

interface Correction {
  readonly ahead: number;
  readonly until: number;
}

/** One correction for each server, by its URI, so that no server decides by which time requests to another are signed. */
export class ServerClocks {
  readonly #context: PluginContext;
  readonly #corrections = new Map<string, Correction>();

  constructor(context: PluginContext) {
    this.#context = context;
  }

  /** Milliseconds to add to our time. */
  ahead(uri: string): number {
    const correction = this.#corrections.get(uri);
    if (correction === undefined) return 0;
    if (this.#context.clock.now() < correction.until) return correction.ahead;
    this.#corrections.delete(uri);
    return 0;
  }

  /**
   * @param serverTime what the answer that rejects a signature says, in milliseconds since the Unix epoch
   * @returns whether the rejection was about the time, and signatures are made by another from now on
   */
  correct(uri: string, serverTime: number | undefined): boolean {
    if (serverTime === undefined) return false;
    const { clock, instance, logger } = this.#context;
    const ahead = serverTime - clock.wallTime();
    if (Math.abs(ahead - this.ahead(uri)) < TOLERATED) return false;
    const difference = formatDuration(Math.round(Math.abs(ahead) / 1000) * 1000);
    const differs = `the clock of this machine is ${difference} ${ahead > 0 ? "behind" : "ahead of"} that of ${uri}`;
    if (Math.abs(ahead) > LONGEST) {
      logger.warn({ plugin: instance, server: uri }, `${differs}, so signatures are refused: set it, as by NTP`);
      return false;
    }
    logger.warn({ plugin: instance, server: uri }, `${differs}: for an hour requests are signed by the server's time`);
    this.#corrections.set(uri, { ahead, until: clock.now() + KEPT });
    return true;
  }
}
