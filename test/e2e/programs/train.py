"""An ordinary training program. It knows MLFLOW_TRACKING_URI and nothing else of how it reaches the server.

    python train.py EXPERIMENT

Checks what it reads back, and prints what it made as one line of JSON.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import mlflow
import numpy
from mlflow import MlflowClient
from sklearn.linear_model import LinearRegression

LARGE = 20 * 1024 * 1024


def log_run(experiment_id, folder):
    large = folder / "weights.bin"
    large.write_bytes(os.urandom(LARGE))
    nested = folder / "reports"
    (nested / "2024" / "q1 – Übersicht").mkdir(parents=True)
    (nested / "index.html").write_text("<h1>report</h1>")
    (nested / "2024" / "q1 – Übersicht" / "a b+c.txt").write_text("deep")

    with mlflow.start_run(experiment_id=experiment_id, run_name="fit") as run:
        mlflow.log_params({"alpha": 0.5, "solver": "lbfgs – ünïcode"})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"accuracy": 0.75, "huge step": 1.0}, step=2**53 + 1)
        mlflow.set_tags({"team": "e2e", "mlflow.note.content": "first line\nsecond line"})
        mlflow.log_artifact(str(large))
        mlflow.log_artifacts(str(nested), "reports")
        mlflow.log_dict({"nothing": None}, "config/settings.json")
    return run.info.run_id, large


def read_run(run_id, large):
    client = MlflowClient()
    run = client.get_run(run_id)
    assert run.data.params == {"alpha": "0.5", "solver": "lbfgs – ünïcode"}, run.data.params
    assert run.data.metrics["accuracy"] == 0.75
    assert run.data.tags["mlflow.note.content"] == "first line\nsecond line"
    assert [(m.step, m.value) for m in client.get_metric_history(run_id, "loss")] == [
        (step, 1 / (step + 1)) for step in range(5)
    ]
    assert client.get_metric_history(run_id, "huge step")[0].step == 2**53 + 1

    listed = {file.path: file.is_dir for file in client.list_artifacts(run_id)}
    assert listed == {"config": True, "reports": True, "weights.bin": False}, listed
    with tempfile.TemporaryDirectory() as folder:
        down = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="weights.bin", dst_path=folder))
        assert down.read_bytes() == large.read_bytes(), "the large artifact came back changed"
        reports = Path(mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="reports", dst_path=folder))
        assert (reports / "2024" / "q1 – Übersicht" / "a b+c.txt").read_text() == "deep"
    assert mlflow.artifacts.load_dict(f"runs:/{run_id}/config/settings.json") == {"nothing": None}


def search(experiment_id, run_id):
    found = mlflow.search_runs([experiment_id], "metrics.accuracy > 0.5 and tags.team = 'e2e'")
    assert list(found["run_id"]) == [run_id], found


def trace(experiment_id):
    @mlflow.trace
    def double(number):
        return number * 2

    with mlflow.start_span("predict") as span:
        span.set_inputs({"number": 21})
        span.set_outputs(double(21))
    mlflow.flush_trace_async_logging()
    stored = mlflow.get_trace(span.trace_id)
    assert stored is not None, "the trace is not there"
    assert {s.name for s in stored.data.spans} == {"predict", "double"}, stored.data.spans
    assert stored.data.spans[0].outputs == 42
    found = mlflow.search_traces(locations=[experiment_id], return_type="list")
    assert [t.info.trace_id for t in found] == [span.trace_id]
    return span.trace_id


def model(experiment_id, name):
    inputs = numpy.array([[0.0], [1.0], [2.0], [3.0]])
    fitted = LinearRegression().fit(inputs, 2 * inputs[:, 0] + 1)
    with mlflow.start_run(experiment_id=experiment_id, run_name="model"):
        logged = mlflow.sklearn.log_model(
            fitted,
            name="model",
            registered_model_name=name,
            pip_requirements=["scikit-learn"],
            input_example=inputs,
            serialization_format="cloudpickle",
        )
    client = MlflowClient()
    client.set_registered_model_alias(name, "champion", 1)
    for uri in (logged.model_uri, f"models:/{name}/1", f"models:/{name}@champion"):
        prediction = mlflow.pyfunc.load_model(uri).predict(numpy.array([[10.0]]))
        assert abs(prediction[0] - 21) < 1e-9, (uri, prediction)
    return client.get_model_version(name, "1").version


def main(experiment):
    experiment_id = mlflow.set_experiment(experiment).experiment_id
    with tempfile.TemporaryDirectory() as folder:
        run_id, large = log_run(experiment_id, Path(folder))
        read_run(run_id, large)
    search(experiment_id, run_id)
    made = {"run": run_id, "trace": trace(experiment_id), "version": model(experiment_id, experiment)}
    print(json.dumps(made))


if __name__ == "__main__":
    main(sys.argv[1])
