import { type AuthorizedHeaders, Secret } from "@mlflow-auth/core/internal";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Diagnosis } from "../src/doctor/examination.js";
import { broken, type Finding, fine, type Link, skipped } from "../src/doctor/finding.js";
import { verdictOf } from "../src/doctor/report.js";
import { explainAnswer, isRead } from "../src/doctor/unexpected-answers.js";

const test = suite("what doctor says of it all");

const diagnosis = (common: Finding[], servers: Record<string, Finding[]> = {}): Diagnosis => ({
  file: "/mlflow-auth.yaml",
  common,
  servers: Object.entries(servers).map(([uri, findings]) => ({ uri, findings })),
  unexamined: [],
});
const fault = (link: Link) => broken(link, `${link} broke`, `fix ${link}`);

test("of several faults the first in the chain is what to do first, over all servers", () => {
  const { sentence, broken, server, code } = verdictOf(
    diagnosis([fine("file", "")], {
      "https://a.test": [fine("backend", ""), fault("connection"), fault("request")],
      "https://b.test": [fault("backend")],
    }),
  );
  assert.equal([broken, server, code], ["connection", "https://a.test", 4]);
  assert.is(
    sentence,
    "The chain breaks at: connection on the way to https://a.test (and 2 more above). Do this first: fix connection.",
  );
});

test("a long remedy is read where the link is, and not said twice", () => {
  const long = `fix ${"it ".repeat(40)}`;
  const { sentence, finding } = verdictOf(diagnosis([fine("file", ""), broken("plugins", "they broke", long)]));
  assert.is(sentence, "The chain breaks at: plugins. Do first what is said there.");
  assert.is(finding?.remedy, long, "programs get it");
});

test("the exit code tells the file from the server's answer, and that from what can't be reached", () => {
  const codeOf = (...findings: Finding[]) => verdictOf(diagnosis([], { "https://a.test": findings })).code;
  assert.is(verdictOf(diagnosis([fault("file")])).code, 3);
  assert.is(verdictOf(diagnosis([fine("file", ""), fault("plugins")])).code, 3);
  assert.is(codeOf(fault("request")), 1);
  assert.is(codeOf(fault("health")), 4);
  assert.is(codeOf(skipped("request", ""), fine("clock", "", ["apart"])), 0);
});

const url = "https://mlflow.test/api/2.0/mlflow/experiments/search";
const sent = (
  headers: Record<string, string>,
): { url: string; authorized: AuthorizedHeaders; clocksApart: boolean } => ({
  url,
  clocksApart: false,
  authorized: {
    server: { uri: "https://mlflow.test", auth: ["vault"], headers: [], tags: [], allowInsecure: false },
    headers: Object.entries(headers).map(([name, value]) => [name, new Secret(value)] as const),
    sources: Object.fromEntries(Object.keys(headers).map((name) => [name, "vault"])),
    replacesClientCredentials: true,
    belowGateway: false,
    provider: "vault",
    signing: undefined,
  },
});
const bearer = { Authorization: "Bearer x" };

