# Logs one metric after the other until a file named `stop` is there: EXPERIMENT. Prints each step once it is logged.
set -eu
api="$MLFLOW_TRACKING_URI/api/2.0/mlflow"
post() {
  curl --silent --show-error --fail --header 'Content-Type: application/json' --data "$2" "$api/$1"
}
value_of() {
  sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -n 1
}
experiment=$(post experiments/create "{\"name\":\"$1\"}" | value_of experiment_id)
run=$(post runs/create "{\"experiment_id\":\"$experiment\",\"start_time\":1}" | value_of run_id)
step=0
until [ -e stop ]; do
  step=$((step + 1))
  post runs/log-metric "{\"run_id\":\"$run\",\"key\":\"step\",\"value\":$step,\"step\":$step,\"timestamp\":1}" >answer
  echo "$step"
done
post runs/update "{\"run_id\":\"$run\",\"status\":\"FINISHED\",\"end_time\":2}" >answer
