/** The file that `exec` puts on PYTHONPATH. That pip passes over it, and MLflow does not, is tried in test/e2e/python-bridge.test.ts. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { bridgeSources } from "../../scripts/bridge-wheel.ts";
import { makeWheel, wheelName } from "../../scripts/python-wheel.ts";
import { builtCommand } from "../built-command.ts";

const test = suite("the wheel of the bridge");
const root = fileURLToPath(new URL("../..", import.meta.url));
const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });
const files = [file("x-1.dist-info/METADATA", "Name: x\n"), file("y.py", "pass\n"), file("x.py", "")];

test("the same files make the same bytes, in whatever order they come; others make others", () => {
  const wheel = makeWheel(files);
  assert.ok(wheel.equals(makeWheel(files.toReversed())));
  assert.not.ok(wheel.equals(makeWheel([...files.slice(1), file("x-1.dist-info/METADATA", "Name: y\n")])));
});

test("is named by its one .dist-info", () => {
  assert.is(wheelName(files), "x-1-py3-none-any.whl");
  assert.throws(() => wheelName(files.slice(1)), "exactly one");
  assert.throws(() => wheelName([...files, file("z-1.dist-info/METADATA", "")]), "exactly one");
});

test("the command's holds the sources as they are now, the same beside the proxy, and nothing by which it could be installed", () => {
  const name = "wheel/mlflow_auth_bridge-1+exec-py3-none-any.whl";
  assert.ok(builtCommand.endsWith("mlflow-auth.js"));
  const wheel = readFileSync(join(root, "cli", name));
  const modules = bridgeSources(root).filter((path) => path.endsWith(".py"));
  assert.ok(modules.length > 1);
  for (const module of modules) assert.ok(wheel.includes(readFileSync(join(root, module))), module);
  assert.ok(wheel.equals(readFileSync(join(root, "proxy", name))));
  assert.not.ok(wheel.includes("RECORD"));
});

test.run();
