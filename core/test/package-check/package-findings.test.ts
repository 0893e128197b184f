/** Every finding about what a package says, each shown by the sound package with one mistake. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { OLDEST_NODE } from "../../src/package-check/publishing-findings.js";
import { manifestMistakes } from "./manifest-mistakes.js";
import { described, duration, jwt, secret } from "./mistake.js";
import { schemaMistakes } from "./schema-mistakes.js";
import { findingsWithoutImport, shownFinding, soundPackage } from "./sound-package.js";

const test = suite("what a package says of itself");

const mistakes = { ...manifestMistakes, ...schemaMistakes };

test("of a sound package there is none", async () => {
  assert.equal(await findingsWithoutImport(soundPackage().folder), []);
});

for (const [what, [make, found, said]] of Object.entries(mistakes)) {
  test(`${what} is found, and nothing beside it`, async () => {
    const sound = soundPackage();
    make(sound);
    const findings = await findingsWithoutImport(sound.folder);
    assert.equal(findings.map(shownFinding), [found]);
    const [{ what: told, remedy } = { what: "", remedy: "" }] = findings;
    assert.match(`${told}; ${remedy}`, said);
  });
}

test("a schema that stands in package.json is judged there", async () => {
  const sound = soundPackage();
  sound.change("package.json", (json) => {
    const own = { type: "object", additionalProperties: false, properties: { realm: { type: "string" } } };
    Object.assign(json["mlflow-auth-plugin"] as object, { configSchema: { sound: own } });
  });
  const place = "package.json#/mlflow-auth-plugin/configSchema/sound/properties/realm";
  assert.equal((await findingsWithoutImport(sound.folder)).map(shownFinding), [`warning description ${place}`]);
});

test("many at once are all told", async () => {
  const sound = soundPackage();
  sound.option("realm", { type: "string", default: 1 });
  sound.option("key", secret);
  sound.change("package.json", (json) => void delete json["keywords"]);
  const found = (await findingsWithoutImport(sound.folder)).map(({ code }) => code);
  assert.equal(found, ["description", "default", "description", "keyword"]);
});

test("none holds a value that looks like a credential", async () => {
  const sound = soundPackage();
  const token = jwt();
  sound.option("realm", { ...described, default: token, examples: [token] });
  sound.option("key", { ...secret, description: "One.", default: token });
  const findings = await findingsWithoutImport(sound.folder);
  assert.equal(
    findings.map(({ code }) => code),
    ["literal-secret", "literal-secret", "literal-secret"],
  );
  assert.not.ok(JSON.stringify(findings).includes(token));
});

test("what is sound is not complained about", async () => {
  const sound = soundPackage();
  sound.option("credential", { $ref: "mlflow-auth:values#/$defs/credential" });
  sound.option("cache", { $ref: "mlflow-auth:values#/$defs/cache" });
  sound.option("wait", { ...duration, description: "How long.", default: "10s", examples: ["1m", "${WAIT}"] });
  sound.option("labels", {
    description: "Any.",
    type: "object",
    additionalProperties: { type: "string" },
    default: {},
  });
  sound.option("tokenUrl", {
    ...described,
    "x-env": ["ACME_TOKEN_URL"],
    default: "https://acme.example.com/oauth2/v1/token",
  });
  sound.option("mode", { description: "How.", enum: ["a", "b"], default: "a" });
  sound.option("tenant", { ...described, examples: [randomUUID()] });
  sound.option("names", { description: "Some.", type: "array", items: { type: "string" }, examples: [["a"]] });
  sound.option("shared", { $ref: "#/$defs/shared" });
  sound.change("config.schema.json", (json) => ({
    ...json,
    $id: "acme",
    $defs: { shared: { ...described, default: "x" } },
  }));
  assert.equal(await findingsWithoutImport(sound.folder), []);
});

test("a package with a command alone need not ask for core", async () => {
  const sound = soundPackage();
  sound.change("package.json", (json) => {
    delete json["peerDependencies"];
    json["mlflow-auth-plugin"] = { apiVersion: 1 };
    json["entry-points"] = { "mlflow_auth.command": { acme: "./index.js:createRequestAuthProvider" } };
  });
  assert.equal(await findingsWithoutImport(sound.folder), []);
});

test("the first Node is the one that core's own package.json names", () => {
  const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  assert.is(`${engines.node}.0`, `>=${OLDEST_NODE}`);
});

test.run();
