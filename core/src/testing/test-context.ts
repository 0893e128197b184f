/** What stands for core around a provider under test: its context, and the secret fields of its options. */
import { createHttpClient } from "../connection/http-client.js";
import { refusalOf } from "../connection/refusal.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { HttpClient, HttpRequest, HttpResponse, LogFields, Logger, PluginContext } from "../provider/context.js";
import type { ProviderRequest } from "../provider/provider.js";
import { createSecretCache } from "../secret/cache.js";
import type { SecretSource } from "../secret/secret.js";
import { Secret } from "../secret/secret.js";
import type { Clock } from "../time/clock.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";

/** What the provider logged. */
export interface LogLine {
  /** `debug`, `info`, `warn` or `error`. */
  readonly level: keyof Logger;
  /** As they were given. */
  readonly fields: LogFields;
  /** As it was given. */
  readonly message: string;
}

/** A plugin context whose clock the test owns and whose log it can read. */
export interface TestContext extends PluginContext {
  /** Stands still until it is told to move. */
  readonly clock: FakeClock;
  /** All that was logged so far, the oldest first. */
  readonly logs: readonly LogLine[];
  /** Aborts `signal`, and closes the connections of a context with `http: "network"`. */
  close(): Promise<void>;
}

/** What the provider under test shall find. */
export interface TestContextOptions {
  /** The instance's key in the file. Default `test`. */
  readonly instance?: string;
  /** Default empty: nothing of `process.env` shows through. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * A function that stands for the other side, and is asked once; a client; or `network`: the client that core itself gives, for a
   * server that the test starts. While that waits for its next try, the clock moves on by itself. Default: nobody answers.
   */
  readonly http?: TestBackend | HttpClient | "network";
  /** Default: a new one, at the beginning of 2060. */
  readonly clock?: FakeClock;
}

/** Answers a request as the backend would. What it leaves out of an answer is empty. */
export type TestBackend = (request: HttpRequest) => TestResponse | Promise<TestResponse>;

/** An answer: `text` or `bytes`, and whatever else matters. */
export type TestResponse = Pick<HttpResponse, "status"> & Partial<HttpResponse>;

/** A year that no clock of a machine is in: what does not take the time from the context is off by years. */
const FAR = Date.UTC(2060, 0, 1);

/** What core hands to a factory, with the cache that it uses itself. */
export function testContext(options: TestContextOptions = {}): TestContext {
  const { instance = "test", env = {}, http = nobody, clock = fakeClock(FAR) } = options;
  const logs: LogLine[] = [];
  const log = (level: keyof Logger) => (fields: LogFields, message: string) =>
    void logs.push({ level, fields, message });
  const logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  const network = http === "network" ? createHttpClient({ instance, env, logger, clock: hurried(clock) }) : undefined;
  const ending = new AbortController();
  return {
    instance,
    env: Object.freeze({ ...env }),
    clock,
    logs,
    logger,
    http: network?.http ?? (typeof http === "function" ? answering(http) : (http as HttpClient)),
    signal: ending.signal,
    async close() {
      ending.abort();
      await network?.close();
    },
    // Half of the spread: a refresh happens at the same time in every run.
    secrets: createSecretCache({ clock, random: () => 0.5 }),
    error: (code, message, details) => new MlflowAuthError(code, message, { ...details, plugin: instance }),
    refuse: (answer, details) => refusalOf(answer, instance, details),
  };
}

/** A client whose every request is answered so, once. */
export function answering(answer: TestBackend): HttpClient {
  const client: HttpClient = {
    async send(request) {
      const given = await answer(request);
      const bytes = given.bytes ?? Buffer.from(given.text ?? "");
      const text = given.text ?? Buffer.from(bytes).toString("utf8");
      return { headers: {}, origin: new URL(request.url).origin, ...given, bytes, text };
    },
    with: () => client,
  };
  return client;
}

/** A clock that moves on by itself where somebody waits for the next try. */
function hurried(clock: FakeClock): Clock {
  // A clock of the test's own may be the system's.
  if (!("advance" in clock)) return clock;
  return {
    now: clock.now,
    wallTime: clock.wallTime,
    setTimeout(callback, milliseconds) {
      const timer = clock.setTimeout(callback, milliseconds);
      setImmediate(() => void clock.advance(milliseconds));
      return timer;
    },
  };
}

function nobody(): never {
  throw new MlflowAuthError("SECRET_UNREACHABLE", "the test has no network", { transient: true });
}

/**
 * A secret field's value, as a plugin's options hold it.
 *
 * @param text the secret; a function is asked at each read, for one that rotates or (throwing) can't be read
 */
export function secretSource(text: string | (() => string | Promise<string>), origin = "the test"): SecretSource {
  return {
    origin,
    read: async () => new Secret(typeof text === "string" ? text : await text()),
  };
}

/**
 * A request of a client to the listed server `https://mlflow.example.com/base`, as providers see it.
 *
 * @param path below the server's base, with its query
 */
export function testRequest(path = "api/2.0/mlflow/runs/create", method = "POST"): ProviderRequest {
  const server = { uri: "https://mlflow.example.com/base" };
  return { url: new URL(`${server.uri}/${path}`), method, server };
}
