// An ordinary program that asks models behind MLflow's AI gateway: [{ path, model, headers }] -> the statuses of the answers.
// The second argument chooses what it sends with: fetch, or undici's request.
import { request } from "undici";

const [calls, sender = "fetch"] = process.argv.slice(2);
const statuses = [];
for (const { path, model, headers } of JSON.parse(calls)) {
  const url = process.env.MLFLOW_TRACKING_URI + path;
  const options = {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ model, max_tokens: 10, messages: [{ role: "user", content: "hello" }] }),
  };
  if (sender === "fetch") {
    const answer = await fetch(url, options);
    statuses.push(answer.status);
    if (!answer.ok) console.error(await answer.text());
    else await answer.text();
  } else {
    const { statusCode, body } = await request(url, options);
    statuses.push(statusCode);
    await body.dump();
  }
}
console.log(JSON.stringify(statuses));
