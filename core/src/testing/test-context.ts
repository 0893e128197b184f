/** What stands for core around a provider under test: its context, and the secret fields of its options. */
import { createHttpClient } from "../connection/http-client.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { HttpClient, HttpRequest, HttpResponse, LogFields, Logger, PluginContext } from "../provider/context.js";
import type { ProviderRequest } from "../provider/provider.js";
import { createSecretCache } from "../secret/cache.js";
import { Secret } from "../secret/secret.js";
import type { SecretSource } from "../secret/source.js";
import { type FakeClock, fakeClock } from "./fake-clock.js";

/** What the provider logged. */
export interface LogLine {
  readonly level: keyof Logger;
  readonly fields: LogFields;
  readonly message: string;
}

/** A plugin context whose clock the test owns and whose log it can read. */
export interface TestContext extends PluginContext {
  readonly clock: FakeClock;
  readonly logs: readonly LogLine[];
  /** Closes the connections of a context with `http: "network"`. */
  close(): Promise<void>;
}

/** What the provider under test shall find. */
export interface TestContextOptions {
  /** The instance's key in the file. Default `test`. */
  readonly instance?: string;
  /** Default empty: nothing of `process.env` shows through. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /**
   * A function that stands for the other side, a client, or `network`: the client that core itself gives, for a server that
   * the test starts. Default: nobody answers.
   */
  readonly http?: ((request: HttpRequest) => HttpResponse | Promise<HttpResponse>) | HttpClient | "network";
  readonly clock?: FakeClock;
}

/** What core hands to a factory, with the cache that it uses itself. */
export function testContext(options: TestContextOptions = {}): TestContext {
  const { instance = "test", env = {}, http = nobody, clock = fakeClock() } = options;
  const logs: LogLine[] = [];
  const log = (level: keyof Logger) => (fields: LogFields, message: string) =>
    void logs.push({ level, fields, message });
  const logger = { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") };
  const network = http === "network" ? createHttpClient({ instance, env, logger }) : undefined;
  return {
    instance,
    env: Object.freeze({ ...env }),
    clock,
    logs,
    logger,
    http: network?.http ?? (typeof http === "function" ? answering(http) : (http as HttpClient)),
    close: async () => await network?.close(),
    // Half of the spread: a refresh happens at the same time in every run.
    secrets: createSecretCache({ clock, random: () => 0.5 }),
    error: (code, message, details) => new MlflowAuthError(code, message, { ...details, plugin: instance }),
  };
}

function answering(answer: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>): HttpClient {
  const client: HttpClient = { send: async (request) => await answer(request), with: () => client };
  return client;
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
