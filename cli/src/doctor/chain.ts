/** Walks the chain from the file to an answer of MLflow, one server after the other. Prints nothing. */
import {
  type Config,
  type Logger,
  loadConfig,
  type OpenedAuthorizer,
  openAuthorizer,
} from "@mlflow-auth/core/internal";
import { withTimeout } from "../with-timeout.js";
import { collectWarnings, examineCredential, tagsFinding } from "./credential.js";
import type { Diagnosis, Examination, Opened, ServerDiagnosis } from "./examination.js";
import { fileFinding, pluginsFinding, withoutConfig } from "./file.js";
import type { Finding } from "./finding.js";
import { examineNetwork } from "./network.js";
import { requestFinding } from "./request.js";
import { chooseTargets } from "./targets.js";
import { clockFinding, watchWire } from "./wire.js";

/** What to examine, and how. */
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

/** Plugins and connections are not waited for any longer than this at the end, in milliseconds. */
const LONGEST_CLOSE = 2_000;

/** @throws MlflowAuthError as {@link chooseTargets} does */
export async function walkChain(options: ChainOptions): Promise<Diagnosis> {
  const { configFile, cwd, env, timeout, url } = options;
  let config: Config;
  try {
    config = await loadConfig({ configFile, cwd, env });
  } catch (thrown) {
    return { ...withoutConfig(thrown, cwd), servers: [], unexamined: [] };
  }
  const { logger, warned } = collectWarnings(options.logger);
  // With limits of its own every server gets an agent of its own, so that all that is asked of it goes one way.
  const opened = await tryToOpen(openAuthorizer(config, { env, logger, agents: {} }));
  const wire = watchWire();
  const servers: ServerDiagnosis[] = [];
  try {
    const { targets, unexamined } = chooseTargets(config, opened, url);
    for (const target of targets) {
      const since = wire.answers.length;
      const findings = await examineServer({ target, opened, env, timeout, wire, since, warned });
      servers.push({ uri: target.uri, findings });
    }
    const { file, environment } = config;
    return { file, environment, common: [fileFinding(config), pluginsFinding(config, opened)], servers, unexamined };
  } finally {
    wire.close();
    if ("open" in opened) await withTimeout(LONGEST_CLOSE, opened.open.close(), () => undefined);
  }
}

async function tryToOpen(opening: Promise<OpenedAuthorizer>): Promise<Opened> {
  try {
    return { open: await opening };
  } catch (fault) {
    return { fault };
  }
}

/**
 * The links of one server, from the secret backend to the clock. Those that do not need each other are examined side by side: a
 * broken secret backend does not hide a broken certificate.
 */
async function examineServer(examination: Examination): Promise<Finding[]> {
  const [credential, tags, network] = await Promise.all([
    examineCredential(examination),
    tagsFinding(examination),
    examineNetwork(examination),
  ]);
  const { target, wire, since } = examination;
  const clock = clockFinding(new URL(target.uri).origin, wire.answers.slice(since));
  const clocksApart = clock.warnings.length > 0;
  const request = await requestFinding(examination, { ...credential, ...network, clocksApart });
  return [...credential.findings, tags, ...network.findings, request, clock];
}
