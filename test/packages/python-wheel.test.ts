/** The file that `exec` puts on PYTHONPATH. That pip passes over it, and MLflow does not, is tried in test/e2e/python-bridge.test.ts. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
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

for (const name of ["cli", "proxy"]) {
  const folder = join(root, name, "wheel");
  const wheel = "mlflow_auth_bridge-1+exec-py3-none-any.whl";

  test(`${name}: the bridge and the modules beside it are the sources as they are now, and nothing else`, () => {
    assert.ok(builtCommand.endsWith("mlflow-auth.js"));
    const sources = bridgeSources(root).map((path) => relative("proxy/python", path));
    const inside = sources.filter((path) => path.startsWith("wheel/"));
    const beside = sources.filter((path) => !inside.includes(path));
    const packed = readFileSync(join(folder, wheel));
    for (const path of inside) assert.ok(packed.includes(readFileSync(join(root, "proxy/python", path))), path);
    for (const path of beside)
      assert.equal(readFileSync(join(folder, path)), readFileSync(join(root, "proxy/python", path)), path);
    const there = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const files = there.filter((path) => !/__pycache__|\.tmp$/.test(path) && statSync(join(folder, path)).isFile());
    assert.equal(files.toSorted(), [wheel, ...beside].toSorted());
  });

  test(`${name}: the bridge has nothing by which it could be installed`, () => {
    assert.not.ok(readFileSync(join(folder, wheel)).includes("RECORD"));
  });
}

test.run();
