/** What the links of the chain are examined with, and what comes of it: the types that all of `doctor` shares. */
import type { AuthorizedHeaders, ErrorCode, OpenedAuthorizer, ServerConfig } from "@mlflow-auth/core/internal";
import type { Finding } from "./finding.js";
import type { Wire } from "./wire.js";

/** The authorizer, or why there is none. */
export type Opened = { readonly open: OpenedAuthorizer } | { readonly fault: unknown };

/** A server to examine. */
export interface Target {
  /** The base URL without a trailing slash: never a wildcard. */
  readonly uri: string;
  readonly server: ServerConfig;
}

/** A warning that core or a plugin logged. */
export interface Warned {
  readonly plugin: string | undefined;
  /** The URI of the server that it is about; undefined: of every server that uses the plugin. */
  readonly server: string | undefined;
  readonly code: ErrorCode | undefined;
  readonly message: string;
}

/** One server, and all that its links are examined with. */
export interface Examination {
  readonly target: Target;
  readonly opened: Opened;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that each request may take. */
  readonly timeout: number;
  readonly wire: Wire;
  /** How many answers had come over the wire before this server was examined. */
  readonly since: number;
  /** Grows while plugins are asked. */
  readonly warned: readonly Warned[];
}

/** Where a read is asked for: what every user may do, and what changes nothing. */
export const READ_PATH = "/api/2.0/mlflow/experiments/search";

/** The one read that went out with the credential, as far as its answer is judged by it. */
export interface SentRead {
  readonly url: string;
  readonly authorized: AuthorizedHeaders;
  /** Whether this machine's clock and another differ so much that tokens may fail by it. */
  readonly clocksApart: boolean;
  /** Whether the plugin has no `credential` to say how it is to be sent. Default: false. */
  readonly fixedForm?: boolean | undefined;
}

/** What was found out about one server, in the order of the chain. */
export interface ServerDiagnosis {
  readonly uri: string;
  readonly findings: readonly Finding[];
}

/** What was found out about the whole chain. */
export interface Diagnosis {
  /** Absolute; undefined where there is none, or none that can be read. */
  readonly file: string | undefined;
  /** The environment variables that stand in its place, where there is none. */
  readonly environment?: readonly string[] | undefined;
  /** The links `file` and `plugins`. */
  readonly common: readonly Finding[];
  /** Those from `backend` on. Empty where the file is broken. */
  readonly servers: readonly ServerDiagnosis[];
  /** URIs of servers that need a URL to be examined, because theirs has a wildcard. */
  readonly unexamined: readonly string[];
}
