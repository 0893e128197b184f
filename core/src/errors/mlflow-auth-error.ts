import type { ErrorCode } from "./codes.js";
import { printable } from "./printable.js";

const brand = Symbol.for("mlflow-auth.error");

/** One thing that is wrong in the configuration file, or in the environment in its place. Never carries a value from either. */
export interface Problem {
  readonly code: ErrorCode;
  /** The file as it is printed, relative to the working directory where that is shorter; undefined for a file given as an object. */
  readonly file?: string | undefined;
  /** 1-based. Undefined where there is no place, as in a file that can't be read. */
  readonly line?: number | undefined;
  /** 1-based, in UTF-16 code units. */
  readonly column?: number | undefined;
  /** Where there is no file: the environment variables that it is about, as far as they are known. */
  readonly variables?: readonly string[] | undefined;
  /** What is wrong and what would be right, one sentence each. */
  readonly message: string;
}

/** What an error says beside its code and its message. None of it may hold a credential. */
export interface ErrorDetails {
  /** What to do about it: one imperative sentence, or a command. */
  readonly remedy?: string | undefined;
  /** The plugin instance at fault, by its key in the file. */
  readonly plugin?: string | undefined;
  /** The URI of the server concerned, as the file has it. */
  readonly server?: string | undefined;
  /** Of a file that was read: all that is wrong in it. Plugins give none. */
  readonly problems?: readonly Problem[] | undefined;
  /** True where the same attempt may succeed later without anybody changing anything: an outage, a time-out, throttling. */
  readonly transient?: boolean | undefined;
  /** What was caught. It is kept, and printed nowhere: give nothing that could hold a credential, such as a request. */
  readonly cause?: unknown;
}

/**
 * The one error of mlflow-auth. `message` says what is wrong and where, `remedy` what to do, `code` is stable.
 *
 * No message, property or cause of it holds a credential. Recognise it with {@link isMlflowAuthError}, which works across
 * two copies of this package, and not with `instanceof`.
 */
export class MlflowAuthError extends Error {
  /** What happened, for programs. One of a closed list. */
  readonly code: ErrorCode;
  /** What to do about it: printed behind "Try this:". */
  readonly remedy: string | undefined;
  /** The instance at fault, by its key in the file. */
  readonly plugin: string | undefined;
  /** The URI of the server concerned. */
  readonly server: string | undefined;
  /** All that is wrong in a file; empty for anything else. */
  readonly problems: readonly Problem[];
  /** Whether the same attempt may succeed later without anybody changing anything. */
  readonly transient: boolean;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "MlflowAuthError";
    this.code = code;
    this.remedy = details.remedy;
    this.plugin = details.plugin;
    this.server = details.server;
    this.problems = details.problems ?? [];
    this.transient = details.transient ?? false;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Whether a value is an error of mlflow-auth, also of another copy of this package. */
export function isMlflowAuthError(value: unknown): value is MlflowAuthError {
  return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[brand] === true;
}

/**
 * One line per problem: `mlflow-auth.yaml:12:5  UNKNOWN_FIELD  …`, or with the variable in place of the file. Holds no control characters,
 * whatever the problem does.
 */
export function formatProblem({ file, line, column, variables, code, message }: Problem): string {
  const source = file ?? (variables === undefined ? "config" : variables.join(" or ") || "environment");
  const place = [source, ...(line === undefined ? [] : [line, column ?? 1])].join(":");
  return printable(`${place}  ${code}  ${message}`);
}

/** Nobody corrects more than this at a time, and the first ones must not be pushed off the screen. */
const MAX_LISTED = 100;

/** The whole of an error for a person: its problems, or the message and its remedy. */
export function formatError(error: MlflowAuthError): string {
  if (error.problems.length > 0) {
    const listed = error.problems.slice(0, MAX_LISTED).map(formatProblem);
    const more = error.problems.length - listed.length;
    return [...listed, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
  }
  const remedy = error.remedy === undefined ? "" : `\n  Try this: ${printable(error.remedy)}`;
  return `${error.code}: ${printable(error.message)}${remedy}`;
}
