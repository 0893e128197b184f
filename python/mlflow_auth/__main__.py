"""``python -m mlflow_auth``: the command, where its console script is not on PATH."""

from mlflow_auth.command import main

if __name__ == "__main__":
    main()
