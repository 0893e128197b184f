/**
 * What a program that logs a run is told while MLflow is not there, so that it can go on. Only calls whose answer needs no knowledge
 * of the server have one; models, the registry, traces and searches have none. Ids that are made up here are remembered: a request
 * that names one must never reach the server, where it would mean nothing.
 */
import { randomInt, randomUUID } from "node:crypto";
import type { ApiCall } from "./api-call.js";

/** Calls that are answered with an empty object. */
const LOGGING: ReadonlySet<string> = new Set([
  "experiments/delete-experiment-tag",
  "experiments/set-experiment-tag",
  "runs/delete-tag",
  "runs/log-batch",
  "runs/log-inputs",
  "runs/log-metric",
  "runs/log-model",
  "runs/log-parameter",
  "runs/set-tag",
]);

/** What ids look like, wherever they begin: what stands before one may be of the same characters. */
const ID = /(?=([0-9a-f]{32}|\d{18}))/g;

/** Ids that are remembered, the newest. */
const CAPACITY = 10_000;

type Info = Readonly<Record<string, unknown>>;

/** Answers in the place of one server. */
export interface StandIn {
  /** Whether the call names something that was made up here. */
  owns(call: ApiCall): boolean;
  /** What becomes the JSON of its answer; undefined: it can't be answered here. */
  answer(call: ApiCall): object | undefined;
}

/** @param now milliseconds since the Unix epoch */
export function createStandIn(now: () => number): StandIn {
  const made = new Map<string, Info>();
  const experimentIds = new Map<string, string>();

  function remember(id: string, info: Info): void {
    made.set(id, info);
    if (made.size > CAPACITY) made.delete(made.keys().next().value as string);
  }

  function experiment(name: string): Info {
    const known = made.get(experimentIds.get(name) ?? "");
    if (known !== undefined) return known;
    // As MLflow's own are: a whole number. With 18 digits it is none that a server counts up to.
    const experiment_id = `${randomInt(100_000_000, 1_000_000_000)}${randomInt(100_000_000, 1_000_000_000)}`;
    const info = {
      experiment_id,
      name,
      artifact_location: `mlflow-artifacts:/${experiment_id}`,
      lifecycle_stage: "active",
    };
    experimentIds.set(name, experiment_id);
    if (experimentIds.size > CAPACITY) experimentIds.delete(experimentIds.keys().next().value as string);
    remember(experiment_id, info);
    return info;
  }

  function createRun({ experiment_id: given, run_name, start_time, tags }: ApiCall["parameters"]): object {
    const experiment_id = textOf(given) || "0";
    const run_id = randomUUID().replaceAll("-", "");
    const artifact_uri = `mlflow-artifacts:/${experiment_id}/${run_id}/artifacts`;
    const info = {
      ...{ run_id, run_uuid: run_id, run_name: textOf(run_name) || "not-recorded", experiment_id, user_id: "" },
      ...{ status: "RUNNING", start_time: start_time ?? now(), artifact_uri, lifecycle_stage: "active" },
    };
    remember(run_id, info);
    return { run: { info, data: { tags: Array.isArray(tags) ? tags : [] } } };
  }

  function updateRun({ run_id: id, status, end_time, run_name }: ApiCall["parameters"]): object {
    const run_id = textOf(id);
    const before = made.get(run_id);
    const given = Object.fromEntries(
      Object.entries({ status, end_time, run_name }).filter(([, value]) => value !== undefined),
    );
    const info = { run_id, run_uuid: run_id, lifecycle_stage: "active", ...before, ...given };
    if (before !== undefined) made.set(run_id, info);
    return { run_info: info };
  }

  return {
    owns: ({ text }) => made.size > 0 && [...text.matchAll(ID)].some(([, id = ""]) => made.has(id)),
    answer({ name, method, parameters }) {
      if (name === "artifacts") return method === "PUT" ? {} : undefined;
      if (method === "POST" && LOGGING.has(name)) return {};
      switch (`${method} ${name}`) {
        case "GET experiments/get-by-name":
          return { experiment: experiment(textOf(parameters["experiment_name"])) };
        case "POST experiments/create":
          return { experiment_id: experiment(textOf(parameters["name"]))["experiment_id"] };
        case "POST runs/create":
          return createRun(parameters);
        case "POST runs/update":
          return updateRun(parameters);
        case "GET experiments/get":
          return wrapped("experiment", made.get(textOf(parameters["experiment_id"])));
        case "GET runs/get": {
          const info = made.get(textOf(parameters["run_id"] ?? parameters["run_uuid"]));
          return info && { run: { info, data: {} } };
        }
        default:
          return undefined;
      }
    },
  };
}

const textOf = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : "");

const wrapped = (name: string, info: Info | undefined) => info && { [name]: info };
