/** A secret cache over a backend of the test, on a clock that stands. */
import { MlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { createSecretCache, type Fetched } from "../../src/secret/cache.js";
import { fakeClock } from "../../src/testing.js";

export function setup() {
  const clock = fakeClock();
  const stale: unknown[] = [];
  const cache = createSecretCache({ clock, random: () => 0, onStale: (error) => stale.push(error) });
  let fetches = 0;
  let answer: () => Promise<Fetched<string>> = async () => ({ value: `value ${fetches}` });
  const fetch = () => {
    fetches++;
    return answer();
  };
  return {
    clock,
    cache,
    stale,
    get: (policy = { ttl: 1000, maxStale: 0 }) => cache.get("key", fetch, policy),
    answers: (next: typeof answer) => (answer = next),
    fetches: () => fetches,
  };
}

export const outage = () => Promise.reject(new MlflowAuthError("SECRET_UNREACHABLE", "down", { transient: true }));
export const denial = () => Promise.reject(new MlflowAuthError("SECRET_DENIED", "no"));

export async function code(promise: unknown): Promise<string> {
  try {
    await promise;
    return "no error";
  } catch (thrown) {
    return (thrown as MlflowAuthError).code;
  }
}

/** A credential with an end of its own, milliseconds from now. */
export const credential = (clock: { wallTime(): number }, life: number, name = "x") =>
  ({ headers: { Authorization: name }, expiresAt: clock.wallTime() + life }) as unknown as string;
