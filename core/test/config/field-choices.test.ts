import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { choiceOfFields } from "../../src/config/schema-walk.js";
import { loadConfig } from "../../src/load-config.js";
import { project } from "../discovery/plugin-packages.ts";
import { failureOf } from "./loading.ts";

const test = suite("the fields of which a schema needs one");

test("are those of branches that say nothing else", () => {
  const oneOf = [{ required: ["token"] }, { required: ["user", "password"] }];
  assert.equal(choiceOfFields({ oneOf }), [["token"], ["user", "password"]]);
});

test("may be all given where the branches are those of anyOf, and each combination has its own", () => {
  const [oneOf, anyOf] = [[{ required: ["token"] }], [{ required: ["issuer"] }, { required: ["endpoint"] }]];
  assert.equal(choiceOfFields({ anyOf }), [["issuer"], ["endpoint"]]);
  assert.equal(choiceOfFields({ oneOf, anyOf }, "anyOf"), [["issuer"], ["endpoint"]]);
  assert.equal(choiceOfFields({ oneOf, anyOf }, "oneOf"), [["token"]]);
});

const oidc = {
  name: "plugin-oidc",
  auth: "oidc",
  schema: {
    type: "object",
    additionalProperties: false,
    required: ["clientId"],
    anyOf: [{ required: ["issuer"] }, { required: ["tokenEndpoint"] }],
    oneOf: [{ required: ["keyFile"] }, { required: ["command"] }],
    properties: {
      clientId: { type: "string" },
      issuer: { type: "string", "x-env": ["OIDC_ISSUER"] },
      tokenEndpoint: { type: "string", "x-env": ["OIDC_TOKEN_ENDPOINT"] },
      keyFile: { type: "string", "x-env": ["OIDC_KEY_FILE"] },
      command: { type: "string" },
    },
  },
};
const oidcFolder = project(oidc);

async function told(options: object, env: Record<string, string> = {}): Promise<string[]> {
  const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { oidc: options } };
  const error = await failureOf(loadConfig({ config: config as never, cwd: oidcFolder, env }));
  return error.problems.map(({ code, message }) => `${code} ${message}`);
}

test("that none of them is given is told with their variables, and hides nothing else", async () => {
  assert.equal(await told({ keyFile: "key", scope: 1 }), [
    "MISSING_FIELD `plugins.oidc.clientId` is missing",
    "UNKNOWN_FIELD `plugins.oidc.scope` does not exist; there are: clientId, issuer, tokenEndpoint, keyFile, command",
    "MISSING_FIELD `plugins.oidc` needs `issuer` or `tokenEndpoint`, and no variable gives one: OIDC_ISSUER, OIDC_TOKEN_ENDPOINT",
  ]);
});

test("a misspelt one is told as such alone, whichever it is", async () => {
  for (const [slip, name] of [
    ["isuer", "issuer"],
    ["tokenEndpiont", "tokenEndpoint"],
  ] as const) {
    const problem = `UNKNOWN_FIELD \`plugins.oidc.${slip}\` does not exist; did you mean \`${name}\`?`;
    assert.equal(await told({ clientId: "me", keyFile: "key", [slip]: "https://id.example.com" }), [problem]);
  }
});

test("that too many are given hides nothing else, and a variable gives one", async () => {
  assert.equal(await told({ clientId: 1, keyFile: "key", command: 2 }, { OIDC_ISSUER: "https://id.example.com" }), [
    "WRONG_TYPE `plugins.oidc.clientId` must be a text (a number needs quotes to be one)",
    "WRONG_TYPE `plugins.oidc.command` must be a text (a number needs quotes to be one)",
  ]);
  assert.equal(await told({ keyFile: "key", command: "a", issuer: "b" }), [
    "MISSING_FIELD `plugins.oidc.clientId` is missing",
    "FIELD_CONFLICT `plugins.oidc` needs either `keyFile` or `command`, and has more than one of them",
  ]);
});

test("that a variable gives one too many is told with the variable, at the field of the file", async () => {
  const lines = ["clientId: me", "issuer: https://id.example.com", "command: a"].map((line) => `    ${line}`);
  const head = ["version: 1", "trackingUri: https://mlflow.example.com", "plugins:", "  oidc:"];
  const configFile = join(oidcFolder, "conflict.yaml");
  writeFileSync(configFile, [...head, ...lines, ""].join("\n"));
  const [problem] = (await failureOf(loadConfig({ configFile, env: { OIDC_KEY_FILE: "key" } }))).problems;
  const needs = "`plugins.oidc` needs either `keyFile` or `command`, and has more than one of them";
  assert.is(problem?.message, `${needs}: the variable OIDC_KEY_FILE gives \`keyFile\``);
  assert.equal([problem?.line, problem?.column], [7, 5]);
});

test("are none where a branch is a form of its own, or there are no branches", () => {
  assert.equal(choiceOfFields({ oneOf: [{ required: ["token"] }, { type: "string" }] }), []);
  assert.equal(choiceOfFields({ oneOf: [{ required: ["method"], properties: { method: { const: "a" } } }] }), []);
  assert.equal(choiceOfFields({}), []);
  assert.equal(choiceOfFields({ oneOf: "nothing" }), []);
});

test.run();
