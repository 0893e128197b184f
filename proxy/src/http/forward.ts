/** The way of an admitted request to its upstream: its body read or streamed, sent with what the authorizer adds, answered. */
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  brokenAnswerOf,
  connectionFailureOf,
  createInterceptor,
  isMlflowAuthError,
  type Logger,
  MlflowAuthError,
  type OpenedAuthorizer,
  type ServerConfig,
} from "@mlflow-auth/core/internal";
import type { Dispatcher } from "undici";
import type { Reading } from "./answer-reader.js";
import type { Connections } from "./connections.js";
import { UpstreamFailures } from "./failure.js";
import { hasBody, isSmall } from "./head.js";
import { forwardedHeaders, type HeaderRewriting } from "./headers.js";
import type { FollowedRequest } from "./request-log.js";
import { ResponseWriter, refuse } from "./response-writer.js";
import { type CreatedRuns, createRunWatch } from "./run-watch.js";
import { collect, Upload } from "./upload.js";
import type { Upstream } from "./upstream.js";
import { type Load, warnOfWaiting } from "./waiting.js";

/** What a front needs to pass requests on. */
export interface ForwarderOptions {
  /** Opened with an agent for every server. */
  readonly authorizer: OpenedAuthorizer;
  readonly logger: Logger;
  /** Told of each request (0), and how many bytes of a body have streamed by, in either direction: so often that it must be quick. */
  readonly traffic?: ((bytes: number) => void) | undefined;
  /** Milliseconds after which a request that waits for a connection is told of. Default 5,000. */
  readonly patience?: number | undefined;
}

/** A request that may pass, and where to. */
export interface Arrival {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly upstream: Upstream;
  readonly rewriting: HeaderRewriting;
  /** What is wanted of the answer. */
  readonly readings: readonly Reading[];
  /** Told why no whole answer came; undefined where nobody wants to know. */
  readonly followed?: FollowedRequest | undefined;
}

/** Passes requests on to their upstreams. */
export interface Forwarder {
  /** Answers the request, come what may. */
  forward(arrival: Arrival): void;
  readonly createdRuns: CreatedRuns;
  /** Lets each client know with its next answer that the connection ends. */
  drain(): void;
}

/** Connections to a server for which the file does not say how many there may be. */
export const CONNECTIONS = 64;

/**
 * Methods whose requests, without a body, are sent again where a connection that was kept alive breaks before an answer: the server may
 * have closed it as they left. That connection is gone then, so it ends with a new one at the latest.
 */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Every listed server has an agent of its own, so nothing comes this way but what belongs to none. */
const refuseUnlisted: Dispatcher["dispatch"] = () => {
  throw new MlflowAuthError("DESTINATION_UNLISTED", "the request belongs to no server of the file");
};

/**
 * One for all requests of a front: it remembers which servers have answered, and which runs were created.
 *
 * @param connections those of the front
 */
export function createForwarder(
  { authorizer, logger, traffic, patience = 5_000 }: ForwarderOptions,
  connections: Pick<Connections, "isNewest">,
): Forwarder {
  const failures = new UpstreamFailures(logger);
  const dispatch = createInterceptor(authorizer, { tells: false })(refuseUnlisted);
  const runs = createRunWatch();
  const loads = new WeakMap<ServerConfig, Load>();
  let draining = false;

  function forward(arrival: Arrival): void {
    const { req, res } = arrival;
    traffic?.(0);
    const begin = req.headers.expect === undefined ? undefined : () => res.writeContinue();
    if (!hasBody(req)) {
      send(arrival, null);
    } else if (isSmall(req)) {
      begin?.();
      collect(req, (body) => send(arrival, body));
    } else {
      send(arrival, new Upload(req, { begin, streamed: traffic }));
    }
  }

  function send({ req, res, upstream, rewriting, readings, followed }: Arrival, body: Buffer | Upload | null): void {
    const { uri: server, connections: most = CONNECTIONS } = upstream.server;
    const load = loadOf(upstream.server);
    const run = req.method === "POST" ? runs.readingOf(req, upstream) : undefined;
    const writer = new ResponseWriter({
      req,
      res,
      upload: body instanceof Upload ? body : undefined,
      rewriting,
      readings: run === undefined ? readings : [...readings, run],
      // Requests behind this one may be under way already.
      closing: () => draining && connections.isNewest(res),
      answered() {
        failures.answered.add(server);
        if (failures.last.size > 0) failures.last.delete(server);
      },
      again(error) {
        if (body !== null || !REPEATABLE.has(req.method as string) || !brokenAnswerOf(error)?.reused) return false;
        attempt();
        return true;
      },
      failed(error, begun) {
        if (followed !== undefined) followed.refused = codeOf(error);
        refuse(req, res, failures.failed(error, server, begun));
      },
      brokeOff(error) {
        if (followed !== undefined) followed.broken = codeOf(error);
      },
      streamed: traffic,
      load,
    });
    if (load.underWay > most) {
      warnOfWaiting(logger, patience, { server, most, load, isWaiting: () => writer.isWaiting });
    }
    const options: Dispatcher.DispatchOptions = {
      origin: upstream.origin,
      path: upstream.path,
      method: req.method as Dispatcher.HttpMethod,
      headers: forwardedHeaders(req, rewriting),
      body: body as Buffer | null,
    };
    function attempt(): void {
      try {
        dispatch(options, writer);
      } catch (thrown) {
        writer.onResponseError(null, thrown as Error);
      }
    }
    attempt();
  }

  function loadOf(server: ServerConfig): Load {
    let load = loads.get(server);
    if (load === undefined) {
      load = { underWay: 0, connected: 0 };
      loads.set(server, load);
    }
    return load;
  }

  return {
    forward,
    createdRuns: runs,
    drain() {
      draining = true;
    },
  };
}

/** Of an error of ours its code, else what the connection failed with. */
function codeOf(error: unknown): string {
  return isMlflowAuthError(error) ? error.code : connectionFailureOf(error).code;
}
