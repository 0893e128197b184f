/**
 * The chain within an `exec` that has this file and this server: as a program there sends requests, by its proxy. That one took the
 * variables of the file's secrets out, so what it does with them can be judged by its answers alone.
 */
import { type AuthorizedHeaders, createAgent, formatDuration } from "@mlflow-auth/core/internal";
import { hasBridge } from "../child-environment.js";
import type { OuterExec, Outward } from "../nested-exec.js";
import { wasLedToProxy } from "../outer-proxy.js";
import { takenOut } from "../taken-out.js";
import { fileName } from "../where-from.js";
import { failures } from "./credential.js";
import { type Diagnosis, READ_PATH, type ServerDiagnosis, type Target } from "./examination.js";
import { broken, brokenBy, type Finding, fine, type Link, skipped } from "./finding.js";
import { askVersion, healthFinding } from "./network.js";
import { addressOf, realLocation, serversOf } from "./outer-addresses.js";
import { explainBehindProxy, type OuterRefusal, refusalIn } from "./outer-answers.js";
import { type Answer, type Dispatcher, header, probe } from "./probe.js";
import { readOf } from "./request.js";
import { chooseTargets } from "./targets.js";
import { isRead } from "./unexpected-answers.js";
import { clockFinding, type Wire, watchWire } from "./wire.js";

/** What to examine, and how. */
export interface OuterChainOptions {
  readonly url?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds that each request may take. */
  readonly timeout: number;
}

/** One server, and what it is asked with. */
interface Way {
  readonly outer: OuterExec;
  readonly target: Target;
  readonly agent: Dispatcher;
  readonly wire: Wire;
  readonly options: OuterChainOptions;
}

const BY_IT = "by the exec around this command";

/** How much longer than a request the proxy may take, which may have to log in first. */
const PROXY_FACTOR = 3;

/** @throws MlflowAuthError as `chooseTargets` does */
export async function walkOuterChain({ outer, file }: Outward, options: OuterChainOptions): Promise<Diagnosis> {
  const { targets, unexamined } = chooseTargets(serversOf(outer), { fault: undefined }, options.url);
  // Whatever HTTP proxies the environment names: the address holds a token.
  const agent = createAgent({ destination: outer.proxy, env: {} });
  const wire = watchWire();
  const servers: ServerDiagnosis[] = [];
  try {
    for (const target of targets) {
      servers.push({ uri: target.uri, findings: await examineBehind({ outer, target, agent, wire, options }) });
    }
  } finally {
    wire.close();
    await agent.destroy();
  }
  const name = file === undefined ? "the environment, in place of a file," : fileName(file);
  const common = [
    fine("file", `${name} is in use ${BY_IT}, and is the same as there`),
    skipped("plugins", `used ${BY_IT}${withoutVariables(options.env)}`),
  ];
  return { file, ...(file === undefined && { environment: [] }), common, servers, unexamined };
}

/** They are missing here on purpose. */
function withoutVariables(env: OuterChainOptions["env"]): string {
  const names = takenOut(env);
  return names.length === 0 ? "" : `, which took the variables of their secrets out: ${names.join(", ")}`;
}

async function examineBehind(way: Way): Promise<Finding[]> {
  const { outer, target, agent, wire, options } = way;
  const since = wire.answers.length;
  const warnings = lostSettings(options.env);
  let answer: Answer;
  try {
    answer = await probe(agent, readOf(addressOf(target.uri, outer) + READ_PATH), PROXY_FACTOR * options.timeout);
  } catch {
    const limit = formatDuration(PROXY_FACTOR * options.timeout);
    const found = `no answer within ${limit} by the proxy of the exec around this command`;
    const remedy = "give it longer with --timeout, or run `mlflow-auth doctor` outside of that exec";
    return inOrder([broken("request", found, remedy, warnings)], way);
  }
  const refusal = refusalIn(answer);
  if (refusal !== undefined) return inOrder(refused(refusal, warnings), way);
  const clock = clockBehind(way, since);
  const health = await healthBehind(way);
  return inOrder([connected(target), health, await judged(answer, way, clock, warnings), clock], way);
}

function connected({ uri }: Target): Finding {
  return fine("connection", `${new URL(uri).host} answers by the proxy of the exec around this command`);
}

