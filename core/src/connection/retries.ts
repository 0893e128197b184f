/** Sends a request to a secret backend again, where that may help. */
import { isMlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { HttpResponse, PluginContext } from "../provider/context.js";
import { connectionFailureOf } from "./failure.js";

/** The tries of one plugin instance. Those at one origin share what it said about being left alone. */
export interface Retries {
  /**
   * The answer, of whatever status. A connection error, 429 and 5xx are tried again, up to three tries in all; nothing else is: no
   * failure of TLS, which the next try would meet again, and no time-out. A `Retry-After` of up to 5 seconds is waited for; a longer
   * one ends the call, and for that time, at most a minute, its answer is given again without asking.
   *
   * @param origin where to
   * @param attempt one try, within so many milliseconds
   * @param limits `timeout`: milliseconds for all tries together; `once`: there is no second one
   * @throws what the last try has thrown
   */
  send(
    origin: string,
    attempt: (timeout: number) => Promise<HttpResponse>,
    limits: { readonly timeout: number; readonly once: boolean },
  ): Promise<HttpResponse>;
  /** Ends every wait for another try; what the last try brought is the result then. */
  close(): void;
}

const TRIES = 3;
/** Milliseconds before the second try; each further wait is twice as long. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 1_000;
/** A wait is up to this part of it shorter or longer, so that many clients don't come back at the same moment. */
const JITTER = 0.4;
/** Milliseconds; that it recurs is without meaning. */
const ALIVE = 60_000;
/** Milliseconds up to which a wait that the backend asks for (`Retry-After`) is sat out within a call … */
const LONGEST_SITTING = 5_000;
/** … and up to which it is left alone afterwards where it is longer. */
const LONGEST_QUIET = 60_000;

type Outcome = { readonly answer: HttpResponse } | { readonly error: unknown };

/** @param random 0 to below 1; spreads the waits of many clients */
export function createRetries(
  { clock, logger, instance }: Pick<PluginContext, "clock" | "logger" | "instance">,
  random: () => number = Math.random,
): Retries {
  const waits = new Set<() => void>();
  let closed = false;
  /** Origins that asked for more time than a caller has: their answer stands for that long. */
  const quiet = new Map<string, { readonly until: number; readonly answer: HttpResponse }>();

  const send: Retries["send"] = async (origin, attempt, { timeout, once }) => {
    const told = quiet.get(origin);
    if (told !== undefined && clock.now() < told.until) return told.answer;
    // A single try may take as long as all together: trying again never makes anybody wait longer than a backend that hangs.
    const end = clock.now() + timeout;
    for (let tries = 1; ; tries++) {
      const outcome = await outcomeOf(attempt, Math.max(1, Math.ceil(end - clock.now())));
      const asked = askedWait(outcome);
      if (asked > LONGEST_SITTING && "answer" in outcome) {
        quiet.set(origin, { until: clock.now() + Math.min(asked, LONGEST_QUIET), answer: outcome.answer });
      }
      const wait = Math.max(asked, backoff(tries));
      const last = once || tries === TRIES || asked > LONGEST_SITTING || clock.now() + wait >= end;
      if (last || closed || !mayHelp(outcome)) return settled(outcome);
      const status = "answer" in outcome ? { status: outcome.answer.status } : {};
      logger.debug(
        { plugin: instance, milliseconds: Math.round(wait), ...status },
        `asking ${origin} again in a moment`,
      );
      await pause(wait);
      if (closed) return settled(outcome);
    }
  };

  function backoff(tries: number): number {
    const wait = Math.min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT);
    return wait * (1 - JITTER + 2 * JITTER * random());
  }

  /** Milliseconds that the backend asks to wait by `Retry-After`, in seconds or as a date; 0 if it doesn't. */
  function askedWait(outcome: Outcome): number {
    if (!("answer" in outcome) || !mayHelp(outcome)) return 0;
    const header = [outcome.answer.headers["retry-after"]].flat()[0]?.trim() ?? "";
    const wait = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - clock.wallTime();
    return Number.isNaN(wait) ? 0 : Math.max(0, wait);
  }

  function pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      // Core's timers don't keep the process alive. Here somebody waits for an answer, and no socket need be open.
      const alive = setInterval(() => undefined, ALIVE);
      const done = () => {
        clearInterval(alive);
        timer.cancel();
        waits.delete(done);
        resolve();
      };
      const timer = clock.setTimeout(done, milliseconds);
      waits.add(done);
    });
  }

  return {
    send,
    close() {
      closed = true;
      for (const done of [...waits]) done();
    },
  };
}

async function outcomeOf(attempt: (timeout: number) => Promise<HttpResponse>, timeout: number): Promise<Outcome> {
  try {
    return { answer: await attempt(timeout) };
  } catch (error) {
    return { error };
  }
}

function mayHelp(outcome: Outcome): boolean {
  if ("answer" in outcome) return outcome.answer.status === 429 || outcome.answer.status >= 500;
  return isMlflowAuthError(outcome.error) && outcome.error.transient && !connectionFailureOf(outcome.error).isTls;
}

function settled(outcome: Outcome): HttpResponse {
  if ("error" in outcome) throw outcome.error;
  return outcome.answer;
}
