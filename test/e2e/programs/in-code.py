"""A program that names its servers in code: TRACKING REGISTRY EXPERIMENT. Prints one line of JSON at the end."""

import json
import multiprocessing
import os
import subprocess
import sys

import mlflow
from mlflow import MlflowClient

TRACKING, REGISTRY, EXPERIMENT = sys.argv[1:4]


def create_run(name):
    """What a worker does. It knows only its environment, and what MLflow has put there."""
    with mlflow.start_run(experiment_id=mlflow.get_experiment_by_name(EXPERIMENT).experiment_id, run_name=name):
        mlflow.log_metric("loss", 0.5)


def in_process(name):
    mlflow.set_tracking_uri(TRACKING)
    create_run(name)


def main():
    mlflow.set_tracking_uri(TRACKING)
    mlflow.set_registry_uri(REGISTRY)
    mlflow.set_experiment(EXPERIMENT)

    with mlflow.start_run(run_name="first") as run:
        mlflow.log_param("alpha", 0.5)
        for step in range(3):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"later": 1.0}, synchronous=False).wait()
        mlflow.log_text("deep", "a folder/ü.txt")
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/a folder/ü.txt") == "deep"

    client = MlflowClient(tracking_uri=TRACKING, registry_uri=REGISTRY)
    assert client.get_run(run.info.run_id).data.params == {"alpha": "0.5"}
    client.create_registered_model(EXPERIMENT)
    assert MlflowClient().get_registered_model(EXPERIMENT).name == EXPERIMENT

    spawned = multiprocessing.get_context("spawn").Process(target=in_process, args=("spawned",))
    spawned.start()
    spawned.join()
    assert spawned.exitcode == 0
    script = "import sys, mlflow; mlflow.set_experiment(sys.argv[1]); mlflow.start_run(run_name='child')"
    subprocess.run([sys.executable, "-c", script, EXPERIMENT], check=True)

    print(json.dumps({"run": run.info.run_id, "experiment": run.info.experiment_id}))


if __name__ == "__main__":
    main()
