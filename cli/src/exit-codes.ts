import type { ErrorCode } from "@mlflow-auth/core/internal";

/** What the commands exit with, but for a program that `exec` has started. */
export const exit = { fine: 0, problem: 1, usage: 2, config: 3, backend: 4 } as const;

/** Of `exec` alone, beside the program's own code and 128 + the number of the signal that ended it. */
export const execExit = { failed: 125, notExecutable: 126, notFound: 127 } as const;

const { problem, usage, config, backend } = exit;

/** `config`: what the file or its plugins' packages say can't be used as it is. `backend`: something else did not do its part. */
const table: Readonly<Record<ErrorCode, number>> = {
  CONFIG_NOT_FOUND: config,
  CONFIG_UNREADABLE: config,
  CONFIG_UNTRUSTED: config,
  CONFIG_SYNTAX: config,
  CONFIG_INVALID: config,
  ENVIRONMENT_INVALID: config,
  SWITCH_IGNORED: config,

  UNKNOWN_FIELD: config,
  MISSING_FIELD: config,
  FIELD_CONFLICT: config,
  WRONG_TYPE: config,
  WRONG_VALUE: config,

  VARIABLE_MISSING: config,
  VARIABLE_SYNTAX: config,
  VARIABLE_SECRET: config,

  SECRET_LITERAL: config,

  SERVER_URI: config,
  SERVER_CLEARTEXT: config,
  SERVER_DUPLICATE: config,
  SERVER_TLS: backend,
  SERVER_UNREACHABLE: backend,
  TLS_FILE: config,
  HTTP_PROXY: backend,

  PLUGIN_NOT_INSTALLED: config,
  PLUGIN_UNTRUSTED: config,
  PLUGIN_AMBIGUOUS: config,
  PLUGIN_MANIFEST: config,
  PLUGIN_VERSION: config,
  PLUGIN_UNKNOWN: config,
  PLUGIN_INTERFACE: config,
  AUTH_AMBIGUOUS: config,

  PLUGIN_LOAD: config,
  PLUGIN_TIMEOUT: backend,
  PLUGIN_RESULT: backend,
  PLUGIN_FAILED: backend,

  AUTH_FAILED: backend,
  ANONYMOUS_REFUSED: backend,
  HEADER_COLLISION: config,
  HEADER_INVALID: backend,
  TAG_INVALID: backend,

  SECRET_UNREACHABLE: backend,
  SECRET_DENIED: backend,
  SECRET_NOT_FOUND: backend,
  SECRET_SOURCE: backend,
  SECRET_EXPIRED: backend,
  SECRET_FORMAT: backend,
  LOGIN_FAILED: backend,

  UPLOAD_REJECTED: backend,
  SIGNATURE_NEEDED: problem,
  BODY_UNSIGNABLE: problem,
  FETCH_REPLACED: problem,
  PATH_MISLEADING: problem,
  GATEWAY_CREDENTIAL: problem,
  DESTINATION_UNLISTED: problem,
  SERVER_AMBIGUOUS: usage,
  USAGE: usage,
  PROXY_LISTEN: problem,
  NODE_VERSION: usage,
};

/** The exit code of an error. A code that is not one of ours is a plugin's own, so it was the plugin that failed. */
export function exitCodeOf(code: string): number {
  return Object.hasOwn(table, code) ? table[code as ErrorCode] : exit.backend;
}
