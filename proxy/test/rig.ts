/** A proxy with a real authorizer before an upstream that the test answers for. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type LogFields, type Logger, loadConfig, openAuthorizer } from "@mlflow-auth/core/internal";
import { closeAfterwards, limitTests } from "@mlflow-auth/test/suite";
import { installTagger } from "../../core/test/library/tag-plugin.js";
import { agentLimits, createToken, type ProxyOptions, type RunningProxy, startProxy } from "../src/index.js";
import { createProject, type Project } from "./project.js";

/** Seconds. What hangs here waits for a byte that does not come: all that runs is in this process. */
limitTests(15);

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  body: string;
}

export interface Upstream {
  readonly uri: string;
  readonly port: number;
  /** Requests in the order in which their heads came; bodies fill in as they come, unless the test reads them itself. */
  readonly seen: Seen[];
  readonly server: Server;
  answer: (req: IncomingMessage, res: ServerResponse, seen: Seen) => void;
  stop(): Promise<void>;
}

export async function startUpstream(answer?: Upstream["answer"]): Promise<Upstream> {
  const seen: Seen[] = [];
  const listener: RequestListener = (req, res) => {
    const { method = "", url = "", headers, rawHeaders } = req;
    const one: Seen = { method, url, headers, rawHeaders, body: "" };
    seen.push(one);
    upstream.answer(req, res, one);
  };
  const server = createServer({ requireHostHeader: false, maxHeaderSize: 128 * 1024 }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const upstream: Upstream = {
    uri: `http://127.0.0.1:${port}`,
    port,
    seen,
    server,
    answer: answer ?? whole((_req, res) => res.end("fine")),
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  closeAfterwards(() => upstream.stop());
  return upstream;
}

/** Reads the whole body before it answers. */
export function whole(answer: Upstream["answer"]): Upstream["answer"] {
  return (req, res, seen) => {
    req.setEncoding("latin1");
    req.on("data", (chunk: string) => {
      seen.body += chunk;
    });
    req.on("end", () => answer(req, res, seen));
  };
}

export interface Rig {
  readonly project: Project;
  readonly upstream: Upstream;
  readonly proxy: RunningProxy;
  readonly token: string;
  /** What the proxy and the authorizer logged, from `level` on. */
  readonly logged: string[];
  /** How many bytes the proxy has told of so far, as `traffic`. A test may set it back. */
  readonly traffic: { bytes: number };
  stop(): Promise<void>;
}

export interface RigOptions
  extends Partial<
    Pick<ProxyOptions, "token" | "host" | "allowHosts" | "browsable" | "headTimeout" | "idleTimeout" | "patience">
  > {
  /** The path below the upstream's origin. Default: none. */
  readonly base?: string;
  /** From which level on lines are kept. Default: warn. */
  readonly level?: "debug" | "warn";
  /** Further servers of the file. `UPSTREAM` in a URI stands for the port of the first. */
  readonly servers?: readonly { uri: string; auth?: string | string[]; allowInsecure?: boolean }[];
  readonly answer?: Upstream["answer"];
  /** Whether the file says `anonymous: allowed` of the first server. */
  readonly anonymous?: boolean;
  /** What the file says of the first server. */
  readonly connections?: number;
  /** What the plugin `tagger` (tag-plugin.ts) gives every run. Default: it is not installed. */
  readonly tags?: Readonly<Record<string, string>>;
}

export async function startRig({
  base = "",
  servers = [],
  answer,
  tags,
  anonymous = false,
  connections,
  ...proxyOptions
}: RigOptions = {}): Promise<Rig> {
  const project = createProject();
  closeAfterwards(project.remove);
  const upstream = await startUpstream(answer);
  const uri = upstream.uri + base;
  const first = { uri, ...(anonymous ? { anonymous: "allowed" } : {}), ...(connections && { connections }) };
  const plugins: Record<string, object> = { test: project.options };
  if (tags !== undefined) {
    installTagger(project);
    plugins["tagger"] = { file: project.write("tags.json", JSON.stringify(tags)) };
  }
  const config = {
    version: 1,
    servers: [first, ...servers.map((one) => ({ ...one, uri: one.uri.replace("UPSTREAM", String(upstream.port)) }))],
    plugins,
  };
  const traffic = { bytes: 0 };
  const counted = (bytes: number) => {
    traffic.bytes += bytes;
  };
  const options = { upstream: uri, traffic: counted, ...proxyOptions };
  const { proxy, authorizer, token, logged } = await openProxy(project, config, options);
  return {
    project,
    upstream,
    proxy,
    token: token.reveal(),
    logged,
    traffic,
    async stop() {
      await proxy.close();
      await authorizer.close();
      await upstream.stop();
      project.remove();
    },
  };
}

interface OpenProxyOptions extends Pick<ProxyOptions, "upstream">, Partial<Omit<ProxyOptions, "upstream">> {
  /** From which level on lines are kept. Default: warn. */
  readonly level?: "debug" | "warn";
}

/** A proxy with the plugins of a project and this configuration. */
export async function openProxy(project: Project, config: object, { level = "warn", ...options }: OpenProxyOptions) {
  const env = {};
  const logged: string[] = [];
  const logger = collectingLogger(logged, level);
  const loaded = await loadConfig({ config: config as never, cwd: project.folder, env });
  const authorizer = await openAuthorizer(loaded, { env, logger, agents: agentLimits });
  closeAfterwards(() => authorizer.close());
  const token = createToken();
  const proxy = await startProxy({ authorizer, logger, token, ...options });
  // Last opened, first closed: what a failed test left under way ends with the proxy.
  closeAfterwards(() => proxy.close());
  return { proxy, authorizer, token, logged };
}

function collectingLogger(lines: string[], level: "debug" | "warn"): Logger {
  const log = (fields: LogFields, message: string) => void lines.push(`${JSON.stringify(fields)} ${message}`);
  const none = () => undefined;
  if (level === "warn") {
    const isLevelEnabled = (asked: string) => asked === "warn" || asked === "error";
    return { isLevelEnabled, debug: none, info: none, warn: log, error: log };
  }
  return { debug: log, info: log, warn: log, error: log };
}

/** Sends bytes as they are and returns everything that comes until the other side closes. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    let answer = "";
    socket.setTimeout(10_000, () => socket.destroy(new Error(`no end; so far: ${answer}`)));
    closeAfterwards(() => socket.destroy());
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      answer += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

/** A request's head with `connection: close`, so that {@link raw} ends. */
export function head(line: string, headers: readonly string[]): string {
  return `${[`${line} HTTP/1.1`, ...headers, "connection: close"].join("\r\n")}\r\n\r\n`;
}
