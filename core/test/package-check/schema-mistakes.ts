/** Mistakes in the schema of the options, each with what is found. */
import { at, described, duration, jwt, type Mistake, option, schema, secret } from "./mistake.js";

export const schemaMistakes: Readonly<Record<string, Mistake>> = {
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
  "a pattern that takes for ever": [
    option("realm", { description: "Of whom.", type: "string", pattern: "^(a+)+$" }),
    `error slow-pattern ${at}/realm/pattern`,
    /goes back and forth without end/,
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
};
