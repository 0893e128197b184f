/** What `doctor` shows of a JSON Web Token that would be sent, and what it makes of a refusal by it. */
import { writeFileSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { answer, doctor, open, type Send } from "./doctor-site.js";
import { createSite, type Site } from "./project.js";

const test = suite("doctor: tokens");

let site: Site;
test.beforeEach(async () => {
  site = await createSite();
});
test.afterEach(() => site.stop());

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const SIGNATURE = encoded("the signature");
const jwtOf = (claims: object) => `${encoded({ alg: "none" })}.${encoded(claims)}.${SIGNATURE}`;
const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;

const pod = {
  iss: "https://kubernetes.example.com",
  aud: ["mlflow", "other"],
  sub: "system:serviceaccount:ml:trainer",
  email: "not-to-be-shown@example.com",
};

function put(token: string): void {
  writeFileSync(site.project.options.file, token);
}

test("for whom it is, whose, and until when: and nothing else of it, in text and in JSON", async () => {
  answer(site, open);
  const token = jwtOf({ ...pod, exp: seconds(2_581) });
  put(token);
  const { stdout } = await doctor(site);
  assert.match(
    stdout,
    / {2}ok {4}secret {10}from test, for the header Authorization\n {24}its token: issuer https:\/\/kubernetes\.example\.com; audience mlflow, other; subject system:serviceaccount:ml:trainer; expires in 43 min\n/,
  );
  const inJson = await doctor(site, "--json");
  const { tokens } = JSON.parse(inJson.stdout).servers[0].links.find(
    (link: { link: string }) => link.link === "secret",
  );
  const { expiresAt, ...rest } = tokens[0];
  const { iss: issuer, aud: audience, sub: subject } = pod;
  assert.equal(rest, { header: "Authorization", issuer, audience, subject });
  assert.ok(Math.abs(Date.parse(expiresAt) - Date.now() - 2_581_000) < 60_000);
  for (const part of [...token.split("."), pod.email]) {
    assert.not.ok(stdout.includes(part) || inJson.stdout.includes(part), part);
  }
});

test("in a header of its own, without an end, not begun yet, or over", async () => {
  answer(site, open);
  put(jwtOf({ nbf: seconds(600), exp: seconds(-180) }));
  assert.match((await doctor(site)).stdout, /its token: no issuer; no audience; begins in 10 min; expired 3 min ago\n/);
  put(`X-Goog-IAP-JWT-Assertion: ${jwtOf({ iss: "i", aud: "a" })}`);
  const { stdout } = await doctor(site);
  assert.match(stdout, /its token: issuer i; audience a; no end\n/);
});

test("what its issuer wrote is cut, and gives no orders to the terminal", async () => {
  answer(site, open);
  put(jwtOf({ iss: `\u001b[2J${"i".repeat(5_000)}`, aud: Array.from({ length: 50 }, (_, index) => `aud-${index}`) }));
  const { stdout } = await doctor(site);
  assert.match(stdout, /its token: issuer \\u001b\[2Ji{196}…; audience aud-0, aud-1, aud-2, aud-3, aud-4; no end\n/);
});

test("a token within the token is not shown, signed or encrypted, in words or as data", async () => {
  answer(site, open);
  const inner = jwtOf({ sub: "somebody" });
  const encrypted = `${encoded({ alg: "dir", enc: "A256GCM" })}..${encoded("iv")}.${encoded("text")}.${encoded("tag")}`;
  put(jwtOf({ iss: "https://id.example", aud: [encrypted, "mlflow"], sub: `of ${inner}` }));
  for (const args of [[], ["--json"]]) {
    const { stdout } = await doctor(site, ...args);
    assert.is(stdout.includes(inner.slice(0, 12)) || stdout.includes(encrypted.slice(0, 12)), false);
    assert.match(stdout, /of \[secret\]/);
    assert.match(stdout, /id\.example/);
  }
});

test("a token that is none is not spoken of", async () => {
  answer(site, open);
  for (const token of [
    "a.b.c",
    `${encoded([1])}.${encoded({})}.x`,
    `${encoded({ alg: "none" })}.${encoded("text")}.x`,
  ]) {
    put(token);
    assert.not.match((await doctor(site)).stdout, /its token/);
  }
});

const HOUR = 3_600;
const good = () => ({ ...pod, exp: seconds(HOUR) });
const challenge = (text: string): Record<string, string> => ({ "www-authenticate": text });
const at = (fromNow: number): Record<string, string> => ({ date: new Date(Date.now() + fromNow * 1000).toUTCString() });

const cases: readonly [
  what: string,
  claims: () => object,
  refusal: { status: number; headers?: () => Record<string, string>; body?: string },
  found: RegExp,
  remedy: RegExp,
][] = [
  [
    "a 401 that does not say why: the audience is shown",
    good,
    { status: 401, headers: () => challenge("Bearer") },
    /\(401\), sent as Authorization: Bearer; it asks for Bearer; the token has the audience mlflow, other$/,
    /^store the credential that the server accepts/,
  ],
  [
    "a challenge that names another audience",
    good,
    { status: 401, headers: () => challenge('Bearer error="invalid_token", resource="api://tracking"') },
    /it asks for a token with the audience api:\/\/tracking, and this one has the audience mlflow, other$/,
    /^have the token that plugins\.test gives issued for the audience api:\/\/tracking/,
  ],
  [
    "a challenge that names the audience that the token has",
    good,
    { status: 401, headers: () => challenge('Bearer realm="x", audience="mlflow"') },
    /it asks for Bearer; the token has the audience mlflow, other$/,
    /^store the credential that the server accepts/,
  ],
  [
    "a challenge that says so in words, as ASP.NET does",
    () => ({ exp: seconds(HOUR) }),
    {
      status: 401,
      headers: () => challenge('Bearer error="invalid_token", error_description="The audience \'x\' is invalid"'),
    },
    /it says that the audience is wrong, and the token has no audience$/,
    /^have the token that plugins\.test gives issued for the audience that this server expects/,
  ],
  [
    "a 403 that says so, as Envoy does",
    good,
    { status: 403, body: "Audiences in Jwt are not allowed" },
    /\(403\); it says that the audience is wrong, and the token has the audience mlflow, other$/,
    /issued for the audience that this server expects/,
  ],
  [
    "an end that has passed",
    () => ({ ...pod, exp: seconds(-HOUR) }),
    { status: 401 },
    /the token expired 60 min ago by the server's clock$/,
    /^have the token that plugins\.test gives renewed where it comes from$/,
  ],
  [
    "an end that has passed by the server's clock alone",
    good,
    { status: 401, headers: () => at(2 * HOUR) },
    /the token expired 60 min ago by the server's clock$/,
    /^set the clocks right by NTP: by this machine's clock it has not expired$/,
  ],
  [
    "a beginning that has not come",
    () => ({ ...good(), iat: seconds(600) }),
    { status: 401 },
    /the token begins only in 10 min by the server's clock$/,
    /^set the clocks right by NTP/,
  ],
  [
    "a page to sign in, for a token that is over",
    () => ({ ...pod, exp: seconds(-HOUR) }),
    { status: 302, headers: () => ({ location: "https://login.example.com/start" }) },
    /a person is to sign in \(302\).*; the token expired 60 min ago/,
    /renewed where it comes from$/,
  ],
  [
    "a permission that is missing is not the token's fault",
    () => ({ ...pod, exp: seconds(-HOUR) }),
    { status: 403, body: '{"error_code":"PERMISSION_DENIED","message":"Permission denied: audience"}' },
    /^MLflow knows the owner of test's credential and denies reading \(403\)$/,
    /the permission READ$/,
  ],
];

for (const [what, claims, { status, headers = () => ({}), body = "" }, found, remedy] of cases) {
  test(what, async () => {
    const refuse: Send = (res) => void res.writeHead(status, headers()).end(body);
    answer(site, refuse);
    put(jwtOf(claims()));
    const { code, stdout } = await doctor(site, "--json");
    const request = JSON.parse(stdout).servers[0].links.find((link: { link: string }) => link.link === "request");
    assert.match(request.found, found);
    assert.match(request.remedy, remedy);
    assert.is(code, 1);
    assert.not.match(stdout, new RegExp(SIGNATURE));
  });
}

test.run();
