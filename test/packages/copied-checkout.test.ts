import { cpSync, mkdtempSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { bundleCommand, bundleInputs, isBundleFresh } from "../../scripts/bundle.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const test = suite("a copy of a built checkout");

let copy: string;
test.before(async () => {
  if (!isBundleFresh()) await bundleCommand();
  copy = mkdtempSync(join(tmpdir(), "mlflow-auth-copy-"));
  // What the bundle's stamp names, with its times, as `cp -a` keeps them.
  for (const path of [...bundleInputs(), "cli/bundle"]) {
    cpSync(join(root, path), join(copy, path), { recursive: true, preserveTimestamps: true });
  }
});
test.after(() => rmSync(copy, { recursive: true, force: true }));

test("keeps its command: what was fresh is fresh, and what changes in the copy makes the copy's stale", () => {
  assert.is(isBundleFresh(copy), true);
  const tomorrow = new Date(Date.now() + 86_400_000);
  utimesSync(join(copy, "cli/package.json"), tomorrow, tomorrow);
  assert.is(isBundleFresh(copy), false);
  assert.is(isBundleFresh(), true, "the original is as it was");
});

test("in which a source is missing has no command that is fresh", () => {
  const [first = ""] = bundleInputs();
  rmSync(join(copy, first));
  assert.is(isBundleFresh(copy), false);
});

test.run();
