"""Tries one more setting. An ordinary MLflow program: it knows nothing of credentials, and is started as ever."""

import mlflow

mlflow.set_experiment("demo")

with mlflow.start_run(run_name="depth-3", tags={"stage": "tuning"}):
    mlflow.log_param("depth", 3)
    mlflow.log_metric("loss", 0.25)
print("depth-3: loss 0.25")
