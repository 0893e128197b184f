"""Logs one metric after the other until a file named `stop` is there: EXPERIMENT. Prints each step once it is logged."""

import sys
from pathlib import Path

import mlflow

mlflow.set_experiment(sys.argv[1])
with mlflow.start_run():
    step = 0
    while not Path("stop").exists():
        step += 1
        mlflow.log_metric("step", step, step=step)
        print(step, flush=True)
