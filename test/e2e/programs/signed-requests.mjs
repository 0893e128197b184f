/** Sends requests of every kind with fetch, and prints the status of each. It knows nothing of signatures. */
import { Buffer } from "node:buffer";

const base = `${process.env.MLFLOW_TRACKING_URI}/`;
const json = { "Content-Type": "application/json" };
const own = {
  Authorization: "AWS4-HMAC-SHA256 Credential=mine",
  "X-Amz-Date": "20200101T000000Z",
  "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD",
  "X-Amz-Security-Token": "mine",
  "X-Amz-Target": "kept",
};

const requests = [
  ["api/2.0/mlflow/experiments/get?experiment_id=0"],
  ["api/2.0/mlflow/runs/create", { method: "POST", headers: json, body: '{"experiment_id":"0"}' }],
  ["api/2.0/mlflow-artifacts/artifacts/a.bin", { method: "PUT", body: Buffer.alloc(5 * 1024 * 1024, 7) }],
  [
    "api/2.0/mlflow-artifacts/artifacts/s.bin",
    { method: "PUT", body: new Blob(["streamed"]).stream(), duplex: "half" },
  ],
  ["api/2.0/mlflow-artifacts/artifacts/a%20b/%C3%BC%2Bc%25/ä,;=@$&!'()*~[1].txt"],
  ["ajax-api/2.0/x?b=2&a=1&a=0&empty=&bare&&plus=a+b%2Bc&path=a/b&é=(x)'!*~:@,;$&upper=%2f%7e"],
  ["ajax-api/2.0/x?X-Amz-Signature=mine&X-Amz-Credential=mine&a=1"],
  ["ajax-api/2.0/x?"],
  ["api/2.0/mlflow/registered-models/delete", { method: "DELETE", headers: json, body: '{"name":"m"}' }],
  ["api/2.0/mlflow/experiments/search", { method: "POST", headers: json }],
  ["health", { headers: own }],
  ["health", { method: "HEAD" }],
];

for (const [path, init] of requests) {
  const answer = await fetch(base + path, init);
  await answer.arrayBuffer();
  console.log(answer.status);
}
