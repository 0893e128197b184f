import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { kindsOf } from "../src/create-plugin/kinds.js";
import { readName } from "../src/create-plugin/name.js";
import { startedBy } from "../src/create-plugin/package-manager.js";

const test = suite("the name of a new plugin");

const taken: readonly [text: string, packageName: string, plugin: string, type: string, variable: string][] = [
  ["acme", "mlflow-auth-plugin-acme", "acme", "Acme", "ACME"],
  ["mlflow-auth-plugin-acme", "mlflow-auth-plugin-acme", "acme", "Acme", "ACME"],
  ["my-store2", "mlflow-auth-plugin-my-store2", "my-store2", "MyStore2", "MY_STORE2"],
  ["@team/mlflow-auth-plugin-store", "@team/mlflow-auth-plugin-store", "store", "Store", "STORE"],
  ["@acme/mlflow-auth-plugin", "@acme/mlflow-auth-plugin", "acme", "Acme", "ACME"],
  ["@team/plugin-store", "@team/plugin-store", "store", "Store", "STORE"],
  ["@team/store", "@team/store", "store", "Store", "STORE"],
  // Ours, in our own scope.
  ["@mlflow-auth/plugin-vault", "@mlflow-auth/plugin-vault", "vault", "Vault", "VAULT"],
];
for (const [text, packageName, plugin, type, variable] of taken) {
  test(`${text} is the package ${packageName} with the plugin ${plugin}`, () => {
    const folder = `mlflow-auth-plugin-${plugin}`;
    assert.equal(readName(text), { package: packageName, plugin, type, variable, folder });
  });
}

const refused: readonly [text: string, why: RegExp][] = [
  ["", /must be of lower-case letters/],
  ["Acme", /must be of lower-case letters/],
  ["2fa", /begin with a letter/],
  ["my_store", /must be of lower-case letters/],
  ["my--store", /single hyphens/],
  ["-store", /must be of lower-case letters/],
  ["store-", /must be of lower-case letters/],
  ["a b", /must be of lower-case letters/],
  ["acme\u001b[31m", /must be of lower-case letters/],
  ["a".repeat(41), /at most 40/],
  ["./acme", /is no path/],
  ["../acme", /is no path/],
  ["/tmp/acme", /is no path/],
  ["~/acme", /is no path/],
  ["plugins/acme", /is no path/],
  ["acme/", /is no path/],
  ["a\\b", /is no path/],
  ["@team/a/b", /is no path/],
  ["@/acme", /a scope that npm does not take/],
  ["@Team/acme", /a scope that npm does not take/],
  ["@team/", /is no path/],
  ["@team", /must be of lower-case letters/],
  ["mlflow", /whose plugin it is/],
  ["mlflow-auth", /whose plugin it is/],
  ["mlflow-auth-plugin", /whose plugin it is/],
  ["vault", /that of the plugin in @mlflow-auth\/plugin-vault/],
  ["sigv4", /that of the plugin in @mlflow-auth\/plugin-aws/],
  ["@team/mlflow-auth-plugin-vault", /that of the plugin in @mlflow-auth\/plugin-vault/],
  [`@${"t".repeat(200)}/mlflow-auth-plugin-acme`, /longer than npm's 214/],
];
for (const [text, why] of refused) {
  test(`${JSON.stringify(text.slice(0, 50))} is refused: ${why.source}`, () => {
    const fault = readName(text);
    assert.type(fault, "string");
    assert.match(fault as string, why);
    // Said of what somebody typed: nothing of it goes to a terminal.
    assert.not.match(fault as string, "\u001b");
  });
}

test("a signature is a credential's, so of the two one is made; nothing chosen is a credential", () => {
  assert.equal(kindsOf([]), ["auth"]);
  assert.equal(kindsOf(["tags", "auth"]), ["auth", "tags"]);
  assert.equal(kindsOf(["auth", "signs"]), ["signs"]);
});

test("the package manager is the one that says that it started the command; else npm", () => {
  const by = (agent?: string) => startedBy(agent === undefined ? {} : { npm_config_user_agent: agent }).name;
  assert.equal(
    [by("pnpm/12.0.0 npm/?"), by("yarn/1.22.22 npm/?"), by("npm/11.0.0 node/v24"), by("bun/1.2.0"), by()],
    ["pnpm", "yarn", "npm", "npm", "npm"],
  );
});

test.run();
