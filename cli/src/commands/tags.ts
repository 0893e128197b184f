import {
  type Config,
  createLogger,
  type Logger,
  type LogLevel,
  loadConfig,
  MlflowAuthError,
  openAuthorizer,
  type RunTags,
} from "@mlflow-auth/core/internal";
import { surviving } from "../background-failures.js";
import { chooseUpstream } from "../choose-upstream.js";
import { exit } from "../exit-codes.js";
import { explainMiss, type ListedServers, requireUrl } from "../explain-miss.js";
import { paint } from "../paint.js";
import { print } from "../print.js";

/** As the command line gives them. */
export interface TagsOptions {
  readonly config?: string;
  readonly logLevel?: LogLevel;
  readonly json?: boolean;
}

/** Prints the tags that a run created on the server of `url` would get, beside its client's own. */
export async function tags(url: string | undefined, options: TagsOptions): Promise<number> {
  if (url !== undefined) requireUrl(url);
  const logger = createLogger({ level: options.logLevel, env: process.env });
  const config = await loadConfig({ configFile: options.config });
  return await surviving(logger, () => show(url, config, logger, options));
}

async function show(url: string | undefined, config: Config, logger: Logger, options: TagsOptions): Promise<number> {
  const authorizer = await openAuthorizer(config, { logger });
  try {
    const target = url ?? usualServer(authorizer);
    const server = authorizer.serverFor(target);
    if (server === undefined) {
      authorizer.refuseMisleading({ url: target });
      const { message, remedy } = explainMiss(target, authorizer);
      throw new MlflowAuthError("DESTINATION_UNLISTED", `${message}: its runs get no tags`, { remedy });
    }
    const given = await authorizer.tags(server, { experimentId: undefined, runName: undefined, tags: {} });
    if (options.json) print(JSON.stringify(given, undefined, 2));
    else printText(server.uri, given);
    return exit.fine;
  } finally {
    await authorizer.close();
  }
}

function usualServer(listed: ListedServers): string {
  const { uri, notice } = chooseUpstream(listed, undefined, process.env, "name one as in `mlflow-auth tags URL`");
  if (notice !== undefined) console.error(`mlflow-auth: ${notice}`);
  return uri;
}

function printText(uri: string, { tags, sources }: RunTags): void {
  print(`every run created on ${paint(process.stdout, "bold", uri)} gets`);
  for (const [key, value] of Object.entries(tags)) {
    print(`  ${key}: ${onOneLine(value)}   ${paint(process.stdout, "dim", `from ${sources[key]}`)}`);
  }
  if (Object.keys(tags).length === 0) print("  no tag");
}

/** A value may come from anywhere, also with what moves a terminal's cursor. */
function onOneLine(value: string): string {
  return value.replaceAll(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
