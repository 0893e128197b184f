"""`python -I -S WHEEL` hands over: the one program that this wheel is."""

from mlflow_auth_bridge.handover import main

main()
