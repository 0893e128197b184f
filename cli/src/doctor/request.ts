/** One read as a client would send it, with the credential: the link that counts. */
import {
  type AuthorizedHeaders,
  type Config,
  createInterceptor,
  isMlflowAuthError,
  type OpenedAuthorizer,
} from "@mlflow-auth/core/internal";
import { BRIDGE_PLUGIN } from "../outer-proxy.js";
import { CLIENT_CREDENTIALS, secretVariablesOf } from "../removed-variables.js";
import { withTimeout } from "../with-timeout.js";
import { connectionFailure } from "./connection-failure.js";
import type { CredentialReport } from "./credential.js";
import { type Examination, READ_PATH } from "./examination.js";
import { broken, brokenBy, type Explanation, type Finding, fine, skipped } from "./finding.js";
import type { NetworkReport } from "./network.js";
import { type Answer, type Dispatcher, probe } from "./probe.js";
import { explainAnswer, isRead } from "./unexpected-answers.js";

/** What must be known before the request is sent. */
export interface Before extends Pick<CredentialReport, "authorized">, Pick<NetworkReport, "answered"> {
  /** Whether this machine's clock and another differ so much that tokens may fail by it. */
  readonly clocksApart: boolean;
}

/** Goes through core's interceptor, so it is never sent without the credential that it should carry. */
export async function requestFinding(examination: Examination, before: Before): Promise<Finding> {
  const warnings = ignoredVariables(examination);
  const { authorized, answered, clocksApart } = before;
  const { target, opened, timeout } = examination;
  if (authorized === undefined || "fault" in opened) {
    return skipped("request", "not sent: it never goes out without its credential", warnings);
  }
  if (!answered) return skipped("request", "not sent: the server can't be reached", warnings);
  const agent = opened.open.agentFor(target.server) as Dispatcher;
  const url = target.uri + READ_PATH;
  let answer: Answer;
  try {
    const dispatcher = agent.compose(createInterceptor(opened.open));
    answer = await probe(dispatcher, readOf(url), timeout);
  } catch (thrown) {
    const { found, remedy = "" } = isMlflowAuthError(thrown)
      ? brokenBy("request", thrown)
      : connectionFailure(thrown, examination);
    return broken("request", found, remedy, warnings);
  }
  if (isRead(answer)) {
    const isOpen = authorized.provider !== undefined && (await answersAnybody(url, agent, timeout));
    const found = isOpen
      ? `MLflow answers without a credential, too: whether that of ${authorized.provider} is the right one can't be told`
      : `${inShort(authorized)} is accepted, and MLflow answers`;
    return fine("request", found, warnings);
  }
  const explained = explainAnswer(answer, {
    url,
    authorized,
    clocksApart,
    fixedForm: hasFixedForm(authorized, opened.open.config),
  });
  const { found, remedy } = await withPluginsWords(explained, answer, { opened: opened.open, authorized, timeout });
  if (answer.status !== 404) return broken("request", found, remedy, warnings);
  const base = await baseAbove(target.uri, agent, timeout);
  const [api] = /\/(?:ajax-)?api(?:\/.*)?$/.exec(new URL(target.uri).pathname) ?? [];
  const shorter = api === undefined ? remedy : `leave ${api} out of the server's address: clients add it themselves`;
  const elsewhere = base === undefined ? shorter : `MLflow answers at ${base}: that is the server's address`;
  return broken("request", found, elsewhere, warnings);
}

/** Whom to ask about an answer, and for how long. */
interface Asking {
  readonly opened: Pick<OpenedAuthorizer, "explainRejection">;
  readonly authorized: AuthorizedHeaders;
  /** Milliseconds. */
  readonly timeout: number;
}

/** Where the plugin knows what its service says: that is the cause. */
async function withPluginsWords(
  { found, remedy }: Explanation,
  { status, text }: Answer,
  { opened, authorized, timeout }: Asking,
): Promise<Explanation> {
  if (status !== 401 && status !== 403) return { found, remedy };
  const asked = opened.explainRejection(authorized, text).catch(() => undefined);
  const own = await withTimeout(timeout, asked, () => undefined);
  return own === undefined ? { found, remedy } : { found: `${found}: ${own.what}`, remedy: own.remedy };
}

/** Options as they are used have `credential` with its defaults, where their plugin knows it. */
function hasFixedForm({ provider }: AuthorizedHeaders, { instances }: Config): boolean {
  const options = instances.find(({ name }) => name === provider)?.options;
  return options !== undefined && !Object.hasOwn(options, "credential");
}

/** Nothing is accepted by a server that asks for nothing. */
async function answersAnybody(url: string, agent: Dispatcher, timeout: number): Promise<boolean> {
  try {
    return isRead(await probe(agent, readOf(url), timeout));
  } catch {
    return false;
  }
}

/** A search for one experiment: it changes nothing. */
export function readOf(url: string) {
  return { method: "POST", url, body: '{"max_results":1}' } as const;
}

function inShort({ provider }: { provider: string | undefined }): string {
  return provider === undefined ? "a request without a credential of the file" : `the credential of ${provider}`;
}

/** Variables of MLflow's clients that the file takes the place of. */
function ignoredVariables({ opened, env, target: { server } }: Examination): string[] {
  if (server.auth.length === 0) return [];
  const used = "open" in opened ? Object.values(secretVariablesOf(opened.open.config)) : [];
  // The bridge of an `exec` around this command is nobody's to unset.
  const set = CLIENT_CREDENTIALS.filter(
    (name) => env[name] && env[name] !== BRIDGE_PLUGIN && !used.some((names) => names.has(name)),
  );
  if (set.length === 0) return [];
  return [
    `${set.join(", ")} in the environment: not sent to this server, for the file has a credential for it; unset it`,
  ];
}

/** The address above a wrong base path at which MLflow's own `/health` answers. It is asked without a credential. */
async function baseAbove(uri: string, agent: Dispatcher, timeout: number): Promise<string | undefined> {
  const { origin, pathname } = new URL(uri);
  const steps = pathname.split("/").filter((step) => step !== "");
  for (let length = steps.length - 1; length >= 0 && length >= steps.length - 3; length--) {
    const base = [origin, ...steps.slice(0, length)].join("/");
    try {
      const answer = await probe(agent, { method: "GET", url: `${base}/health` }, timeout);
      if (answer.status === 200 && answer.text.trim() === "OK") return base;
    } catch {
      return undefined;
    }
  }
  return undefined;
}
