"""One of MLflow's clients, which sends what it is told to on stdin, a line each, and answers with a line of JSON.

    request          one request: {"milliseconds", "outcome"}, the status or the first line of the error
    requests NUMBER  that many: {"milliseconds"}, of the fastest twentieth the slowest
    first NUMBER     the first request of so many processes, one after the other, which have MLflow in memory: a list
    alone NUMBER     the same, and no two of them have the same variables
    fork NUMBER, spawn NUMBER    that many children at once, each with one request: a list of outcomes
"""

import json
import multiprocessing
import os
import statistics
import sys
import time

import mlflow
from mlflow.utils.credentials import get_default_host_creds
from mlflow.utils.rest_utils import http_request


def send(_=None):
    begun = time.perf_counter()
    try:
        creds = get_default_host_creds(mlflow.get_tracking_uri())
        answer = http_request(creds, "/api/2.0/mlflow/experiments/search", "GET", params={"max_results": 1}, max_retries=0)
        outcome = answer.status_code
    except Exception as error:
        outcome = str(error).partition("\n")[0]
    return {"milliseconds": (time.perf_counter() - begun) * 1000, "outcome": outcome}


def first(number, alone):
    """Each of them a child that is forked before anything was sent, so that MLflow's import is not in the figure."""
    sent = []
    for index in range(number):
        variables = {"MLFLOW_VAULT_TTL_SEC": str(100 + index)} if alone else {}
        with multiprocessing.get_context("fork").Pool(1, os.environ.update, [variables]) as pool:
            sent.append(pool.apply(send))
    return sent


def done(command, number):
    if command in ("first", "alone"):
        return first(number, command == "alone")
    if command == "request":
        return send()
    if command == "requests":
        return {"milliseconds": statistics.quantiles((send()["milliseconds"] for _ in range(number)), n=20)[0]}
    # Each of them a process of its own, however fast the first one is.
    with multiprocessing.get_context(command).Pool(number, maxtasksperchild=1) as pool:
        return [one["outcome"] for one in pool.map(send, range(number), chunksize=1)]


if __name__ == "__main__":
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        command, *number = line.split()
        print(json.dumps(done(command, int(number[0]) if number else 1)), flush=True)
