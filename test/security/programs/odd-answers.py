"""GETs each URL with requests, as MLflow's client does, and prints what came of it: one JSON object a line."""

import json
import sys

import requests

for url in sys.argv[1:]:
    try:
        answer = requests.get(url, timeout=5, allow_redirects=False)
        headers = {name: value for name, value in answer.headers.items() if len(value) < 200}
        print(json.dumps({"status": answer.status_code, "body": answer.text, "headers": headers}))
    except requests.RequestException as error:
        print(json.dumps({"error": type(error).__name__}))
