import { suite } from "@mlflow-auth/test/suite";
import * as undici from "undici";
import * as assert from "uvu/assert";
import { withFormAsBytes } from "../../src/transport/form-body.js";

const test = suite("a form as bytes");

const url = { origin: "http://127.0.0.1", path: "/", method: "POST" as const };

function formOf(FormData: typeof globalThis.FormData | typeof undici.FormData) {
  const form = new FormData();
  form.append('a "name"\r\n', "one\ntwo\rthree\r\n");
  form.append("ünïcode", "ü");
  form.append("file", new Blob(["<\n>"], { type: "text/html" }), 'f"1".html');
  form.append("untyped", new Blob(["x"]));
  return form;
}

for (const [name, FormData] of Object.entries({ "Node's own": globalThis.FormData, "npm undici's": undici.FormData })) {
  test(`${name} is what fetch makes of it, with the boundary that was announced`, async () => {
    const made = new Response(formOf(globalThis.FormData));
    const type = made.headers.get("content-type") as string;
    const { body } = withFormAsBytes({ ...url, headers: { "content-type": type }, body: formOf(FormData) as never });
    assert.is(await (body as unknown as Blob).text(), await made.text());
  });

  test(`${name} without an announcement says its boundary in its type`, async () => {
    const { body } = withFormAsBytes({ ...url, body: formOf(FormData) as never });
    const { type } = body as unknown as Blob;
    const read = await new Response(body as unknown as Blob, { headers: { "content-type": type } }).formData();
    assert.equal([...read.keys()], ['a "name"\r\n', "ünïcode", "file", "untyped"]);
    assert.is(await (read.get("file") as File).text(), "<\n>");
  });
}

test("every other body stays the same object", () => {
  for (const body of [null, undefined, "text", Buffer.from("x"), new Blob(["x"]), new URLSearchParams()]) {
    const options = { ...url, body: body as never };
    assert.is(withFormAsBytes(options), options);
  }
});

test.run();
