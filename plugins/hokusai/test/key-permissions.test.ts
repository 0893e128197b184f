import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startProvider } from "./start-provider.ts";

const test = suite("a configuration of Hokusai's SDK that may not be read", { user: "other" });

test("is no missing one: the error names it, and no read goes out bare", async () => {
  const HOME = mkdtempSync(join(tmpdir(), "mlflow-auth-hokusai-"));
  closeAfterwards(() => rmSync(HOME, { recursive: true }));
  mkdirSync(join(HOME, ".hokusai"));
  const file = join(HOME, ".hokusai", "config");
  writeFileSync(file, "[default]\napi_key = k\n");
  for (const [path, mode] of [
    [file, 0o000],
    [join(HOME, ".hokusai"), 0o000],
  ] as const) {
    chmodSync(path, mode);
    const { message, remedy } = await (await startProvider({ access: "direct" }, { env: { HOME } })).fault();
    assert.match(message, /config can't be read \(EACCES\)/);
    assert.match(remedy ?? "", /may be read/);
    chmodSync(path, 0o700);
  }
});

test.run();
