import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { loadMlflowAuth } from "@mlflow-auth/core";
import { Agent, request } from "undici";
import { bodies } from "./bodies.mjs";

const { ORIGIN } = process.env;
const digest = (text) => `${text.length} ${createHash("sha256").update(text).digest("hex")}`;
const rotate = async () => assert.equal(await (await fetch(`${ORIGIN}/rotate`)).text(), "fine");
const body = "x".repeat(100_000);

const auth = await loadMlflowAuth();
assert.equal((await auth.headers(`${ORIGIN}/base/api`)).Authorization, "Bearer first");
assert.equal(await (await auth.fetch(`${ORIGIN}/elsewhere`)).text(), "fine");

await rotate();
const text = await auth.fetch(`${ORIGIN}/base/text`, { method: "POST", body });
assert.equal(await text.text(), digest(body));

await rotate();
const stream = await auth.fetch(`${ORIGIN}/base/stream`, {
  method: "POST",
  body: new Blob([body, body]).stream(),
  duplex: "half",
});
assert.equal(await stream.text(), digest(body + body));

await rotate();
const asked = await auth.fetch(new Request(`${ORIGIN}/base/request`, { method: "PUT", body }));
assert.equal(await asked.text(), digest(body));

for (const [kind, [make, isRight]] of Object.entries(bodies)) {
  await rotate();
  const answer = await auth.fetch(`${ORIGIN}/base/${kind}`, { method: "PUT", body: make({ FormData }) });
  assert.equal(answer.status, 200, kind);
  assert.ok(isRight(await answer.text()), kind);
}

await rotate();
const agent = new Agent();
const dispatcher = agent.compose(auth.interceptor);
const answer = await request(`${ORIGIN}/base/undici`, { method: "POST", body, dispatcher });
assert.equal(answer.statusCode, 200);
assert.equal(await answer.body.text(), digest(body));
await agent.close();
await auth.close();
