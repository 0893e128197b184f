/** The plugins that the guide "Write a plugin" shows are ones that their authors could publish: small, and within the contract and the types. */
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MlflowAuthError } from "@mlflow-auth/core/plugin";
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
import { temporaryFolder } from "../servers/process/temporary-folder.ts";
import { fencedBlocks, fencesOf, readMarkdown, root } from "./markdown.ts";

const test = suite("the smallest plugin of the guide", { timeout: 60 });
const GUIDE = "docs/guides/write-a-plugin.md";

/** The first text that the guide gives each file. */
const files = new Map<string, string>();
for (const { marks, text } of fencesOf(readMarkdown(GUIDE))) {
  const [name] = marks.flatMap((mark) => /^file=(.+)$/.exec(mark)?.[1] ?? []);
  if (name !== undefined && !files.has(name)) files.set(name, text);
}
const [manifest = "", module = ""] = [files.get("package.json"), files.get("index.js")];

const { path: folder } = temporaryFolder("smallest-plugin");
removeAtEnd(folder);
mkdirSync(join(folder, "node_modules/@mlflow-auth"), { recursive: true });
symlinkSync(join(root, "core"), join(folder, "node_modules/@mlflow-auth/core"));
writeFileSync(join(folder, "package.json"), manifest);
writeFileSync(join(folder, "index.js"), module);

test("it has a secret, and is two files of twenty lines at most together, without a build", () => {
  const { "entry-points": points, "mlflow-auth-plugin": declared, ...rest } = JSON.parse(manifest);
  assert.equal(points, { "mlflow.request_auth_provider": { acme: "./index.js:createRequestAuthProvider" } });
  assert.is(declared.configSchema.acme.properties.token.$ref, "mlflow-auth:values#/$defs/secret");
  assert.not.ok("scripts" in rest || "devDependencies" in rest);
  const lines = `${manifest}${module}`.trim().split("\n").length;
  assert.ok(lines <= 20, `it has ${lines} lines`);
});

async function startProvider(): Promise<AuthSetup> {
  const { createRequestAuthProvider } = await import(pathToFileURL(join(folder, "index.js")).href);
  const [first, second] = [canary(), canary()];
  let text = first;
  let fault: MlflowAuthError | undefined;
  let fetches = 0;
  const token = secretSource(() => {
    fetches++;
    if (fault !== undefined) throw fault;
    return text;
  });
  const context = testContext();
  const failWith = (transient: boolean) => () => {
    const details = { plugin: context.instance, transient, remedy: "look for it" };
    fault = new MlflowAuthError("SECRET_SOURCE", "the file can't be read", details);
  };
  return {
    provider: await createRequestAuthProvider({ token }, context),
    context,
    canaries: [first, second],
    backend: {
      fetches: () => fetches,
      rotate: () => {
        text = second;
      },
      break: failWith(true),
      deny: failWith(false),
      fix: () => {
        fault = undefined;
      },
    },
  };
}

for (const { name, run } of providerContract({ auth: startProvider })) test(name, run);
for (const { name, run } of packageContract(folder)) test(name, run);

test("what the guide shows in TypeScript is right by the types that are published", () => {
  const [source = ""] = fencedBlocks(GUIDE, "ts");
  assert.match(source, "credentialProvider<AcmeOptions>");
  writeFileSync(join(folder, "index.ts"), source);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "--skipLibCheck", "index.ts"];
  execFileSync(process.execPath, [tsc, ...options], { cwd: folder, stdio: "pipe", encoding: "utf8" });
});

test.run();
