import type { ErrorCode } from "@mlflow-auth/core/internal";

/** What the commands exit with, but for a program that `exec` has started. */
export const exit = { fine: 0, problem: 1, usage: 2, config: 3, backend: 4 } as const;

/** Of `exec` alone, beside the program's own code and 128 + the number of the signal that ended it. */
export const execExit = { failed: 125, notExecutable: 126, notFound: 127 } as const;

const usage: readonly ErrorCode[] = ["USAGE", "SERVER_AMBIGUOUS"];
const problem: readonly ErrorCode[] = ["DESTINATION_UNLISTED", "PROXY_LISTEN"];
const backend: readonly ErrorCode[] = [
  "PLUGIN_TIMEOUT",
  "PLUGIN_RESULT",
  "PLUGIN_FAILED",
  "AUTH_FAILED",
  "HEADER_INVALID",
  "TAG_INVALID",
  "SECRET_UNREACHABLE",
  "SECRET_DENIED",
  "SECRET_NOT_FOUND",
  "SECRET_SOURCE",
  "SECRET_FORMAT",
  "LOGIN_FAILED",
];

/** Every other code says that the configuration can't be used as it is. */
export function exitCodeOf(code: ErrorCode): number {
  if (usage.includes(code)) return exit.usage;
  if (problem.includes(code)) return exit.problem;
  return backend.includes(code) ? exit.backend : exit.config;
}
