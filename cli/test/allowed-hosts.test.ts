import type { MlflowAuthError } from "@mlflow-auth/core/internal/config";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { checkAllowedHosts } from "../src/init/from-environment.js";
import { parseSetting } from "../src/init/settings.js";

const test = suite("what init takes over and repeats");

const refusal = (act: () => unknown): string | undefined => {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as MlflowAuthError).message;
  }
};

const allows = (list: string, uri: string, env: Record<string, string> = {}) =>
  refusal(() => checkAllowedHosts({ MLFLOW_SECRETS_ALLOWED_HOSTS: list, ...env }, uri)) === undefined;

test("the old list of allowed hosts allows what it names, whole, and by its globs", () => {
  for (const [list, uri] of [
    ["", "https://anything.test"],
    ["mlflow.test", "https://mlflow.test/base"],
    ["other.test, MLFLOW.test ,", "https://mlflow.test:8443"],
    ["*.mlflow.test", "https://a.b.mlflow.test"],
    ["ml?.test", "https://ml1.test"],
    ["mlflow.test", "${URI}"],
  ] as const) {
    assert.ok(allows(list, uri, { URI: "https://mlflow.test" }), `${list} and ${uri}`);
  }
});

test("it allows nothing that it does not name, however near it comes", () => {
  for (const [list, uri] of [
    ["mlflow.test", "https://evil-mlflow.test"],
    ["mlflow.test", "https://mlflow.test.evil.example"],
    ["ml.low.test", "https://mlflow.test"],
    ["*.mlflow.test", "https://mlflow.test"],
    ["ml?.test", "https://ml.test"],
    ["[a-z]*.test", "https://mlflow.test"],
    [",", "https://mlflow.test"],
    ["mlflow.test", "${UNSET}"],
    ["mlflow.test", "nonsense"],
  ] as const) {
    assert.not.ok(allows(list, uri), `${list} and ${uri}`);
  }
});

test("a setting is one of the plugin whose name is the longest that fits", () => {
  const names = ["vault", "vault.eu"];
  assert.equal(parseSetting("vault.secret.path=a=b", names), { path: ["vault", "secret", "path"], text: "a=b" });
  assert.equal(parseSetting("vault.eu.address=", names).path, ["vault.eu", "address"]);
});

test("what may be a credential in the wrong place is not repeated", () => {
  const slip = ["hush", "hush"].join("-");
  for (const argument of [
    `${slip} x`,
    `vault=${slip}`,
    `other.option=${slip}`,
    `${"a".repeat(200)}.x=1`,
    `x y.z=${slip}`,
  ]) {
    const message = refusal(() => parseSetting(argument, ["vault"])) ?? assert.unreachable(argument);
    assert.not.match(String(message), slip);
    assert.not.match(String(message), "a".repeat(200));
  }
  assert.match(String(refusal(() => parseSetting("valut.address=x", ["vault"]))), "--set valut.address does not begin");
  assert.match(String(refusal(() => parseSetting("hush hush.x=1", ["vault"]))), /^--set does not begin/);
});

test.run();
