import { isLoopback, type LogLevel, MlflowAuthError, type Secret } from "@mlflow-auth/core/internal";
import { createToken, type RunningProxy } from "@mlflow-auth/proxy";
import { lostOutput } from "../end-with.js";
import { exit } from "../exit-codes.js";
import { print } from "../print.js";
import { say, serveProxy } from "../serve-proxy.js";
import { onEndOfNpx, onStop } from "../stop-signals.js";
import { tokenFromFile } from "../token-file.js";

/** What the command line of `proxy` says. */
export interface ProxyCommandOptions {
  /** `--config`: the file. Default: the one that the search finds. */
  readonly config?: string;
  readonly logLevel?: LogLevel;
  /** `--server`: the base URL of a listed server. Default: as `chooseUpstream` decides. */
  readonly server?: string;
  /** The address to listen on, such as `127.0.0.1` or `::1`. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Holds the token that the address contains; it is created if it does not exist. Default: a new token each time. */
  readonly tokenFile?: string;
  /** False with --no-token. */
  readonly token: boolean;
  /** Without a token, lets the proxy listen beyond loopback. */
  readonly privateNetwork?: boolean;
  /** Names under which clients reach the proxy, beside its own address. */
  readonly allowHost?: string[];
  /** Prints all addresses, as JSON. Default: false. */
  readonly json?: boolean;
}

/** Milliseconds that requests under way get to finish once the proxy is told to stop. */
const GRACE = 10_000;

/**
 * Serves until SIGTERM, SIGINT or SIGHUP. On stdout it prints one line: its address, or with `json` an object that holds those of the other
 * servers as well. Returns the exit code.
 */
export async function proxy(options: ProxyCommandOptions): Promise<number> {
  checkToken(options);
  const serving = { ...options, allowHosts: options.allowHost, browsers: true, token: () => tokenOf(options) };
  return await serveProxy(serving, async ({ proxy, upstream }) => {
    if (!options.token) {
      say("no token is asked for: whoever reaches this port uses your credentials");
    } else if (!isLoopback(new URL(proxy.url).hostname)) {
      say("this address is not loopback: the token in it travels over the network in clear text");
    }
    if (proxy.browsable.length > 0 && !options.json) {
      say("a browser gets to the other servers of the file by addresses of their own, which --json prints");
    }
    // Whoever reads the address may send a signal at once.
    const stopped = untilStopped(proxy);
    const { url, browsable } = proxy;
    print(options.json ? JSON.stringify({ url, server: upstream.uri, browsable }) : url);
    await refuseLostAddress(options);
    await stopped;
    return exit.fine;
  });
}

function checkToken({ token, tokenFile, host, privateNetwork }: ProxyCommandOptions): void {
  if (token) return;
  if (tokenFile !== undefined) {
    throw new MlflowAuthError("USAGE", "--token-file and --no-token exclude each other", {
      remedy: "leave one of them out",
    });
  }
  if (!isLoopback(host.includes(":") ? `[${host}]` : host) && !privateNetwork) {
    const message = `--no-token on ${host} would let everybody on the network use your credentials`;
    throw new MlflowAuthError("USAGE", message, {
      remedy: "leave --no-token out, or add --private-network if nobody else can reach that address",
    });
  }
}

async function tokenOf({ token, tokenFile }: ProxyCommandOptions): Promise<Secret | undefined> {
  if (!token) return undefined;
  return tokenFile === undefined ? createToken() : await tokenFromFile(tokenFile);
}

/**
 * @throws MlflowAuthError `PROXY_LISTEN` if the address could not be printed and nobody can know it: the token in it is new, so the
 *   proxy would serve nobody, and for ever. Otherwise it is a warning.
 */
async function refuseLostAddress({ token, tokenFile }: ProxyCommandOptions): Promise<void> {
  const lost = await lostOutput();
  if (lost === undefined) return;
  const message = `the address can't be printed: stdout can't be written (${lost})`;
  if (!token || tokenFile !== undefined) return say(message);
  const remedy = "read the first line of stdout, or give the token with --token-file";
  throw new MlflowAuthError("PROXY_LISTEN", message, { remedy });
}

async function untilStopped(running: RunningProxy): Promise<void> {
  const ends: (() => void)[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      let stopping = false;
      const stop = () => {
        // A second time means now.
        const grace = stopping ? 0 : GRACE;
        stopping = true;
        running.close({ grace }).then(resolve, reject);
      };
      ends.push(onStop(stop), onEndOfNpx(stop));
    });
  } finally {
    for (const end of ends) end();
  }
}
