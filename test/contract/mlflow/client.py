"""What a Python program does with a tracking server: the stub must carry all of it. Expects MLFLOW_TRACKING_URI."""

import os
import tempfile

import mlflow
from mlflow import MlflowClient

mlflow.set_experiment("python")
with mlflow.start_run(run_name="one", tags={"a": "b"}) as run:
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({"x": 1, "y": "z"})
    mlflow.log_metric("loss", 0.5, step=1)
    mlflow.log_metrics({"loss": 0.25, "acc": 0.9}, step=2)
    mlflow.set_tag("k", "v")
    mlflow.log_dict({"q": 1}, "folder/e.json")
    mlflow.log_text("hello", "text.txt")
    path = os.path.join(tempfile.mkdtemp(), "f ü.bin")
    content = os.urandom(300_000)
    with open(path, "wb") as file:
        file.write(content)
    mlflow.log_artifact(path)

client = MlflowClient()
run_id = run.info.run_id
data = client.get_run(run_id).data
assert data.metrics == {"loss": 0.25, "acc": 0.9}, data.metrics
assert data.params == {"lr": "0.1", "x": "1", "y": "z"}, data.params
assert data.tags["a"] == "b" and data.tags["k"] == "v", data.tags
assert client.get_run(run_id).info.status == "FINISHED"
assert [metric.value for metric in client.get_metric_history(run_id, "loss")] == [0.5, 0.25]
assert sorted(file.path for file in client.list_artifacts(run_id)) == ["f ü.bin", "folder", "text.txt"]

with tempfile.TemporaryDirectory() as target:
    folder = mlflow.artifacts.download_artifacts(run_id=run_id, dst_path=target)
    with open(os.path.join(folder, "f ü.bin"), "rb") as file:
        assert file.read() == content
    assert os.path.exists(os.path.join(folder, "folder", "e.json"))

found = mlflow.search_runs(experiment_names=["python"], filter_string="metrics.loss < 0.3", order_by=["metrics.loss DESC"])
assert list(found["run_id"]) == [run_id], found
client.delete_run(run_id)
assert len(mlflow.search_runs(experiment_names=["python"])) == 0
assert [experiment.name for experiment in mlflow.search_experiments()] == ["python", "Default"]
