/** Which call of MLflow's REST API is answered by what: the table of what the stub can do. */
import { listRunArtifacts, listStoredArtifacts } from "./api/artifacts.js";
import * as experiments from "./api/experiments.js";
import { logBatch } from "./api/log-batch.js";
import * as data from "./api/run-data.js";
import * as runs from "./api/runs.js";
import type { Parameters } from "./http/read-body.js";
import type { Store } from "./store/store.js";

/** Answers a call with what becomes its JSON; the status is 200. @throws MlflowError for any other */
export type Operation = (store: Store, parameters: Parameters) => object;

/** By path, below `/api/2.0/` and `/ajax-api/2.0/`, then by method. A path that is not here is answered with 404, a method with 405. */
export const operations: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  "mlflow/experiments/create": { POST: experiments.createExperiment },
  "mlflow/experiments/get": { GET: experiments.getExperiment },
  "mlflow/experiments/get-by-name": { GET: experiments.getExperimentByName },
  "mlflow/experiments/search": { GET: experiments.searchExperiments, POST: experiments.searchExperiments },
  "mlflow/experiments/update": { POST: experiments.updateExperiment },
  "mlflow/experiments/delete": { POST: experiments.deleteExperiment },
  "mlflow/experiments/restore": { POST: experiments.restoreExperiment },
  "mlflow/experiments/set-experiment-tag": { POST: experiments.setExperimentTag },
  "mlflow/experiments/delete-experiment-tag": { POST: experiments.deleteExperimentTag },
  "mlflow/runs/create": { POST: runs.createRun },
  "mlflow/runs/get": { GET: runs.getRun },
  "mlflow/runs/update": { POST: runs.updateRun },
  "mlflow/runs/delete": { POST: runs.deleteRun },
  "mlflow/runs/restore": { POST: runs.restoreRun },
  "mlflow/runs/search": { POST: runs.searchRuns },
  "mlflow/runs/log-metric": { POST: data.logMetric },
  "mlflow/runs/log-parameter": { POST: data.logParameter },
  "mlflow/runs/log-batch": { POST: logBatch },
  "mlflow/runs/set-tag": { POST: data.setTag },
  "mlflow/runs/delete-tag": { POST: data.deleteTag },
  "mlflow/metrics/get-history": { GET: data.getMetricHistory },
  "mlflow/artifacts/list": { GET: listRunArtifacts },
  "mlflow-artifacts/artifacts": { GET: listStoredArtifacts },
};
