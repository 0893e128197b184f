/** Walks the chain from the file to an answer of MLflow, one server after the other. Prints nothing. */
import {
  type Config,
  type Logger,
  loadConfig,
  type OpenedAuthorizer,
  openAuthorizer,
} from "@mlflow-auth/core/internal";
import { fileFinding, pluginsFinding, withoutConfig } from "./file.js";
import type { Finding } from "./finding.js";
import { examineServer } from "./server.js";
import { chooseTargets } from "./targets.js";
import { collectWarnings } from "./warned.js";
import { watchWire } from "./wire.js";
import { within } from "./with-timeout.js";

export interface ChainOptions {
  readonly configFile?: string | undefined;
  /** A server of the file, or a URL that belongs to one. Default: all without a wildcard. */
  readonly url?: string | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that each request may take. */
  readonly timeout: number;
  /** Gets what core and the plugins log. */
  readonly logger: Logger;
}

export interface Diagnosis {
  /** Absolute; undefined where there is none, or none that can be read. */
  readonly file: string | undefined;
  /** The links `file` and `plugins`. */
  readonly common: readonly Finding[];
  /** Those from `backend` on. Empty where the file is broken. */
  readonly servers: readonly ServerDiagnosis[];
  /** URIs of servers that need a URL to be examined, because theirs has a wildcard. */
  readonly unexamined: readonly string[];
}

export interface ServerDiagnosis {
  readonly uri: string;
  readonly findings: readonly Finding[];
}

/** Plugins and connections are not waited for any longer than this at the end, in milliseconds. */
const LONGEST_CLOSE = 2_000;

/**
 * @throws MlflowAuthError `DESTINATION_UNLISTED` if `url` belongs to no server of the file, `SERVER_AMBIGUOUS` if every server has
 *   a wildcard and no `url` is given
 */
export async function walkChain(options: ChainOptions): Promise<Diagnosis> {
  const { configFile, cwd, env, timeout, url } = options;
  let config: Config;
  try {
    config = await loadConfig({ configFile, cwd, env });
  } catch (thrown) {
    return { ...withoutConfig(thrown, cwd), servers: [], unexamined: [] };
  }
  const { targets, unexamined } = chooseTargets(config, url);
  const { logger, warned } = collectWarnings(options.logger);
  const opened = await tryToOpen(openAuthorizer(config, { env, logger }));
  const wire = watchWire();
  const servers: ServerDiagnosis[] = [];
  try {
    for (const target of targets) {
      const findings = await examineServer({ target, opened, env, timeout, wire, warned });
      servers.push({ uri: target.uri, findings });
    }
  } finally {
    wire.close();
    if ("open" in opened) await within(LONGEST_CLOSE, opened.open.close(), () => undefined);
  }
  return { file: config.file, common: [fileFinding(config), pluginsFinding(config, opened)], servers, unexamined };
}

/** The gate, or why there is none. */
export type Opened = { readonly open: OpenedAuthorizer } | { readonly fault: unknown };

async function tryToOpen(opening: Promise<OpenedAuthorizer>): Promise<Opened> {
  try {
    return { open: await opening };
  } catch (fault) {
    return { fault };
  }
}
