/** MLflow's REST API, as far as the two programs beside this file use it. */
const { MLFLOW_TRACKING_URI } = process.env;

export async function get(path, query) {
  return await answer(await fetch(`${MLFLOW_TRACKING_URI}/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`));
}

export async function post(path, body) {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return await answer(await fetch(`${MLFLOW_TRACKING_URI}/api/2.0/mlflow/${path}`, init));
}

/** The id of the experiment of that name, which is made where there is none. */
export async function experimentId(name) {
  try {
    return (await get("experiments/get-by-name", { experiment_name: name })).experiment.experiment_id;
  } catch (error) {
    if (error.cause !== 404) throw error;
    return (await post("experiments/create", { name })).experiment_id;
  }
}

async function answer(response) {
  if (response.ok) return await response.json();
  throw new Error(`MLflow answered ${response.status}: ${await response.text()}`, { cause: response.status });
}
