// Bodies that are no streams, each larger than what is kept of a stream, and what the server says to them. Knows nothing of mlflow-auth.
import { createHash } from "node:crypto";
import { openAsBlob, writeFileSync } from "node:fs";

const text = "z".repeat(3 * 1024 * 1024);
writeFileSync("large", text);
const file = await openAsBlob("large");
const digest = (bytes) => `${bytes.length} ${createHash("sha256").update(bytes).digest("hex")}`;

/** A form of this package's class, with a field and a file. */
function formOf(FormData) {
  const form = new FormData();
  form.append('a "name"', "two\nlines");
  form.append("file", file, "large.bin");
  return form;
}

/** The length of a form does not depend on its boundary, for all have the same length. */
const formLength = (await new Response(formOf(FormData)).arrayBuffer()).byteLength;

/** By name: how to make one for a package, and whether an answer of the server's is the right one. */
export const bodies = {
  text: [() => text, (answer) => answer === digest(text)],
  bytes: [() => Buffer.from(text), (answer) => answer === digest(text)],
  blob: [() => new Blob([text]), (answer) => answer === digest(text)],
  "file on disk": [() => file, (answer) => answer === digest(text)],
  form: [({ FormData }) => formOf(FormData), (answer) => Math.abs(Number(answer.split(" ")[0]) - formLength) < 200],
};
