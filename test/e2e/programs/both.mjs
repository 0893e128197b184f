// Talks to two servers in turn and at once: FIRST SECOND EXPERIMENT.
const [first, second, experiment] = process.argv.slice(2);

async function post(server, path, body) {
  const answer = await fetch(`${server}/api/2.0/mlflow/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${server} ${path}: ${answer.status}`);
  return await answer.json();
}

const { experiment_id } = await post(first, "experiments/create", { name: experiment });
for (let index = 0; index < 5; index++) {
  await Promise.all(
    [first, second, first, second].map((server) =>
      post(server, "runs/create", { experiment_id, start_time: Date.now() }),
    ),
  );
}
