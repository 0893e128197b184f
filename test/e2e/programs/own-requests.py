"""Asks the server past MLflow's client, by the variable alone, whatever MLflow has done with it: SERVER OTHER EXPERIMENT."""

import os
import subprocess
import sys

import requests

server, other, experiment = sys.argv[1:]
ask = "import os, requests; print(requests.get(os.environ['MLFLOW_TRACKING_URI'] + '/health').status_code)"


def own(when):
    status = requests.get(os.environ["MLFLOW_TRACKING_URI"] + "/health", timeout=30).status_code
    print(when, "requests", status, flush=True)
    curl = 'curl -s -o /dev/null -w "%{http_code}" "$MLFLOW_TRACKING_URI/health"'
    print(when, "curl", subprocess.check_output(["sh", "-c", curl], text=True), flush=True)
    print(when, "python", subprocess.check_output([sys.executable, "-c", ask], text=True).strip(), flush=True)


own("before")
import mlflow  # noqa: E402

own("imported")
assert mlflow.get_tracking_uri() == server, "not the server's own"
mlflow.set_experiment(experiment)
with mlflow.start_run():
    mlflow.log_metric("loss", 0.5)
own("logged")
mlflow.set_tracking_uri(os.environ["MLFLOW_TRACKING_URI"])
assert mlflow.get_tracking_uri() == server, "not the server's own, set from the variable"
with mlflow.start_run():
    mlflow.log_metric("loss", 0.4)
mlflow.set_tracking_uri(other)
own("other")
assert mlflow.get_tracking_uri() == other, "not the other server's own"
mlflow.search_experiments()
mlflow.set_tracking_uri(server)
own("again")
told = subprocess.check_output(
    [sys.executable, "-c", f"import mlflow\n{ask}\nprint(mlflow.get_tracking_uri())"],
    text=True,
    env={**os.environ, "MLFLOW_TRACKING_URI": server},
)
print("told", *told.split()[-2:], flush=True)
