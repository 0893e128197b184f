import {
  type Authorization,
  compileDestinations,
  createLogger,
  isSecret,
  type LogLevel,
  MlflowAuthError,
  openGate,
} from "@mlflow-auth/core/internal";
import { exit } from "../exit-codes.js";
import { explainMiss, requireUrl } from "../explain-miss.js";
import { paint } from "../paint.js";

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
  const { gate, config, close } = await openGate({ configFile: options.config, logger });
  try {
    // Before the gate is asked, which would log that a request goes out bare.
    const listed = compileDestinations(config.servers).match(url);
    const authorization = listed && (await gate.authorize({ url, method: "GET" }));
    if (authorization === undefined) {
      const { message, remedy } = explainMiss(url, config);
      throw new MlflowAuthError("DESTINATION_UNLISTED", `${message}: a request to it passes untouched`, { remedy });
    }
    const values = valuesOf(authorization, options.showSecrets ?? false);
    if (options.showSecrets) console.error("mlflow-auth: the values below are credentials in clear text");
    if (options.json) printJson(url, authorization, values);
    else printText(authorization, values);
    return exit.fine;
  } finally {
    await close();
  }
}

function valuesOf({ headers }: Authorization, reveal: boolean): [name: string, value: string][] {
  return headers.map(([name, value]) => [name, !reveal ? "[secret]" : isSecret(value) ? value.reveal() : value]);
}

function printJson(url: string, { server, sources }: Authorization, values: [string, string][]): void {
  console.log(JSON.stringify({ url, server: server.uri, headers: Object.fromEntries(values), sources }, undefined, 2));
}

function printText({ server, sources }: Authorization, values: [string, string][]): void {
  console.log(`${paint(process.stdout, "bold", server.uri)} gets`);
  for (const [name, value] of values) {
    console.log(`  ${name}: ${value}   ${paint(process.stdout, "dim", `from ${sources[name]}`)}`);
  }
  if (values.length === 0) console.log("  no header");
}
