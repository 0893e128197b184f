import {
  type AuthorizedHeaders,
  type Config,
  createLogger,
  isSecret,
  type Logger,
  type LogLevel,
  loadConfig,
  MlflowAuthError,
  openAuthorizer,
} from "@mlflow-auth/core/internal";
import { surviving } from "../background-failures.js";
import { exit } from "../exit-codes.js";
import { explainMiss, requireUrl } from "../explain-miss.js";
import { paint } from "../paint.js";
import { print } from "../print.js";

/** As the command line gives them. */
export interface HeadersOptions {
  readonly config?: string;
  readonly logLevel?: LogLevel;
  readonly json?: boolean;
  readonly showSecrets?: boolean;
}

/** Prints the headers that a GET of `url` would carry. Every value is masked unless asked for. */
export async function headers(url: string, options: HeadersOptions): Promise<number> {
  requireUrl(url);
  const logger = createLogger({ level: options.logLevel, env: process.env });
  const config = await loadConfig({ configFile: options.config });
  return await surviving(logger, () => show(url, config, logger, options));
}

async function show(url: string, config: Config, logger: Logger, options: HeadersOptions): Promise<number> {
  const authorizer = await openAuthorizer(config, { logger });
  try {
    // Asked first, for `authorize` would log that a request goes out bare.
    const listed = authorizer.serverFor(url);
    const authorized = listed && (await authorizer.authorize({ url, method: "GET" }));
    if (authorized === undefined) {
      authorizer.refuseMisleading({ url });
      const { message, remedy } = explainMiss(url, authorizer);
      throw new MlflowAuthError("DESTINATION_UNLISTED", `${message}: a request to it passes untouched`, { remedy });
    }
    const values = valuesOf(authorized, options.showSecrets ?? false);
    if (options.showSecrets) console.error("mlflow-auth: the values below are credentials in clear text");
    if (options.json) printJson(url, authorized, values);
    else printText(authorized, values);
    return exit.fine;
  } finally {
    await authorizer.close();
  }
}

function valuesOf({ headers }: AuthorizedHeaders, reveal: boolean): [name: string, value: string][] {
  return headers.map(([name, value]) => [name, !reveal ? "[secret]" : isSecret(value) ? value.reveal() : value]);
}

function printJson(url: string, { server, sources, signing }: AuthorizedHeaders, values: [string, string][]): void {
  const shown = { url, server: server.uri, headers: Object.fromEntries(values), sources, signedBy: signing?.instance };
  print(JSON.stringify(shown, undefined, 2));
}

function printText({ server, sources, signing }: AuthorizedHeaders, values: [string, string][]): void {
  print(`${paint(process.stdout, "bold", server.uri)} gets`);
  for (const [name, value] of values) {
    print(`  ${name}: ${value}   ${paint(process.stdout, "dim", `from ${sources[name]}`)}`);
  }
  if (signing !== undefined) print(`  a signature of its own with each request, by ${signing.instance}`);
  else if (values.length === 0) print("  no header");
}
