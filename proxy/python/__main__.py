"""`python -I -S WHEEL` hands over: the one program that this wheel is, for a wheel's modules have no files of their own to run."""

from mlflow_auth_handover import main

main()
