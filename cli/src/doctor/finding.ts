/** What `doctor` finds out about one link of the chain from the file to an answer of MLflow. */
import { type ErrorCode, formatProblem, isMlflowAuthError, type MlflowAuthError } from "@mlflow-auth/core/internal";
import type { SentToken } from "./sent-token.js";

/** The links in the order of the chain, with the names that people see. The first two are the same for all servers. */
export const links = {
  file: "file",
  plugins: "plugins",
  backend: "secret backend",
  login: "login",
  secret: "secret",
  headers: "headers",
  tags: "run tags",
  name: "host name",
  connection: "connection",
  health: "health",
  request: "request",
  clock: "clock",
} as const;

/** The name of a link, as the JSON report has it. */
export type Link = keyof typeof links;

/** What is known of one link. */
export interface Finding {
  readonly link: Link;
  /** `skipped`: nothing can be said, because an earlier link broke or because there is no such link here. */
  readonly state: "fine" | "broken" | "skipped";
  /** One sentence's worth, without a credential. May hold anything that a server sent, so print it with `printable`. */
  readonly found: string;
  /** What to do, where it is broken. */
  readonly remedy?: string | undefined;
  /** The error's code, where it is broken by an error that has one. */
  readonly code?: ErrorCode | undefined;
  /** More of what is wrong, a line each. */
  readonly details?: readonly string[];
  /** The JSON Web Tokens that would be sent, as far as they may be shown. */
  readonly tokens?: readonly SentToken[] | undefined;
  /** What stops nothing today, and deserves a look. */
  readonly warnings: readonly string[];
}

/** What is broken and what to do about it, before it is known with which link it belongs. */
export interface Explanation {
  readonly found: string;
  readonly remedy: string;
}

/** The link holds. */
export function fine(link: Link, found: string, warnings: readonly string[] = []): Finding {
  return { link, state: "fine", found, warnings };
}

/** Nothing can be said about the link, for the reason given. */
export function skipped(link: Link, found: string, warnings: readonly string[] = []): Finding {
  return { link, state: "skipped", found, warnings };
}

/** The link does not hold. `found` says why, `remedy` what to do: both without a full stop, and without a credential. */
export function broken(link: Link, found: string, remedy: string, warnings: readonly string[] = []): Finding {
  return { link, state: "broken", found, remedy, warnings };
}

/** By an error of core or a plugin. Where that lists problems, the first is what to fix first. */
export function brokenBy(link: Link, error: MlflowAuthError, warnings: readonly string[] = []): Finding {
  const { code, message, remedy, problems } = error;
  const [first] = problems;
  if (first === undefined) return { link, state: "broken", found: message, remedy, code, warnings };
  const found = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  const place = `${first.file ?? "the configuration"}${first.line === undefined ? "" : `:${first.line}`}`;
  return {
    link,
    state: "broken",
    found,
    remedy: `fix ${place}: ${first.message}`,
    code: first.code,
    details: problems.map(formatProblem),
    warnings,
  };
}

/** Whether the link does not hold. */
export function isBroken({ state }: Finding): boolean {
  return state === "broken";
}

/** What was thrown, if it is an error of core or a plugin. @throws it otherwise: a defect of ours is no link of the chain */
export function knownError(thrown: unknown): MlflowAuthError {
  if (!isMlflowAuthError(thrown)) throw thrown;
  return thrown;
}
