"""Uploads several large artifacts at once, each time a file `round-N` appears: EXPERIMENT ROUNDS. Prints each round once all arrived whole."""

import hashlib
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mlflow

experiment, rounds = sys.argv[1], int(sys.argv[2])
Path("copies").mkdir()
mlflow.set_experiment(experiment)
with mlflow.start_run() as run:
    client = mlflow.MlflowClient()
    print("ready", flush=True)
    for number in range(1, rounds + 1):
        while not Path(f"round-{number}").exists():
            time.sleep(0.05)
        files = [Path(f"artifact-{number}-{index}") for index in range(2)]
        for file in files:
            file.write_bytes(os.urandom(20 * 1024 * 1024))
        with ThreadPoolExecutor(len(files)) as pool:
            list(pool.map(lambda file: client.log_artifact(run.info.run_id, str(file)), files))
        for file in files:
            copy = Path(client.download_artifacts(run.info.run_id, file.name, "copies"))
            same = hashlib.sha256(copy.read_bytes()).digest() == hashlib.sha256(file.read_bytes()).digest()
            assert same, f"{file} did not arrive whole"
        print(f"round {number}", flush=True)
