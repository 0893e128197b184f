/** A program before a protected MLflow, with its credential in a store: what it is told, by each way in. */
import { isMlflowAuthError, loadMlflowAuth } from "@mlflow-auth/core";
import { loadConfig, openAuthorizer } from "@mlflow-auth/core/internal";
import { agentLimits, createToken, startProxy } from "@mlflow-auth/proxy";

/** How a request ended: the status of its answer, and the code of mlflow-auth where it was no answer of MLflow's. */
export type Outcome = readonly [status: number | "no answer", code?: string];

export interface Caller {
  /** Sends one request that changes nothing. */
  ask(): Promise<Outcome>;
  /** From then on it is so many milliseconds later. Timers go on as before. */
  later(milliseconds: number): void;
  close(): Promise<void>;
}

export interface CallerOptions {
  /** The file, as an object. */
  readonly config: { readonly trackingUri: string } & Readonly<Record<string, unknown>>;
  /** The project that has the plugins. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The library first, then the proxy. */
export const waysIn = [openLibrary, openProxy] as const;

const REQUEST = "/api/2.0/mlflow/experiments/get?experiment_id=0";
const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** `fetch` of the library: our own failures are what it rejects with. */
async function openLibrary({ config, cwd, env }: CallerOptions): Promise<Caller> {
  const { clock, later } = movableClock();
  const auth = await loadMlflowAuth({ config: config as never, cwd, env, logger, clock });
  return {
    later,
    close: auth.close,
    async ask() {
      try {
        const answer = await auth.fetch(config.trackingUri + REQUEST);
        await answer.arrayBuffer();
        return [answer.status];
      } catch (thrown) {
        if (!isMlflowAuthError(thrown)) throw thrown;
        return ["no answer", thrown.code];
      }
    },
  };
}

/** The local proxy behind `exec` and `proxy`: our own failures are answers in MLflow's form. */
async function openProxy({ config, cwd, env }: CallerOptions): Promise<Caller> {
  const { clock, later } = movableClock();
  const loaded = await loadConfig({ config: config as never, cwd, env });
  const authorizer = await openAuthorizer(loaded, { env, logger, clock, agents: agentLimits });
  const token = createToken();
  const proxy = await startProxy({ authorizer, upstream: config.trackingUri, logger, token });
  return {
    later,
    async close() {
      await proxy.close();
      await authorizer.close();
    },
    async ask() {
      const answer = await fetch(`${proxy.url}${REQUEST}`);
      const { code, message } = (await answer.json()) as { code?: string; message?: string };
      if (code !== undefined && !message?.startsWith(`mlflow-auth proxy: ${code}: `)) {
        throw new Error(`the message does not begin with who speaks and the code: ${message}`);
      }
      return code === undefined ? [answer.status] : [answer.status, code];
    },
  };
}

/** The system's clock, which a test can set on. */
function movableClock() {
  let ahead = 0;
  const clock = {
    now: () => performance.now() + ahead,
    wallTime: () => Date.now() + ahead,
    setTimeout(callback: () => void, milliseconds: number) {
      const timer = setTimeout(callback, milliseconds).unref();
      return { cancel: () => clearTimeout(timer) };
    },
  };
  const later = (milliseconds: number) => {
    ahead += milliseconds;
  };
  return { clock, later };
}
