/** The plugin that CONTRIBUTING.md shows is one that its author could publish: it keeps the contract as it stands there. */
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type AuthSetup,
  canary,
  packageContract,
  providerContract,
  secretSource,
  testContext,
} from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { removeAtEnd } from "../servers/process/lifeline.ts";
import { fencedBlocks, root } from "./markdown.ts";

const test = suite("the plugin in CONTRIBUTING.md");

const [manifest = "", schema = ""] = fencedBlocks("CONTRIBUTING.md", "json");
const [module = ""] = fencedBlocks("CONTRIBUTING.md", "ts");

const folder = mkdtempSync(join(tmpdir(), "mlflow-auth-example-plugin-"));
removeAtEnd(folder);
for (const name of ["dist", "node_modules/@mlflow-auth"]) mkdirSync(join(folder, name), { recursive: true });
symlinkSync(join(root, "core"), join(folder, "node_modules/@mlflow-auth/core"));
writeFileSync(join(folder, "package.json"), manifest);
writeFileSync(join(folder, "config.schema.json"), schema);
writeFileSync(join(folder, "dist/index.js"), stripTypeScriptTypes(module));

async function startProvider(): Promise<AuthSetup> {
  const { createRequestAuthProvider } = await import(pathToFileURL(join(folder, "dist/index.js")).href);
  const [apiKey, first, second] = [canary(), canary(), canary()];
  const acme = { token: first, status: 200, fetches: 0 };
  const context = testContext({
    http() {
      acme.fetches++;
      return { status: acme.status, text: JSON.stringify({ token: acme.token, expires_in: 600 }) };
    },
  });
  const options = { address: "https://acme.example.com", apiKey: secretSource(apiKey) };
  const answer = (status: number) => () => void Object.assign(acme, { status });
  return {
    provider: await createRequestAuthProvider(options, context),
    context,
    canaries: [apiKey, first, second],
    backend: {
      fetches: () => acme.fetches,
      rotate: () => void Object.assign(acme, { token: second }),
      break: answer(503),
      deny: answer(403),
      fix: answer(200),
    },
  };
}

for (const { name, run } of providerContract({ auth: startProvider })) test(name, run);
for (const { name, run } of packageContract(folder)) test(name, run);

test("it fits on one screen", () => {
  const lines = `${module}${schema}`.trim().split("\n").length;
  assert.ok(lines <= 40, `it has ${lines} lines`);
});

test.run();
