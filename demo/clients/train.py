"""Trains twice, and logs the loss after every epoch. An ordinary MLflow program: it knows nothing of credentials."""

import mlflow

EPOCHS = 5

mlflow.set_experiment("demo")

for rate in [0.1, 0.5]:
    name = f"rate-{rate}"
    with mlflow.start_run(run_name=name, tags={"stage": "training"}):
        mlflow.log_params({"rate": rate, "epochs": EPOCHS})
        for epoch in range(1, EPOCHS + 1):
            loss = 1 / (1 + rate * epoch)
            mlflow.log_metric("loss", loss, step=epoch)
    print(f"{name}: loss {loss:.3f} after {EPOCHS} epochs")
