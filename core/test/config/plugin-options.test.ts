/** What plugins get of the options in the file, and what the environment fills. */
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { InstanceConfig } from "../../src/config/config.js";
import type { SecretSource } from "../../src/secret/secret.js";
import { write } from "../discovery/plugin-packages.ts";
import { folder, head, load, problemsOf } from "./loading.ts";

const test = suite("the options of a plugin");

async function optionsOf(options: string, env: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const config = await load(`${head}plugins:\n  backend:\n${options.replace(/^(?=.)/gm, "    ")}`, env);
  return (config.instances[0] as InstanceConfig).options;
}

test("an option that is not given falls back to its variables, then to its default", async () => {
  const env = {
    BACKEND_ADDR: "https://env.example.com",
    BACKEND_TOKEN_OLD: "t",
    BACKEND_RETRIES: "3",
    BACKEND_TTL: "90s",
  };
  const options = await optionsOf("mode: basic\n", { ...env, BACKEND_TOKEN: "" });
  assert.is(options["address"], "https://env.example.com");
  assert.is((options["token"] as SecretSource).origin, "the variable BACKEND_TOKEN_OLD");
  assert.is(options["retries"], 3);
  assert.is((options["cache"] as { ttl: number }).ttl, 90_000);
  assert.is(options["mode"], "basic");
  assert.not.ok("auth" in options);
  const given = await optionsOf("address: https://file.example.com\nretries: 1\n", env);
  assert.is(given["address"], "https://file.example.com");
  assert.is(given["retries"], 1);
  const bare = await optionsOf("address: https://file.example.com\ncache: {}\n");
  assert.is(bare["mode"], "bearer");
  assert.equal({ ...(bare["cache"] as object) }, { ttl: 300_000 });
});

test("the variables of a branch count once its discriminator picks it", async () => {
  const env = { BACKEND_ADDR: "https://x.example.com", BACKEND_ROLE_ID: "role", BACKEND_SECRET_ID: "s" };
  const options = await optionsOf("auth: { method: approle }\n", env);
  const { roleId, secretId } = options["auth"] as { roleId: string; secretId: SecretSource };
  assert.is(roleId, "role");
  assert.is((await secretId.read()).reveal(), "s");
  assert.equal(Object.keys((await optionsOf("auth: { method: token }\n", env))["auth"] as object), ["method"]);
});

test("a variable that fills a whole boolean or number is read as one, and nothing else is", async () => {
  const env = { YES: "true", NO: "FALSE", FIVE: "5", NAME: "7", OFF: "false" };
  const text =
    "address: https://${NAME}.example.com\nverify: ${YES}\nretries: ${FIVE}\nscopes: ['${NAME}', '${YES}']\noptional: ${NO}\n";
  const options = await optionsOf(text, env);
  assert.is(options["verify"], true);
  assert.is(options["retries"], 5);
  assert.equal(options["scopes"], ["7", "true"]);
  assert.is(options["address"], "https://7.example.com");
  assert.equal((await load(`${head}plugins: { backend: { enabled: "\${OFF}" } }\n`, env)).instances, []);
});

test("a variable that fills a whole list has commas between its items", async () => {
  const items = async (LIST: string) => {
    const options = await optionsOf("address: https://x.example.com\nscopes: ${LIST}\n", { LIST });
    return options["scopes"];
  };
  assert.equal(await items("a"), ["a"]);
  assert.equal(await items(" a, b c ,,d "), ["a", "b c", "d"]);
});

test("each way to write a secret becomes a source, read when it is asked", async () => {
  const env: Record<string, string> = { BACKEND_ADDR: "https://x.example.com", FROM: " from env " };
  const text = async (written: string) => {
    const source = (await optionsOf(`token: ${written}\n`, env))["token"] as SecretSource;
    return [source.origin, (await source.read()).reveal()];
  };
  write(folder, { "secrets/token": "  from file\n" });
  assert.equal(await text("{ env: FROM }"), ["the variable FROM", " from env "]);
  assert.equal(await text("${FROM}"), ["the variable FROM", " from env "]);
  assert.equal(await text("{ file: secrets/token }"), [`the file ${join(folder, "secrets/token")}`, "from file"]);
  assert.equal(await text("literal"), ["the configuration file", "literal"]);
});

test("a credential that stands in the file itself is a warning at its place", async () => {
  const at = async (written: string) => {
    const config = await load(
      `${head}plugins:\n  backend:\n    address: https://x.example.com\n    token: ${written}\n`,
      { A: "a" },
    );
    return config.warnings.map(({ code, line, column }) => `${code} ${line}:${column}`);
  };
  assert.equal(await at("literal"), ["SECRET_LITERAL 6:12"]);
  assert.equal(await at("$B"), ["SECRET_LITERAL 6:12"]);
  assert.equal(await at("x${A}"), ["SECRET_LITERAL 6:12"]);
  assert.equal(await at("${B:-literal}"), ["SECRET_LITERAL 6:12"]);
  assert.equal(await at("${A}"), []);
  assert.equal(await at("{ env: B }"), []);
});

