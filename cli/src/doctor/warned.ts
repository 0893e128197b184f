import type { ErrorCode, LogFields, Logger } from "@mlflow-auth/core/internal";

/** A warning that core or a plugin logged. */
export interface Warned {
  readonly plugin: string | undefined;
  /** The URI of the server that it is about; undefined: of every server that uses the plugin. */
  readonly server: string | undefined;
  readonly code: ErrorCode | undefined;
  readonly message: string;
}

/** A logger that passes everything on, and the list of the warnings that it was told. */
export function collectWarnings(onward: Logger): { logger: Logger; warned: Warned[] } {
  const warned: Warned[] = [];
  const logger: Logger = {
    isLevelEnabled: (level) => level === "warn" || onward.isLevelEnabled?.(level) !== false,
    debug: (fields, message) => onward.debug(fields, message),
    info: (fields, message) => onward.info(fields, message),
    warn(fields: LogFields, message) {
      const { plugin, server, code } = fields;
      warned.push({ plugin, server, code: code as ErrorCode | undefined, message });
      onward.warn(fields, message);
    },
    error: (fields, message) => onward.error(fields, message),
  };
  return { logger, warned };
}
