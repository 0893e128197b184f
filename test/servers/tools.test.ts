import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "./installation/run.ts";
import { temporaryFolder } from "./process/temporary-folder.ts";

const test = suite("tools that are missing");

const tools = fileURLToPath(new URL("tools.ts", import.meta.url));

/** Asks in a process of its own, whose cache is empty. */
async function ask(program: string): Promise<string> {
  const folder = temporaryFolder("tools");
  const { CI: _, MLFLOW_AUTH_INSTALL: __, ...env } = process.env;
  const code = `import * as tools from ${JSON.stringify(tools)}; console.log(${program});`;
  try {
    const args = ["--input-type=module", "--eval", code];
    return await run(process.execPath, args, { env: { ...env, MLFLOW_AUTH_CACHE: folder.path } });
  } finally {
    folder.remove();
  }
}

test("are named, with the way to get them, and not installed unasked", async () => {
  const sentence = await ask('await tools.missing("vault", "vault")');
  assert.match(sentence, /^Vault is not built: .*MLFLOW_AUTH_INSTALL=1.*Go 1\.24 or newer.*\.\n$/);
});

test("are an error for whoever starts one without asking", async () => {
  const error = await ask("tools.vaultBinary()").catch((reason: Error) => reason);
  assert.match((error as Error).message, "is missing: run it again with MLFLOW_AUTH_INSTALL=1");
});

test.run();
