import type { Dispatcher } from "undici";
import type { GatewayOptions, ServerConfig } from "../../src/config/config.js";
import type { BoundAuth } from "../../src/pipeline/auth.js";
import type { Authorizer } from "../../src/pipeline/authorizer.js";
import { createAuthorizer } from "../../src/pipeline/create-authorizer.js";
import type { BoundHeaders } from "../../src/pipeline/headers.js";
import type { BoundTags } from "../../src/pipeline/tags.js";
import type { LogFields, Logger } from "../../src/provider/context.js";
import type { RequestAuthProvider, RequestHeaderProvider, RunContextProvider } from "../../src/provider/provider.js";
import { type FakeClock, fakeClock } from "../../src/testing.js";
import { type HeldClock, heldClock } from "../../src/time/clock.js";

export interface LogLine {
  level: string;
  fields: LogFields;
  message: string;
}

export interface Listed {
  uri: string;
  auth?: BoundAuth[];
  headers?: BoundHeaders[];
  tags?: BoundTags[];
  /** Whether the file says `anonymous: allowed`. */
  anonymous?: boolean;
  gateway?: GatewayOptions;
}

export function serverConfig(
  uri: string,
  auth: readonly { instance: string }[] = [],
  headers: readonly { instance: string }[] = [],
  tags: readonly { instance: string }[] = [],
): ServerConfig {
  const names = (bound: readonly { instance: string }[]) => bound.map(({ instance }) => instance);
  return { uri, auth: names(auth), headers: names(headers), tags: names(tags), allowInsecure: false };
}

/** A real authorizer over providers that stand in the test. */
export function authorizerOver(
  listed: Listed[],
  clock: FakeClock = fakeClock(),
  { debug = false } = {},
): {
  authorizer: Authorizer<Dispatcher>;
  clock: FakeClock;
  /** The clock of the providers. */
  held: HeldClock;
  log: LogLine[];
  servers: ServerConfig[];
} {
  const log: LogLine[] = [];
  const write = (level: string) => (fields: LogFields, message: string) => void log.push({ level, fields, message });
  const logger: Logger = {
    isLevelEnabled: (level) => debug || level !== "debug",
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  const servers = listed.map(({ uri, auth, headers, tags, gateway, anonymous = false }) => ({
    ...serverConfig(uri, auth, headers, tags),
    allowsAnonymous: anonymous,
    gateway,
  }));
  const providers = servers.map((server, index) => ({
    server,
    auth: listed[index]?.auth ?? [],
    headers: listed[index]?.headers ?? [],
    tags: listed[index]?.tags ?? [],
  }));
  const held = heldClock(clock);
  return {
    held,
    authorizer: createAuthorizer({
      config: { servers, instances: [], warnings: [] },
      servers: providers,
      clock: held,
      logger,
    }),
    clock,
    log,
    servers,
  };
}

export function boundAuth(
  instance: string,
  getAuth: RequestAuthProvider["getAuth"],
  invalidate: RequestAuthProvider["invalidate"] = () => {},
): BoundAuth {
  return { instance, timeout: 15_000, optional: false, provider: { getAuth, invalidate } };
}

export function boundHeaders(
  instance: string,
  requestHeaders: RequestHeaderProvider["requestHeaders"],
  optional = false,
): BoundHeaders {
  return { instance, timeout: 15_000, optional, provider: { inContext: () => true, requestHeaders } };
}

export function boundTags(instance: string, tags: RunContextProvider["tags"], optional = false): BoundTags {
  return { instance, timeout: 15_000, optional, provider: { inContext: () => true, tags } };
}
