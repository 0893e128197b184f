/** What an answer other than the expected one means, and what to do about each. */
import { type AuthorizedHeaders, isPermissionDenial, rejectionKindOf } from "@mlflow-auth/core/internal";
import { notAccepted } from "./not-accepted.js";
import type { Answer } from "./probe.js";
import { loginPage, moved } from "./redirects.js";

export interface Sent {
  readonly url: string;
  readonly authorization: AuthorizedHeaders;
  readonly clocksApart: boolean;
}

export interface Refusal {
  readonly found: string;
  readonly remedy: string;
}

/** Whether it is what MLflow answers to a search for experiments. */
export function isRead({ status, text }: Answer): boolean {
  const answer = status === 200 ? objectIn(text) : undefined;
  return answer !== undefined && (Array.isArray(answer["experiments"]) || Object.keys(answer).length === 0);
}

export function refusal(answer: Answer, sent: Sent): Refusal {
  const { status } = answer;
  const kind = rejectionKindOf(sent, status, answer.headers);
  if (kind === "unauthorized") return notAccepted(answer, sent);
  if (kind === "forbidden") return forbidden(answer, sent);
  const redirected = status >= 300 && status < 400;
  if (kind === "login-page" || redirected) return moved(answer, sent) ?? loginPage(answer, sent);
  if (status === 404) return nothingThere(answer);
  if (status === 429 || status >= 500) return { found: failing(answer), remedy: overload(status) };
  if (status === 200) return { found: "the server answered with something else than MLflow's JSON", remedy: ADDRESS };
  return { found: `the server answered ${status}, which MLflow does not`, remedy: ADDRESS };
}

const ADDRESS =
  "check the server's `uri`: it must be the address of MLflow, up to what stands before /api, for example https://mlflow.example.com/base";

/** 403: MLflow's own denial, MLflow's guard of its Host header, or what stands before it. */
function forbidden({ text }: Answer, { url, authorization }: Sent): Refusal {
  const who =
    authorization.provider === undefined ? "who sends this" : `the owner of ${authorization.provider}'s credential`;
  if (/^Invalid Host header/.test(text)) {
    const { hostname } = new URL(url);
    return {
      found: "MLflow does not know the host name that it is addressed by (403)",
      remedy: `start it with --allowed-hosts ${hostname}, or have what stands before it send MLflow's own Host`,
    };
  }
  if (isPermissionDenial(text)) {
    return {
      found: `MLflow knows ${who} and denies reading (403)`,
      remedy: "have an admin of MLflow give that user the permission READ",
    };
  }
  return {
    found: `what stands before MLflow refused ${who} (403)`,
    remedy: `have who runs it let that user in, or store another user's credential where plugins.${authorization.provider ?? "NAME"} reads it`,
  };
}

function nothingThere({ text }: Answer): Refusal {
  if (objectIn(text)?.["error_code"] !== undefined) {
    return { found: "MLflow does not know this call (404)", remedy: "have MLflow updated to 2.0 or newer" };
  }
  return { found: "there is no MLflow API at this address (404)", remedy: ADDRESS };
}

function failing({ status, text }: Answer): string {
  const ofMlflow = objectIn(text)?.["error_code"] !== undefined;
  return ofMlflow ? `MLflow fails (${status})` : `the server answered ${status}`;
}

/** What to do about 429 and 5xx. */
export function overload(status: number): string {
  if (status === 429) return "wait, or have the limit of requests raised";
  if (status === 502 || status === 504) {
    return "start MLflow, or correct its address in what stands before it: that does not reach MLflow";
  }
  if (status === 503) return "wait until the server is up, or start it";
  return "see the log of MLflow and of what stands before it";
}

function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
