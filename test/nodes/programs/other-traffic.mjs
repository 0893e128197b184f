// Knows nothing of mlflow-auth. Prints whether this Node has a proxy of its own for what is not listed.
import assert from "node:assert/strict";

const { ORIGIN } = process.env;
const listed = await fetch(`${ORIGIN}/base/api`);
assert.equal(listed.status, 200);
await listed.text();
// A name that no resolver knows: only a proxy could answer.
const other = await fetch("http://other.example.test/").catch((error) => error);
const unresolved = ["ENOTFOUND", "EAI_AGAIN"].includes(other.cause?.code);
console.log(JSON.stringify({ proxied: !unresolved }));
