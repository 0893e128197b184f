/** The plugins of this repository are judged as anybody's are. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { run } from "./command.js";

const test = suite("our own plugins", { timeout: 120 });

const plugins = fileURLToPath(new URL("../../plugins", import.meta.url));

for (const name of readdirSync(plugins)) {
  test(`${name}: mlflow-auth plugins --check finds nothing, and looks into all`, async () => {
    const { code, stdout, stderr } = await run(["plugins", "--check", "--json"], { cwd: join(plugins, name) });
    assert.is(code, 0, stdout + stderr);
    const { findings, unchecked } = JSON.parse(stdout);
    assert.equal([findings, unchecked], [[], []]);
  });
}

test.run();
