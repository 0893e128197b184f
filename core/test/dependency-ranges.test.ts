import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";

const test = suite("what published packages depend on");
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Those that are pinned, and why. Any other is a range, so that a project gets one copy of it, and its fixes. */
const pinned: Readonly<Record<string, string>> = {
  cosmiconfig: "a private path of it is imported (config/find.ts)",
  "@mlflow-auth/schema": "its validator is generated for this very version of core",
};

for (const file of globSync(["*/package.json", "plugins/*/package.json"], { cwd: root })) {
  const manifest = JSON.parse(readFileSync(root + file, "utf8"));
  if (manifest.private === true) continue;
  test(`${manifest.name} takes ranges`, () => {
    for (const [name, range] of Object.entries<string>({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      if (Object.hasOwn(pinned, name)) assert.match(range, /^(\d|workspace:\*)/, name);
      else assert.match(range, /^(\^|workspace:\^)/, name);
    }
  });
}

test("the private path that pins a dependency is still in use", () => {
  assert.match(readFileSync(`${root}core/src/config/find.ts`, "utf8"), "cosmiconfig/dist/");
});

test.run();
