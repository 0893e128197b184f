import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type Rig, startRig, whole } from "../rig.js";

const test = suite("headers of an answer that would have a browser tell others the path");

let rig: Rig;
test.before(async () => {
  rig = await startRig();
});

async function returned(name: string, ...values: string[]): Promise<string | null> {
  rig.upstream.answer = whole((_req, res) => res.setHeader(name, values).end());
  return (await fetch(`${rig.proxy.url}/x`)).headers.get(name);
}

const gone: Record<string, string> = {
  "Report-To": '{"group":"g","max_age":9,"endpoints":[{"url":"https://third.example.com/r"}]}',
  "Reporting-Endpoints": 'g="https://third.example.com/r"',
  NEL: '{"report_to":"g","max_age":9}',
  "Expect-CT": 'max-age=9, report-uri="https://third.example.com/r"',
  "Public-Key-Pins-Report-Only": 'pin-sha256="x"; report-uri="https://third.example.com/r"',
  "Service-Worker-Allowed": "/",
  SourceMap: "https://third.example.com/m",
  "X-SourceMap": "https://third.example.com/m",
};

for (const [name, value] of Object.entries(gone)) {
  test(`${name} stays here`, async () => {
    assert.is(await returned(name, value), null);
    assert.is(await returned(name, value, value), null);
  });
}

const uri = "https://third.example.com/r?a=b";
const cleaned: [name: string, given: string, passed: string][] = [
  ["content-security-policy", `default-src 'self'; report-uri ${uri} /r; img-src *`, "default-src 'self';; img-src *"],
  ["content-security-policy", `report-uri ${uri}; default-src 'self'`, "; default-src 'self'"],
  ["content-security-policy", `default-src 'self';REPORT-URI\t${uri};report-to g`, "default-src 'self';;"],
  ["content-security-policy", `default-src 'self', report-uri ${uri}, img-src *`, "default-src 'self',, img-src *"],
  [
    "content-security-policy",
    "script-src 'report-sample'; x-report-uri a",
    "script-src 'report-sample'; x-report-uri a",
  ],
  ["content-security-policy-report-only", `default-src 'self'; report-uri ${uri}`, "default-src 'self';"],
  ["cross-origin-opener-policy", 'same-origin; report-to="g"', "same-origin"],
  ["cross-origin-opener-policy-report-only", "same-origin;report-to=g", "same-origin"],
  ["cross-origin-embedder-policy", 'require-corp; report-to="g;h"', "require-corp"],
  ["cross-origin-embedder-policy-report-only", 'require-corp ; report-to = "g"', "require-corp "],
  ["document-policy", "a, b;report-to=g, c", "a, b, c"],
  ["permissions-policy", 'geolocation=();report-to="g", camera=*', "geolocation=(), camera=*"],
  ["integrity-policy", "blocked-destinations=(script), endpoints=(g h)", "blocked-destinations=(script)"],
  ["x-xss-protection", `1; mode=block; report=${uri}`, "1; mode=block"],
  ["referrer-policy", "unsafe-url", "strict-origin-when-cross-origin"],
  ["referrer-policy", "no-referrer, no-referrer-when-downgrade", "strict-origin-when-cross-origin"],
  ["referrer-policy", "no-referrer", "no-referrer"],
  [
    "link",
    '<https://third.example.com/x>; rel=preload; as=script; referrerpolicy="unsafe-url"',
    '<https://third.example.com/x>; rel=preload; as=script; referrerpolicy="strict-origin-when-cross-origin"',
  ],
  ["link", "</x>; rel=next", "</x>; rel=next"],
];

for (const [name, given, passed] of cleaned) {
  test(`${name}: ${given}`, async () => {
    const without = (text: string | null) => text?.trimEnd();
    assert.is(without(await returned(name, given)), without(passed));
  });
}

test("every other header passes as it is", async () => {
  for (const [name, value] of [
    ["x-report-to", "g"],
    ["x-content-security-policy-note", `report-uri ${uri}`],
    ["etag", '"report-to=g"'],
  ] as const) {
    assert.is(await returned(name, value), value);
  }
});

test.run();