async function healthBehind({ outer, target, agent, options: { timeout } }: Way): Promise<Finding> {
  const address = addressOf(target.uri, outer);
  try {
    const answer = await probe(agent, { method: "GET", url: `${address}/health` }, timeout);
    const refusal = refusalIn(answer);
    if (refusal !== undefined) return broken("health", refusal.found, refusal.remedy);
    return healthFinding(answer, answer.status === 200 ? await askVersion(agent, address, timeout) : undefined);
  } catch {
    return skipped("health", "no answer to /health, by the proxy of the exec around this command");
  }
}

async function judged(answer: Answer, { outer, target }: Way, clock: Finding, warnings: string[]): Promise<Finding> {
  const { server } = target;
  if (isRead(answer)) {
    const how = server.auth.length > 0 ? `the credential is given ${BY_IT}` : "no credential of the file is given";
    return fine("request", `${how}, and MLflow answers`, warnings);
  }
  const authorized: AuthorizedHeaders = {
    server,
    headers: [],
    sources: {},
    replacesClientCredentials: server.auth.length > 0,
    belowGateway: false,
    provider: undefined,
    signing: undefined,
  };
  const sent = { url: target.uri + READ_PATH, authorized, clocksApart: clock.warnings.length > 0 };
  const location = header(answer, "location");
  const headers = location === "" ? answer.headers : { ...answer.headers, location: realLocation(location, outer) };
  const { found, remedy } = explainBehindProxy({ ...answer, headers }, sent, server);
  return broken("request", found, remedy, warnings);
}

/** The clock of the server: the proxy passes its `Date` on. */
function clockBehind({ target, wire }: Way, since: number): Finding {
  const { origin } = new URL(target.uri);
  return clockFinding(
    origin,
    wire.answers.slice(since).map((answer) => ({ ...answer, origin })),
  );
}

function refused({ found, remedy, link, error }: OuterRefusal, warnings: string[]): Finding[] {
  const unsent = skipped("request", "not sent: it never goes out without its credential", warnings);
  if (error === undefined) {
    if (link === "request") return [broken("request", found, remedy, warnings)];
    return [broken("connection", found, remedy), skipped("request", "not sent: the server can't be reached", warnings)];
  }
  if (link !== undefined) return [brokenBy(link, error), skipped("request", "not sent", warnings)];
  return [...failures(error, { headers: [], auth: [] }), unsent];
}

/** All links of a server, those that were not judged here with the reason. */
function inOrder(known: readonly Finding[], { target: { server } }: Way): Finding[] {
  const isBroken = known.some(({ state }) => state === "broken");
  const none = "the file has no credential for this server: clients send their own";
  const secret = server.auth.length > 0 ? fine("secret", `given ${BY_IT}`) : skipped("secret", none);
  const unseen = (link: Link, what: string) => skipped(link, `${what} ${BY_IT}, not here`);
  const others = [
    unseen("backend", "asked"),
    unseen("login", "used"),
    isBroken && server.auth.length > 0 ? unseen("secret", "known") : secret,
    unseen("headers", "added"),
    unseen("tags", "added"),
    unseen("name", "looked up"),
    skipped("connection", "not judged: no request went out"),
    skipped("health", "not judged: no request went out"),
    skipped("request", "not sent"),
    skipped("clock", "no answer told the time"),
  ];
  return others.map((other) => known.find(({ link }) => link === other.link) ?? other);
}

/** What `exec` put there for programs, and what was done to it since. */
function lostSettings(env: OuterChainOptions["env"]): string[] {
  const warnings: string[] = [];
  const proxied = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].filter((name) => env[name]);
  const isExempt = (list = "") => list.split(/[,\s]+/).some((one) => one === "127.0.0.1" || one === "*");
  if (proxied.length > 0 && !(isExempt(env["no_proxy"]) && isExempt(env["NO_PROXY"]))) {
    warnings.push(
      `${proxied.join(", ")} in the environment, and NO_PROXY has lost what exec put there: programs here may send that proxy their requests and the token in their address; put 127.0.0.1 back into no_proxy and NO_PROXY`,
    );
  }
  if (!wasLedToProxy("MLFLOW_TRACKING_URI", env)) {
    warnings.push(
      "MLFLOW_TRACKING_URI is not the address of the proxy, as exec set it, but the server's own: MLflow in Python is led there all the same, and all other programs go without a credential; leave the variable as it was",
    );
  }
  if (!hasBridge(env)) {
    warnings.push(
      "PYTHONPATH has lost what exec put there: Python programs that name their server themselves go there without a credential; write it as PYTHONPATH=FOLDER:$PYTHONPATH",
    );
  }
  return warnings;
}
