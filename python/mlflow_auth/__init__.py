"""Credentials for every MLflow client, from one file: this package carries and starts the command. Importing it imports nothing else."""

__version__ = "VERSION"
