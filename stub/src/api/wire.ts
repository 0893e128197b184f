/**
 * Entities as MLflow's JSON has them (mlflow/protos/service.proto). Empty lists are left out, as protobuf leaves them out. Times are
 * milliseconds since the Unix epoch.
 */
import { type Experiment, latest, type Metric, type Run } from "../store/entities.js";

/** `Experiment`, in the one workspace that there is. */
export function experimentOnWire({ id, name, artifactLocation, stage, created, updated, tags }: Experiment) {
  return {
    experiment_id: id,
    name,
    artifact_location: artifactLocation,
    lifecycle_stage: stage,
    last_update_time: updated,
    creation_time: created,
    tags: pairs(tags),
    workspace: "default",
  };
}

/** `RunInfo`. The id stands under its old name, too. */
export function runInfoOnWire({ id, experimentId, name, userId, status, start, end, artifactUri, stage }: Run) {
  return {
    run_uuid: id,
    experiment_id: experimentId,
    run_name: name,
    user_id: userId,
    status,
    start_time: start,
    end_time: end,
    artifact_uri: artifactUri,
    lifecycle_stage: stage,
    run_id: id,
  };
}

/** `Run`, with the last value of each metric alone: the whole history has a call of its own. */
export function runOnWire(run: Run) {
  const metrics = [...run.metrics.values()].map((values) => metricOnWire(latest(values) as Metric));
  return {
    info: runInfoOnWire(run),
    data: { metrics: unlessEmpty(metrics), params: pairs(run.params), tags: pairs(run.tags) },
    inputs: {},
    outputs: {},
  };
}

/** `Metric`. Timestamp and step are integers of 64 bits, which {@link formatJson} writes with all their digits. */
export function metricOnWire({ key, value, timestamp, step }: Metric) {
  return { key, value, timestamp, step };
}

function pairs(map: ReadonlyMap<string, string>) {
  return unlessEmpty(Array.from(map, ([key, value]) => ({ key, value })));
}

/** Undefined for an empty list, so that {@link formatJson} leaves its field out. */
export function unlessEmpty<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length === 0 ? undefined : values;
}
