"""Credentials for every MLflow client, from one file: this package carries and starts the command. Importing it imports nothing else."""

__version__ = "VERSION"


def doctor(*arguments):
    """Tries the whole chain from mlflow-auth.yaml to an answer of MLflow, and prints what each step is like: `mlflow-auth doctor`.

    Arguments are those of the command: a URL, ``"--config", "FILE"``, ``"--timeout", "30"``. Raises
    ``mlflow_auth.diagnosis.DoctorFailed`` where the chain breaks; what to do then has been printed.
    """
    from mlflow_auth.diagnosis import diagnose

    diagnose(arguments)