const refusals: [
  what: string,
  status: number,
  asks: string | undefined,
  text: string,
  headers: Record<string, string>,
  remedy: RegExp,
][] = [
  ["the other scheme is asked for", 401, 'Basic realm="x"', "", bearer, /credential\.mode: basic$/],
  ["a scheme that only a realm names", 401, 'Digest realm="Bearer or Basic"', "", bearer, /takes no Bearer$/],
  ["another header is asked for", 401, "Bearer", "", { "X-Token": "x" }, /credential\.header: Authorization$/],
  [
    "the right scheme",
    401,
    "Bearer",
    "",
    bearer,
    /^store the credential .* another server's\. If it is the right one, have the proxy in front of MLflow pass Authorization on$/,
  ],
  [
    "nothing is asked for",
    401,
    undefined,
    "",
    bearer,
    /a user and a password, say credential\.mode: basic; .* such as X-Api-Key/,
  ],
  [
    "nothing is asked for, Basic was sent",
    401,
    undefined,
    "",
    { Authorization: "Basic x" },
    /a token, say credential\.mode: bearer;/,
  ],
  [
    "nothing is asked for, and another header",
    401,
    undefined,
    "",
    { "X-API-Key": "x" },
    /than X-API-Key, such as Authorization,/,
  ],
  ["MLflow's own denial", 403, undefined, '{"error_code":"PERMISSION_DENIED"}', bearer, /the permission READ$/],
  ["MLflow's guard of its host name", 403, undefined, "Invalid Host header", bearer, /--allowed-hosts mlflow\.test/],
  ["a proxy's 403", 403, undefined, "<html>", bearer, /where plugins\.vault reads it$/],
  ["no MLflow there", 404, undefined, "<html>", bearer, /^check the server's address: /],
  ["an MLflow that is too old", 404, undefined, '{"error_code":"ENDPOINT_NOT_FOUND"}', bearer, /2\.0 or newer$/],
];

for (const [what, status, asks, text, headers, remedy] of refusals) {
  test(`${what} (${status})`, () => {
    const answer = { status, headers: { ...(asks !== undefined && { "www-authenticate": asks }) }, text };
    assert.match(explainAnswer(answer, sent(headers)).remedy, remedy);
  });
}

test("a plugin that sends its credential in one form alone is not told to send another", () => {
  const told = (authenticate?: string) => {
    const headers = authenticate === undefined ? {} : { "www-authenticate": authenticate };
    return explainAnswer({ status: 401, headers, text: "" }, { ...sent(bearer), fixedForm: true }).remedy;
  };
  for (const asks of [undefined, "Basic", "Bearer"]) assert.not.match(told(asks), "credential.", asks);
  assert.match(told("Basic"), /the server takes no Bearer$/);
});

test("a refused signature is told as one, with the clocks first where they are apart", () => {
  const before = sent({});
  const signing = { instance: "vault", longBodies: "spool", sign: async () => [] } as const;
  const signed = { ...before, authorized: { ...before.authorized, signing } };
  for (const status of [401, 403]) {
    const answer = { status, headers: {}, text: '{"message":"Forbidden"}' };
    const { found, remedy } = explainAnswer(answer, signed);
    assert.match(found, new RegExp(`refused the signature of vault.* \\(${status}\\)$`));
    assert.match(remedy, /^check whose keys vault signs with, (?:and )?for which service and region/);
    assert.match(
      explainAnswer(answer, { ...signed, clocksApart: true }).remedy,
      /^set the clocks right first .* then check/,
    );
  }
  const denial = { status: 403, headers: {}, text: '{"error_code":"PERMISSION_DENIED"}' };
  assert.match(explainAnswer(denial, signed).remedy, /the permission READ$/);
});

test("MLflow's answer is known by its shape", () => {
  const read = (text: string, status = 200) => isRead({ status, headers: {}, text });
  for (const text of ['{"experiments":[]}', "{}", '{"experiments":[{}],"next_page_token":"x"}'])
    assert.ok(read(text), text);
  for (const text of ["", "OK", "[]", '{"hello":1}', '{"experiments":{}}', "<html>"]) assert.not.ok(read(text), text);
  assert.not.ok(read("{}", 500));
});

test("an address that a server names is only written into the file where it is the server's own, or known to be yours", () => {
  const to = (location: string) => explainAnswer({ status: 308, headers: { location }, text: "" }, sent(bearer));
  const path = "/api/2.0/mlflow/experiments/search";
  assert.match(to(`https://mlflow.test/base${path}`).remedy, /^write https:\/\/mlflow\.test\/base into/);
  assert.match(to(`https://evil.test${path}`).remedy, /^if you know that evil\.test is yours, write/);
  assert.match(to(`http://mlflow.test${path}`).remedy, /^have it send them on to https/);
});

test("what a server gives back of the credential is not repeated", () => {
  const slip = ["hush", "hush"].join("-");
  const location = `https://${slip}.test/api/2.0/mlflow/experiments/search`;
  const { found, remedy } = explainAnswer(
    { status: 302, headers: { location }, text: "" },
    sent({ Authorization: `Bearer ${slip}` }),
  );
  assert.not.match(`${found} ${remedy}`, slip);
});

test.run();
