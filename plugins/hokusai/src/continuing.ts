/** `onUnavailable: continue`: a program goes on while MLflow is not there, and is told what is lost. */
import {
  connectionFailureOf,
  type DispatchedAnswer,
  type DispatchedRequest,
  isMlflowAuthError,
  type PluginContext,
  type RequestAuthProvider,
} from "@mlflow-auth/core/plugin";
import { type ApiCall, apiCallOf } from "./api-call.js";
import type { HokusaiOptions } from "./generated/options.js";
import { createLosses, NOT_RECORDED } from "./losses.js";
import { createStandIn, type StandIn } from "./stand-in.js";

/** Milliseconds until a call counts as unanswered. An upload takes what it takes. */
const PATIENCE = 30_000;

/** Nothing where failures are the program's. */
export function continuing(
  { onUnavailable }: Pick<HokusaiOptions, "onUnavailable">,
  context: PluginContext,
): Pick<RequestAuthProvider, "dispatch" | "close"> {
  const wanted = onUnavailable ?? (isTruthy(context.env["HOKUSAI_OPTIONAL_MLFLOW"]) ? "continue" : "fail");
  if (wanted === "fail") return {};
  const places = new Map<string, { readonly standIn: StandIn; lastOutage: string }>();
  const losses = createLosses(context);

  /** For each host of a wildcard another one. */
  function placeOf({ url, server }: DispatchedRequest) {
    const key = `${url.origin} ${server.uri}`;
    const place = places.get(key) ?? { standIn: createStandIn(context.clock.wallTime), lastOutage: "" };
    places.set(key, place);
    return place;
  }

  return {
    async dispatch(request, next) {
      const call = await apiCallOf(request);
      if (call === undefined) return await next();
      const place = placeOf(request);
      const { standIn } = place;
      if (standIn.owns(call)) {
        const answer = standIn.answer(call);
        if (answer === undefined) return unknown(call);
        losses.add(request, call, `${place.lastOutage} when what it belongs to was created`);
        return made(200, answer);
      }
      const outcome = await outcomeOf(next, call, request, context);
      if ("answer" in outcome) return outcome.answer;
      const answer = standIn.answer(call);
      if (answer === undefined) return await outcome.otherwise();
      place.lastOutage = outcome.outage;
      losses.add(request, call, outcome.outage);
      return made(200, answer);
    },
    close: losses.tell,
  };
}

/** What MLflow answers; or why it is not there, and what becomes of a request that can't be answered here. */
type Outcome =
  | { readonly answer: DispatchedAnswer }
  | { readonly outage: string; readonly otherwise: () => Promise<DispatchedAnswer> };

/** @throws what is no outage: our own refusals, failures of TLS, a client that gave up */
async function outcomeOf(
  next: () => Promise<DispatchedAnswer>,
  { name }: ApiCall,
  { signal }: DispatchedRequest,
  { clock }: PluginContext,
): Promise<Outcome> {
  const asked = next();
  const otherwise = () => asked;
  const settled = asked.then(
    (answer): Outcome => (answer.status < 500 ? { answer } : { outage: `MLflow answers ${answer.status}`, otherwise }),
    (thrown: unknown): Outcome => {
      const outage = signal.aborted ? undefined : outageOf(thrown);
      if (outage === undefined) throw thrown;
      return { outage, otherwise };
    },
  );
  if (name === "artifacts") return await settled;
  const late = Promise.withResolvers<Outcome>();
  const outage = `MLflow gives no answer within ${PATIENCE / 1000} s`;
  const timer = clock.setTimeout(() => late.resolve({ outage, otherwise }), PATIENCE);
  return await Promise.race([settled, late.promise]).finally(() => timer.cancel());
}

/** Node's and undici's own codes alone: what core refuses is no outage, whatever it is about. */
function outageOf(thrown: unknown): string | undefined {
  if (isMlflowAuthError(thrown)) return undefined;
  const { kind, code, what } = connectionFailureOf(thrown);
  const outages = ["refused", "unknown-host", "no-route", "timeout", "hung-up"];
  const isOutage = outages.includes(kind ?? "") || /^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/.test(code);
  return isOutage ? `MLflow can't be reached: ${what}` : undefined;
}

function unknown({ name }: ApiCall): DispatchedAnswer {
  const message = `mlflow-auth: ${name} is about a run or an experiment that was not recorded, because MLflow was unavailable`;
  return made(404, { error_code: "RESOURCE_DOES_NOT_EXIST", message });
}

/** What is answered here says so: the proxy counts no run by it. */
function made(status: number, value: object): DispatchedAnswer {
  const headers = { "content-type": "application/json", [NOT_RECORDED]: "true" };
  return { status, headers, body: JSON.stringify(value) };
}

/** As other plugins read such variables. */
function isTruthy(value: string | undefined): boolean {
  return /^(?:1|true|yes|on)$/i.test(value?.trim() ?? "");
}
