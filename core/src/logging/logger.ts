/** Where log lines go that nobody took over: stderr, through pino, with allow-listed fields and never a value. */
import { createRequire } from "node:module";
import type { Logger as Pino } from "pino";
import type { LogFields, Logger } from "../provider/context.js";

/** From the most talkative to none. */
export const logLevels = ["debug", "info", "warn", "error", "silent"] as const;
/** One of {@link logLevels}. */
export type LogLevel = (typeof logLevels)[number];

/** What each variable takes; the usual holds where it is not set, or nothing can be made of it. */
const variables = {
  MLFLOW_AUTH_LOG: { allowed: logLevels, usual: "warn" },
  /** Sentences for a terminal, or pino's lines of JSON. */
  MLFLOW_AUTH_LOG_FORMAT: { allowed: ["text", "json"], usual: "text" },
  MLFLOW_AUTH_PLUGIN_DEBUG: { allowed: ["0", "1"], usual: "0" },
} as const;

type Variable = keyof typeof variables;

type Environment = Readonly<Record<string, string | undefined>>;

/** How much is written, in which form, and where. */
export interface CreateLoggerOptions {
  /** From which level on. Default: `MLFLOW_AUTH_LOG`, else `warn`. */
  readonly level?: LogLevel | undefined;
  /** Where `MLFLOW_AUTH_LOG` and `MLFLOW_AUTH_LOG_FORMAT` (`text`, the default, or `json`: pino's lines) are read. */
  readonly env: Environment;
  /** Default: stderr. */
  readonly write?: ((text: string) => void) | undefined;
}

/**
 * The names of all fields that a line may carry. What a plugin adds under another name is dropped, so no value can slip into a
 * log by a new name.
 */
const ALLOWED: Record<keyof LogFields, true> = {
  code: true,
  file: true,
  plugin: true,
  server: true,
  headers: true,
  reason: true,
  status: true,
  milliseconds: true,
};

/**
 * What is wrong with `MLFLOW_AUTH_LOG`, where no level was given beside it, with `MLFLOW_AUTH_LOG_FORMAT` and with
 * `MLFLOW_AUTH_PLUGIN_DEBUG`: a sentence for each.
 * In the library it is a warning, and the default holds; a command refuses it as it does a wrong option.
 */
export function logVariableFaults(env: Environment, level?: LogLevel): string[] {
  return faultyVariables(env, level).map(faultOf);
}

function faultyVariables(env: Environment, level: LogLevel | undefined): Variable[] {
  const names = Object.keys(variables) as Variable[];
  const read = names.filter((name) => name !== "MLFLOW_AUTH_LOG" || level === undefined);
  return read.filter((name) => !(variables[name].allowed as readonly string[]).includes(wordIn(env, name)));
}

function faultOf(variable: Variable): string {
  return `${variable} must be one of ${variables[variable].allowed.join(", ")}`;
}

function wordIn(env: Environment, variable: Variable): string {
  return env[variable]?.trim().toLowerCase() || variables[variable].usual;
}

/**
 * A logger that writes lines at its level and above. It warns of variables that it can't make sense of. Pino is loaded with the first
 * line that is written: most programs never write one.
 */
export function createLogger(options: CreateLoggerOptions): Logger {
  const { env, write = toStderr } = options;
  const named = wordIn(env, "MLFLOW_AUTH_LOG");
  const level = options.level ?? (isLevel(named) ? named : variables.MLFLOW_AUTH_LOG.usual);
  const isJson = wordIn(env, "MLFLOW_AUTH_LOG_FORMAT") === "json";
  let pino: Pino | undefined;

  function log(at: Exclude<LogLevel, "silent">, fields: LogFields, message: string): void {
    if (!enabled(at)) return;
    pino ??= load(level, isJson ? write : (line) => write(textLine(line)));
    pino[at](allowed(fields), message);
  }

  const enabled = (at: LogLevel) => logLevels.indexOf(at) >= logLevels.indexOf(level);
  const logger: Logger = {
    isLevelEnabled: enabled,
    debug: (fields, message) => log("debug", fields, message),
    info: (fields, message) => log("info", fields, message),
    warn: (fields, message) => log("warn", fields, message),
    error: (fields, message) => log("error", fields, message),
  };
  for (const variable of faultyVariables(env, options.level)) {
    logger.warn({}, `${faultOf(variable)}; it is taken as ${variables[variable].usual}`);
  }
  return logger;
}

/** As console.error does: that nobody can read it is no reason to end the program, which an error without a listener would be. */
function toStderr(text: string): void {
  const { stderr } = process;
  stderr.write(text, (fault) => {
    if (fault && stderr.listenerCount("error") === 0) stderr.once("error", () => undefined);
  });
}

function isLevel(name: string): name is LogLevel {
  return (logLevels as readonly string[]).includes(name);
}

/** From here on no file is read for it. */
export function loadPino(): typeof import("pino") {
  return createRequire(import.meta.url)("pino") as typeof import("pino");
}

function load(level: LogLevel, write: (line: string) => void): Pino {
  const { pino, stdTimeFunctions } = loadPino();
  const formatters = { level: (label: string) => ({ level: label }) };
  return pino({ level, base: { name: "mlflow-auth" }, timestamp: stdTimeFunctions.isoTime, formatters }, { write });
}

function allowed(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => Object.hasOwn(ALLOWED, name) && isPlain(value)),
  );
}

/** Text, a number or a list of texts: an object could bring anything along. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === "string");
  return typeof value === "string" || typeof value === "number";
}

/** Labels as people read them. */
const labels: Record<string, string> = { warn: "warning" };

/** A line of pino's as a sentence for a terminal: `mlflow-auth: warning: … [CODE]`, with the other fields at debug. */
function textLine(json: string): string {
  const { level, time: _time, name, msg, code, ...fields } = JSON.parse(json) as Record<string, unknown>;
  const details =
    level === "debug" || level === "info" ? Object.entries(fields).map(([key, value]) => `${key}=${shown(value)}`) : [];
  const named = code === undefined || String(msg).startsWith(`${code}: `);
  const suffix = [...(named ? [] : [`[${code}]`]), ...details];
  return `${[`${name}: ${labels[String(level)] ?? level}: ${msg}`, ...suffix].join(" ")}\n`;
}

const shown = (value: unknown) => (Array.isArray(value) ? value.join(",") : String(value));
