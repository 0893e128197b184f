/** Asks, waits for a file `go`, and asks again. It prints the status of each. */
import { existsSync } from "node:fs";

const url = `${process.env.MLFLOW_TRACKING_URI}/api/2.0/mlflow/experiments/search?max_results=1`;
const ask = async () => console.log((await fetch(url)).status);
await ask();
while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 20));
await ask();
