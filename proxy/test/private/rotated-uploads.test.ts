/** Uploads that are too long to be sent twice, and that meet a rotated secret. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, startRig, whole } from "../rig.js";

const test = suite("uploads that meet a rotated secret");
const LONG = 4 * 1024 * 1024;

let rig: Rig;
let accepted: string;
test.beforeEach(async () => {
  accepted = "first";
  rig = await startRig({
    answer: whole((req, res, { body }) => {
      const fine = req.headers.authorization === `Bearer ${accepted}`;
      res.writeHead(fine ? 200 : 401).end(fine ? `${body.length} bytes` : "refused");
    }),
  });
  assert.is((await get()).status, 200);
});
test.afterEach(() => rig.stop());

const get = () => fetch(`${rig.proxy.url}/x`);

function rotate(to: string): void {
  accepted = to;
  rig.project.setCredential(to);
}

async function upload(name: string): Promise<{ status: number; retryAfter: string | undefined; body: string }> {
  const req = request(`${rig.proxy.url}/${name}`, { method: "PUT", headers: { "content-length": LONG } });
  req.end(Buffer.alloc(LONG, "x"));
  const [res] = (await once(req, "response")) as [IncomingMessage];
  const body = Buffer.concat(await res.toArray()).toString();
  return { status: res.statusCode as number, retryAfter: res.headers["retry-after"], body };
}

test("each is answered 503 with Retry-After: 0 once for a renewal, however many there are, and passes when it is sent again", async () => {
  for (const round of ["second", "third"]) {
    rotate(round);
    const names = Array.from({ length: 8 }, (_, index) => `artifact-${index}`);
    const first = await Promise.all(names.map(upload));
    for (const { status, retryAfter, body } of first) {
      assert.equal([status, retryAfter], [503, "0"]);
      const { error_code, code, message } = JSON.parse(body);
      assert.equal([error_code, code], ["TEMPORARILY_UNAVAILABLE", "UPLOAD_REJECTED"]);
      assert.match(message, /rejected the credential of an upload; the secret has been renewed/);
      assert.match(message, /Try this: send the request again/);
    }
    for (const { status, retryAfter, body } of await Promise.all(names.map(upload))) {
      assert.equal([status, retryAfter, body], [200, undefined, `${LONG} bytes`]);
    }
  }
});

test("a server that rejects the new secret, too, gives its 401, once the upload is sent again", async () => {
  rotate("second");
  accepted = "none of them";
  assert.is((await upload("a")).status, 503);
  assert.equal(await upload("a"), { status: 401, retryAfter: undefined, body: "refused" });
});

test("one that meets an unchanged secret gets the server's 401 at once", async () => {
  accepted = "another";
  assert.equal(await upload("a"), { status: 401, retryAfter: undefined, body: "refused" });
});

test("a short one is sent again, and its client notices nothing", async () => {
  rotate("second");
  const answer = await fetch(`${rig.proxy.url}/x`, { method: "PUT", body: "x".repeat(100_000) });
  assert.equal([answer.status, await answer.text()], [200, "100000 bytes"]);
});

test.run();
