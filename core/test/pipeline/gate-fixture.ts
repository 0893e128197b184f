import type { ServerConfig } from "../../src/config/config.js";
import type { AuthSlot } from "../../src/pipeline/auth.js";
import { createGate, type Gate } from "../../src/pipeline/gate.js";
import type { HeaderSlot } from "../../src/pipeline/headers.js";
import type { TagSlot } from "../../src/pipeline/tags.js";
import type { LogFields, Logger } from "../../src/provider/context.js";
import type { RequestAuthProvider, RequestHeaderProvider, RunContextProvider } from "../../src/provider/provider.js";
import { type FakeClock, fakeClock } from "../../src/testing.js";

export interface LogLine {
  level: string;
  fields: LogFields;
  message: string;
}

export interface Listed {
  uri: string;
  auth?: AuthSlot[];
  headers?: HeaderSlot[];
  tags?: TagSlot[];
}

export function serverConfig(
  uri: string,
  auth: readonly { instance: string }[] = [],
  headers: readonly { instance: string }[] = [],
  tags: readonly { instance: string }[] = [],
): ServerConfig {
  const names = (slots: readonly { instance: string }[]) => slots.map(({ instance }) => instance);
  return { uri, auth: names(auth), headers: names(headers), tags: names(tags), allowInsecure: false };
}

/** A real gate over providers that stand in the test. */
export function gateOver(
  listed: Listed[],
  clock: FakeClock = fakeClock(),
  { debug = false } = {},
): { gate: Gate; clock: FakeClock; log: LogLine[]; servers: ServerConfig[] } {
  const log: LogLine[] = [];
  const write = (level: string) => (fields: LogFields, message: string) => void log.push({ level, fields, message });
  const logger: Logger = {
    isLevelEnabled: (level) => debug || level !== "debug",
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
  };
  const servers = listed.map(({ uri, auth, headers, tags }) => serverConfig(uri, auth, headers, tags));
  const providers = servers.map((server, index) => ({
    server,
    auth: listed[index]?.auth ?? [],
    headers: listed[index]?.headers ?? [],
    tags: listed[index]?.tags ?? [],
  }));
  return {
    gate: createGate({ servers: providers, clock, logger }),
    clock,
    log,
    servers,
  };
}

export function authSlot(
  instance: string,
  getAuth: RequestAuthProvider["getAuth"],
  invalidate: () => void = () => {},
): AuthSlot {
  return { instance, timeout: 15_000, optional: false, provider: { getAuth, invalidate } };
}

export function headerSlot(
  instance: string,
  requestHeaders: RequestHeaderProvider["requestHeaders"],
  optional = false,
): HeaderSlot {
  return { instance, timeout: 15_000, optional, provider: { inContext: () => true, requestHeaders } };
}

export function tagSlot(instance: string, tags: RunContextProvider["tags"], optional = false): TagSlot {
  return { instance, timeout: 15_000, optional, provider: { inContext: () => true, tags } };
}
