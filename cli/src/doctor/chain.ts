/** Walks the chain from the file to an answer of MLflow, one server after the other. Prints nothing. */
import {
  type Config,
  compileDestinations,
  type Logger,
  loadConfig,
  MlflowAuthError,
  type OpenedAuthorizer,
  openAuthorizer,
  type ServerConfig,
} from "@mlflow-auth/core/internal";
import { explainMiss, type ListedServers } from "../explain-miss.js";
import { withTimeout } from "../with-timeout.js";
import { collectWarnings, examineCredential, tagsFinding } from "./credential.js";
import type { Diagnosis, Examination, Opened, ServerDiagnosis, Target } from "./examination.js";
import { fileFinding, pluginsFinding, withoutConfig } from "./file.js";
import type { Finding } from "./finding.js";
import { examineNetwork } from "./network.js";
import { requestFinding } from "./request.js";
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

/**
 * @throws MlflowAuthError `DESTINATION_UNLISTED` if `url` belongs to no server of the file, `PATH_MISLEADING` if servers read its
 *   path differently, `SERVER_AMBIGUOUS` if every server has a wildcard and no `url` is given
 */
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

const hasWildcard = ({ uri }: ServerConfig) => uri.includes("*");

function chooseTargets(config: Config, opened: Opened, url: string | undefined) {
  if (url !== undefined) return { targets: [targetOf(config, opened, url)], unexamined: [] };
  const unexamined = config.servers.filter(hasWildcard).map(({ uri }) => uri);
  const targets = config.servers
    .filter((server) => !hasWildcard(server))
    .map((server): Target => ({ uri: server.uri, server }));
  if (targets.length > 0) return { targets, unexamined };
  throw new MlflowAuthError("SERVER_AMBIGUOUS", `the file lists wildcards alone: ${unexamined.join(", ")}`, {
    remedy: "name the server that is meant, as in `mlflow-auth doctor https://mlflow.staging.example.com`",
  });
}

function targetOf(config: Config, opened: Opened, url: string): Target {
  // The authorizer knows where a URL belongs; where there is none, its list of servers still tells.
  const listed = "open" in opened ? opened.open : listedServers(config);
  const server = url.includes("*") ? undefined : listed.serverFor(url);
  if (server === undefined) {
    if ("open" in opened) opened.open.refuseMisleading({ url });
    const { message, remedy } = explainMiss(url, listed);
    throw new MlflowAuthError("DESTINATION_UNLISTED", message, { remedy });
  }
  if (!hasWildcard(server)) return { uri: server.uri, server };
  const base = new URL(server.uri.replace("*", "x")).pathname.replace(/\/+$/, "");
  return { uri: new URL(url).origin + base, server };
}

function listedServers(config: Config): ListedServers {
  const { match, nearMiss } = compileDestinations(config.servers);
  return { config, serverFor: match, nearMiss };
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
