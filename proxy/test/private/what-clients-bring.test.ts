import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { head, type Rig, raw, startRig, startUpstream, type Upstream, whole } from "../rig.js";

const test = suite("what clients bring to the proxy");

let open: Upstream;
let rig: Rig;
test.before(async () => {
  open = await startUpstream();
  rig = await startRig({ servers: [{ uri: open.uri, auth: [] }] });
});
test.after(() => rig.stop());

/** What the upstream got of a request with these lines. */
async function seenBy({ seen }: Upstream, path: string, lines: readonly string[]) {
  const before = seen.length;
  await raw(rig.proxy.port, head(`GET /${rig.token}${path}`, [`host: 127.0.0.1:${rig.proxy.port}`, ...lines]));
  const { headers } = seen[before] as (typeof seen)[number];
  return headers;
}

const identity = [
  "X-Remote-User: eve",
  "REMOTE_USER: eve",
  "X-Forwarded-User: eve",
  "X-Auth-Request-Groups: admin",
  "Cf-Access-Jwt-Assertion: eve",
  "X-Goog-IAP-JWT-Assertion: eve",
  "X-Original-URI: /admin",
  "X-HTTP-Method-Override: DELETE",
];

test("a server with a credential gets no identity, no other credential, and no cookie but its own", async () => {
  rig.upstream.answer = whole((req, res) => {
    if (req.url === "/login") res.setHeader("set-cookie", ["session=1; Path=/; HttpOnly", "csrf_token=2"]);
    res.end();
  });
  const brought = [
    ...identity,
    "X-Auth-Token: t",
    "Cookie: session=9; _xsrf=of-jupyter; csrf_token=8",
    "X-CSRF-Token: 8",
  ];
  const before = await seenBy(rig.upstream, "/x", brought);
  assert.is(before.cookie, undefined);
  await seenBy(rig.upstream, "/login", []);
  const after = await seenBy(rig.upstream, "/x", brought);
  assert.equal(Object.keys(after).sort(), ["authorization", "connection", "cookie", "host", "x-csrf-token"]);
  assert.is(after.cookie, "session=9; csrf_token=8");
  const told = rig.logged.filter((line) => line.includes("was taken off"));
  assert.is(told.length, identity.length + 4, told.join("\n"));
  assert.not.match(told.join(), /eve|admin|of-jupyter/);
});

test("a server without one gets no identity; the client's credentials and cookies are its own affair", async () => {
  const brought = [...identity, "X-Auth-Token: t", "Cookie: session=9"];
  const headers = await seenBy(open, `/~http:127.0.0.1:${open.port}/x`, brought);
  assert.equal(Object.keys(headers).sort(), ["connection", "cookie", "host", "x-auth-token"]);
});

test.run();
