/** The same program by every way in, at the same time. */
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { type CallerOptions, type Outcome, waysIn } from "./caller.ts";

/** One for each way in, in their order. */
export interface Callers {
  /** Each sends one request. */
  ask(): Promise<Outcome[]>;
  /** From then on it is so many milliseconds later for all of them. */
  later(milliseconds: number): void;
}

/** They are closed after the test. */
export async function openCallers(options: CallerOptions): Promise<Callers> {
  const callers = await Promise.all(
    waysIn.map(async (open) => {
      const caller = await open(options);
      closeAfterwards(() => caller.close());
      return caller;
    }),
  );
  return {
    ask: () => Promise.all(callers.map((caller) => caller.ask())),
    later: (milliseconds) => callers.forEach((caller) => void caller.later(milliseconds)),
  };
}

/** What they are told: the library gives the code alone, whatever the proxy makes of it. A status 200 is MLflow's own. */
export function outcomes(code: string, status: number): Outcome[] {
  if (status === 200) return [[200], [200]];
  return [
    ["no answer", code],
    [status, code],
  ];
}
