import { loadMlflowAuth, MlflowAuthError } from "@mlflow-auth/core";

const auth = await loadMlflowAuth();
const answer = await auth.fetch(`${process.env.URI}/api/2.0/mlflow/experiments/search?max_results=1`);
console.log(answer.status);
await auth.headers("https://elsewhere.example.com").catch((error) => {
  console.log(error instanceof MlflowAuthError && error.code);
});
await auth.close();
