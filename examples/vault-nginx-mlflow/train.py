"""Logs one run, slowly. Usage: train.py [steps] [seconds between them]. Knows nothing of Vault, tokens or mlflow-auth."""

import sys
import tempfile
import time
from pathlib import Path

import mlflow

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 60
pause = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0

mlflow.set_experiment("vault-nginx-mlflow")

with mlflow.start_run():
    mlflow.log_param("steps", steps)
    for step in range(steps):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
        print(f"step {step}", flush=True)
        time.sleep(pause)
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.txt"
        model.write_text("weights")
        mlflow.log_artifact(str(model))
