// Knows of no credential: asks the server that it is given for its experiments.
const answer = await fetch(`${process.env.URI}/api/2.0/mlflow/experiments/search?max_results=1`);
console.log(answer.status);
