import mlflow

mlflow.set_experiment("quickstart")

with mlflow.start_run(run_name="python"):
    mlflow.log_param("rate", 0.1)
    for step in range(3):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)

print("logged the run python")
