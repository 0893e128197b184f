// Knows nothing of mlflow-auth.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as undici8 from "undici";
import * as undici6 from "undici-6";
import * as undici7 from "undici-7";

import { bodies } from "./bodies.mjs";

const { ORIGIN } = process.env;
const digest = (text) => `${text.length} ${createHash("sha256").update(text).digest("hex")}`;
const rotate = async () => assert.equal(await (await fetch(`${ORIGIN}/rotate`)).text(), "fine");
const body = "y".repeat(100_000);
const post = { method: "POST", body };

const fetches = { own: fetch, 6: undici6.fetch, 7: undici7.fetch, 8: undici8.fetch };
for (const [name, fetch] of Object.entries(fetches)) {
  assert.equal(await (await fetch(`${ORIGIN}/elsewhere`)).text(), "fine", name);
  await rotate();
  assert.equal(await (await fetch(`${ORIGIN}/base/text`, post)).text(), digest(body), name);
  await rotate();
  const streamed = { method: "POST", body: new Blob([body]).stream(), duplex: "half" };
  assert.equal(await (await fetch(`${ORIGIN}/base/stream`, streamed)).text(), digest(body), name);
}

for (const [name, { request }] of Object.entries({ undici6, undici7, undici8 })) {
  const other = await request(`${ORIGIN}/elsewhere`);
  assert.equal(await other.body.text(), "fine", name);
  await rotate();
  const answer = await request(`${ORIGIN}/base/api`, post);
  assert.equal(answer.statusCode, 200, name);
  assert.equal(await answer.body.text(), digest(body), name);
}

// However long a body is, it is sent again where it is no stream.
const own = { fetch, FormData };
for (const [name, { fetch, FormData }] of Object.entries({ own, undici6, undici7, undici8 })) {
  for (const [kind, [make, isRight]] of Object.entries(bodies)) {
    // What undici's own fetch makes of these is a stream.
    if (name !== "own" && !["text", "bytes"].includes(kind)) continue;
    await rotate();
    const answer = await fetch(`${ORIGIN}/base/${kind}`, { method: "PUT", body: make({ FormData }) });
    assert.equal(answer.status, 200, `${name}, ${kind}`);
    assert.ok(isRight(await answer.text()), `${name}, ${kind}`);
  }
}
for (const [name, { request, FormData }] of Object.entries({ undici6, undici7, undici8 })) {
  for (const place of ["base", "elsewhere"]) {
    for (const [kind, [make, isRight]] of Object.entries(bodies)) {
      if (place === "base") await rotate();
      const answer = await request(`${ORIGIN}/${place}/${kind}`, { method: "PUT", body: make({ FormData }) });
      assert.equal(answer.statusCode, 200, `${name}, ${kind}`);
      const text = await answer.body.text();
      assert.ok(place === "elsewhere" ? text === "fine" : isRight(text), `${name}, ${kind}: ${text}`);
    }
  }
}
