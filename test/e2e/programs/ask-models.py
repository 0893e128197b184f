# An ordinary program that asks models behind MLflow's AI gateway: [{path, model, headers}] -> the statuses of the answers. It sends as
# MLflow's own client does: to MLflow's tracking URI, and with the plugin that MLFLOW_TRACKING_AUTH names.
import json
import os
import sys

import mlflow
import requests
from mlflow.tracking.request_auth.registry import fetch_auth

statuses = []
for call in json.loads(sys.argv[1]):
    answer = requests.post(
        mlflow.get_tracking_uri() + call["path"],
        headers=call["headers"],
        json={"model": call["model"], "max_tokens": 10, "messages": [{"role": "user", "content": "hello"}]},
        auth=fetch_auth(os.environ["MLFLOW_TRACKING_AUTH"]),
    )
    statuses.append(answer.status_code)
    if answer.status_code != 200:
        print(answer.text, file=sys.stderr)
print(json.dumps(statuses))
