/** Every finding about what a package says, each shown by the sound package with one mistake. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { OLDEST_NODE } from "../../src/package-check/publishing-findings.js";
import { canary } from "../../src/testing.js";
import { findingsWithoutImport, type SoundPackage, shownFinding, soundPackage } from "./sound-package.js";

const test = suite("what a package says of itself");

type Json = Record<string, Record<string, unknown>>;
type Mistake = readonly [make: (sound: SoundPackage) => void, found: string, said: RegExp];

const manifest =
  (change: (json: Json) => void) =>
  ({ change: changed }: SoundPackage) =>
    changed("package.json", (json) => change(json as Json));
const schema =
  (change: (json: Json) => unknown) =>
  ({ change: changed }: SoundPackage) =>
    changed("config.schema.json", (json) => change(json as Json));
const option =
  (name: string, value: unknown) =>
  ({ option: add }: SoundPackage) =>
    add(name, value);

const at = "config.schema.json#/properties";
const secret = { $ref: "mlflow-auth:values#/$defs/secret" };
const duration = { $ref: "mlflow-auth:values#/$defs/duration" };
const described = { description: "One.", type: "string" };
const PROVIDERS = "mlflow.request_auth_provider";

const jwt = () => `eyJ${canary()}.${canary()}.${canary()}`;

const mistakes: Readonly<Record<string, Mistake>> = {
  "a package.json that is not JSON": [
    ({ write }) => write("package.json", '{\n  "name": "x",\n}'),
    "error package-json package.json:3",
    /is not JSON/,
  ],
  "a package.json without a name": [
    manifest((json) => void delete json["name"]),
    "error package-json package.json",
    /no name that a package can have/,
  ],
  "no entry points": [
    manifest((json) => void delete json["entry-points"]),
    "error package-json package.json",
    /no entry point of a group that core knows/,
  ],
  "entry points in a list": [
    manifest((json) => void Object.assign(json, { "entry-points": [] })),
    "error group package.json#/entry-points",
    /no object/,
  ],
  "a slip in a group": [
    manifest(
      (json) =>
        void Object.assign(json["entry-points"] as object, { "mlflow.run_context_providers": { x: "./index.js:x" } }),
    ),
    "error group package.json#/entry-points/mlflow.run_context_providers",
    /nobody reads.*did you mean `mlflow\.run_context_provider`\?/,
  ],
  "a group of another vendor": [
    manifest((json) => void Object.assign(json["entry-points"] as object, { "acme.things": { x: "./index.js:x" } })),
    "error group package.json#/entry-points/acme.things",
    /nobody reads.*use one of `mlflow\.request_auth_provider`/,
  ],
  "an empty group": [
    manifest((json) => void Object.assign(json["entry-points"] as object, { "mlflow_auth.command": {} })),
    "error group package.json#/entry-points/mlflow_auth.command",
    /has no entry points/,
  ],
  "another version of the interface": [
    manifest((json) => void Object.assign(json["mlflow-auth-plugin"] as object, { apiVersion: 2 })),
    "error interface package.json#/mlflow-auth-plugin",
    /made for version 2/,
  ],
  "a slip in a key": [
    manifest((json) => void Object.assign(json["mlflow-auth-plugin"] as object, { configSchemas: "x" })),
    "error interface package.json#/mlflow-auth-plugin/configSchemas",
    /nobody reads.*did you mean `configSchema`\?/,
  ],
  "an entry point in another form": [
    manifest((json) => void Object.assign(json["entry-points"]?.[PROVIDERS] as object, { sound: "index.js" })),
    "error entry-point package.json#/entry-points/mlflow.request_auth_provider/sound",
    /in another form/,
  ],
  "an entry point that is not built": [
    manifest((json) => void Object.assign(json["entry-points"]?.[PROVIDERS] as object, { sound: "./dist/index.js:x" })),
    "error entry-point package.json#/entry-points/mlflow.request_auth_provider/sound",
    /the package lacks the module .*build the package/,
  ],
  "an entry point outside of it": [
    manifest(
      (json) =>
        void Object.assign(json["entry-points"]?.[PROVIDERS] as object, { sound: "./../store-sdk/index.js:tokenOf" }),
    ),
    "error entry-point package.json#/entry-points/mlflow.request_auth_provider/sound",
    /a module outside of itself/,
  ],
  "a schema that is not there": [
    ({ write }) => write("config.schema.json", undefined),
    "error schema package.json#/mlflow-auth-plugin/configSchema",
    /lacks the file/,
  ],
  "a schema that ajv can't use": [
    schema((json) => void Object.assign(json, { type: "objekt" })),
    "error schema config.schema.json",
    /that ajv can use: #\/type must be equal to one of the allowed values/,
  ],
  "a schema without end": [
    schema((json) => void Object.assign(json, { allOf: [{ $ref: "#" }] })),
    "error schema package.json#/mlflow-auth-plugin/configSchema",
    /refers to itself without end/,
  ],
  "an option of core's own": [
    option("timeout", { ...described }),
    "error own-option package.json#/mlflow-auth-plugin/configSchema",
    /the option `timeout`, which mlflow-auth takes for itself/,
  ],
  "a secret that core can't find": [
    option("login", {
      description: "One.",
      anyOf: [
        { type: "string" },
        { type: "object", additionalProperties: false, properties: { key: { ...secret, description: "Of it." } } },
      ],
    }),
    "error hidden-value package.json#/mlflow-auth-plugin/configSchema",
    /hides a secret from core .* at #\/properties\/login\/anyOf\/1\/properties\/key/,
  ],
  "a duration that core can't find": [
    option("wait", { description: "One.", anyOf: [{ type: "boolean" }, duration] }),
    `error hidden-value ${at}/wait/anyOf/1`,
    /hides a duration from core/,
  ],
  "a path that core can't find": [
    option("files", {
      description: "Some.",
      type: "object",
      additionalProperties: false,
      patternProperties: { "^x": { $ref: "mlflow-auth:values#/$defs/path", description: "One." } },
    }),
    `error hidden-value ${at}/files/patternProperties/^x`,
    /hides a path from core/,
  ],
  "a schema that takes any option": [
    schema((json) => void delete json["additionalProperties"]),
    "error open-object config.schema.json",
    /the schema takes fields of any name/,
  ],
  "an object inside that takes any field": [
    option("tls", { description: "TLS.", type: "object", properties: { a: described } }),
    `error open-object ${at}/tls`,
    /the option `tls` takes fields of any name/,
  ],
  "a branch that takes any field": [
    option("auth", {
      description: "How.",
      type: "object",
      discriminator: { propertyName: "method" },
      required: ["method"],
      oneOf: [
        { additionalProperties: false, properties: { method: { description: "It.", const: "a" } } },
        { properties: { method: { description: "It.", const: "b" } } },
      ],
    }),
    `error open-object ${at}/auth/oneOf/1`,
    /the option `auth` takes fields of any name/,
  ],
  "an option without a description": [
    option("realm", { type: "string" }),
    `warning description ${at}/realm`,
    /`realm` has no description/,
  ],
  "a secret that has only the description of all secrets": [
    option("key", secret),
    `warning description ${at}/key`,
    /no description/,
  ],
  "an option deep inside without a description": [
    option("tls", {
      description: "TLS.",
      type: "object",
      additionalProperties: false,
      properties: { ca: { type: "string" } },
    }),
    `warning description ${at}/tls/properties/ca`,
    /`tls\.ca` has no description/,
  ],
  "a default of another type": [
    option("wait", { ...duration, description: "How long.", default: 10 }),
    `error default ${at}/wait/default`,
    /a default that it does not take itself: must be string/,
  ],
  "a default that lacks what it needs": [
    option("tls", {
      description: "TLS.",
      type: "object",
      additionalProperties: false,
      required: ["ca"],
      default: {},
      properties: { ca: described },
    }),
    `error default ${at}/tls/default`,
    /must have required property 'ca'/,
  ],
  "an example that does not fit": [
    option("realm", { ...described, pattern: "^x", examples: ["x1", "y"] }),
    `error example ${at}/realm/examples/1`,
    /an example that it does not take itself: must match pattern/,
  ],
  "one example that is no list": [
    option("realm", { ...described, examples: "x" }),
    "error schema config.schema.json",
    /#\/properties\/realm\/examples must be array/,
  ],
  "a variable with a dollar": [
    option("realm", { ...described, "x-env": ["$REALM"] }),
    `error variable ${at}/realm/x-env/0`,
    /can't be the name of a variable/,
  ],
  "a variable that is no list": [
    option("realm", { ...described, "x-env": "REALM" }),
    `error variable ${at}/realm/x-env`,
    /no list of names/,
  ],
  "a variable of mlflow-auth's own": [
    option("realm", { ...described, "x-env": ["MLFLOW_AUTH_REALM"] }),
    `warning variable ${at}/realm/x-env/0`,
    /a name of mlflow-auth's own/,
  ],
  "a variable of a credential for a plain text": [
    option("realm", { ...described, "x-env": ["ACME_TOKEN"] }),
    `warning variable ${at}/realm/x-env/0`,
    /is no secret, and falls back to ACME_TOKEN/,
  ],
  "a credential as a plain text": [
    option("clientSecret", described),
    `warning plain-secret ${at}/clientSecret`,
    /named like a credential.*values#\/\$defs\/secret/,
  ],
  "a secret with a default": [
    option("key", { ...secret, description: "One.", default: "changeit" }),
    `error literal-secret ${at}/key/default`,
    /looks like a credential/,
  ],
  "a default that looks like a credential": [
    option("realm", { ...described, default: jwt() }),
    `error literal-secret ${at}/realm/default`,
    /looks like a credential/,
  ],
  "an example that seems to be made at random": [
    option("realm", { ...described, examples: ["a1B2".repeat(8)] }),
    `warning literal-secret ${at}/realm/examples/0`,
    /looks like a credential/,
  ],
  "an environment file that is no list": [
    ({ write, change }) => {
      write("environment.json", {});
      change(
        "package.json",
        (json) => void Object.assign(json["mlflow-auth-plugin"] as object, { environment: "./environment.json" }),
      );
    },
    "error environment package.json#/mlflow-auth-plugin/environment",
    /is not a list of rules/,
  ],
  "an environment file that is not there": [
    manifest((json) => void Object.assign(json["mlflow-auth-plugin"] as object, { environment: "./environment.json" })),
    "error environment package.json#/mlflow-auth-plugin/environment",
    /lacks the file/,
  ],
  "core as a dependency": [
    manifest((json) => void Object.assign(json, { dependencies: { "@mlflow-auth/core": "^0.1.0" } })),
    "error core-range package.json#/dependencies/@mlflow-auth~1core",
    /a second copy/,
  ],
  "no range of core": [
    manifest((json) => void delete json["peerDependencies"]),
    "error core-range package.json#/peerDependencies",
    /write "peerDependencies": \{ "@mlflow-auth\/core": "\^0\.1\.0" \}/,
  ],
  "a range without the core that judges": [
    manifest((json) => void Object.assign(json["peerDependencies"] as object, { "@mlflow-auth/core": "^2.0.0" })),
    "error core-range package.json#/peerDependencies/@mlflow-auth~1core",
    /does not hold 0\.1\.0/,
  ],
  "no range of Node": [
    manifest((json) => void delete json["engines"]),
    "warning node-range package.json",
    /is not said/,
  ],
  "a range of Node on which nothing of ours runs": [
    manifest((json) => void Object.assign(json, { engines: { node: "<20" } })),
    "error node-range package.json#/engines/node",
    /neither the first that mlflow-auth runs on nor the one that runs here/,
  ],
  "a range of Node that leaves out the first": [
    manifest((json) => void Object.assign(json, { engines: { node: ">=22.20" } })),
    "warning node-range package.json#/engines/node",
    /leaves out 22\.19\.0/,
  ],
  "no keyword": [
    manifest((json) => void delete json["keywords"]),
    "warning keyword package.json",
    /mlflow-auth-plugin/,
  ],
  "a private package": [
    manifest((json) => void Object.assign(json, { private: true })),
    "warning publishing package.json#/private",
    /npm refuses/,
  ],
  "no version": [manifest((json) => void delete json["version"]), "warning publishing package.json", /no version/],
  "no licence": [manifest((json) => void delete json["license"]), "warning publishing package.json", /no licence/],
  "no description": [
    manifest((json) => void delete json["description"]),
    "warning publishing package.json",
    /no description/,
  ],
};

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