/** Options of the plugin, and the variables that its secrets come from: those that the file names, and fallbacks. */
const secretsFrom: [options: string, named: string[], fallbacks?: string[]][] = [
  ["token: { env: MINE }", ["MINE"]],
  ["token: ${SET}", ["SET"]],
  ["token: Bearer ${SET} and ${OTHER}", ["SET", "OTHER"]],
  ["token: ${SET:-default}", ["SET"]],
  ["token: ${UNSET:-default}", ["UNSET"]],
  ["token: literal", []],
  ["token: { file: '${SET}/file' }", []],
  ["token: { env: '${NAME}' }", ["MINE"]],
  ["", [], ["BACKEND_TOKEN_OLD"]],
  // All that are set of the names that it falls back to, and no other.
  ["scopes: ['both set']", [], ["BACKEND_TOKEN", "BACKEND_TOKEN_OLD"]],
  ["scopes: ['both set']\ntoken: { env: BACKEND_TOKEN }", ["BACKEND_TOKEN"]],
  ["scopes: ['both set']\nkeys: [{ env: BACKEND_TOKEN }]", ["BACKEND_TOKEN"], ["BACKEND_TOKEN_OLD"]],
  ["auth: { method: approle, roleId: '${OTHER}' }", [], ["BACKEND_SECRET_ID", "BACKEND_TOKEN_OLD"]],
  ["auth: { method: approle, roleId: x, secretId: '${BACKEND_TOKEN_OLD}' }", ["BACKEND_TOKEN_OLD"]],
  ["token: { env: MINE }\nmode: ${MODE}\nscopes: ['${OTHER}']", ["MINE"]],
  ["token: ${MINE}\naddress: https://${MINE}.example.com", ["MINE"]],
  ["token: $${SET}", []],
  ["token: literal\nkeys: ['${SET}', { env: MINE }, 'key ${OTHER}']", ["SET", "MINE", "OTHER"]],
];
for (const [options, named, fallbacks = []] of secretsFrom) {
  test(`the variables that secrets come from are known: ${options}`, async () => {
    const set = { SET: "x", OTHER: "x", MINE: "x", MODE: "basic", NAME: "MINE", BACKEND_ADDR: "https://b.example.com" };
    const both = options.includes("both set") ? { BACKEND_TOKEN: "x" } : { BACKEND_TOKEN: "" };
    const env = { ...set, ...both, BACKEND_TOKEN_OLD: "x", BACKEND_SECRET_ID: "x" };
    const lines = options.replace(/^(?=.)/gm, "    ");
    const { instances } = await load(`${head}plugins:\n  backend:\n    retries: 1\n${lines}`, env);
    assert.equal(instances[0]?.secretVariables, { named, fallbacks });
  });
}

test("an option whose usual variable an exec around the program took out is a warning, or missing where it must be given", async () => {
  const env = { MLFLOW_AUTH_REMOVED: "BACKEND_TOKEN,BACKEND_ADDR" };
  const by = "was taken out of the environment by the `mlflow-auth exec` around this program";
  const given = await load(`${head}plugins: { backend: { address: "https://b.example.com" } }`, env);
  assert.equal(
    given.warnings.map(({ code, message }) => [code, message]),
    [
      [
        "VARIABLE_MISSING",
        `\`plugins.backend.token\` is not given, and the variable BACKEND_TOKEN ${by}: run this outside of that one, or give that one --keep-env=BACKEND_TOKEN`,
      ],
    ],
  );
  const config = { version: 1, trackingUri: "https://mlflow.example.com", plugins: { backend: {} } };
  assert.equal(await problemsOf(config, env), [
    `MISSING_FIELD \`plugins.backend.address\` is missing, and the variable BACKEND_ADDR ${by}: run this outside of that one, or give that one --keep-env=BACKEND_ADDR`,
  ]);
  assert.equal(await problemsOf({ ...config, trackingUri: "${BACKEND_ADDR}", plugins: {} }, env), [
    `VARIABLE_MISSING \`trackingUri\`: the variable BACKEND_ADDR ${by}: run this outside of that one, or give that one --keep-env=BACKEND_ADDR`,
  ]);
  const set = { ...env, BACKEND_TOKEN: "x", BACKEND_ADDR: "https://b.example.com" };
  assert.equal((await load(`${head}plugins: { backend: {} }`, set)).warnings, []);
});

test.run();
