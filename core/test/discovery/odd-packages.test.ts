import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { loadConfig } from "../../src/load-config.js";
import { config, outcome, plugin } from "./package-outcome.js";
import { pluginFiles, project } from "./plugin-packages.ts";

const test = suite("packages that are none");
const posix = process.platform !== "win32";

/** What stands where a package.json should. */
const obstacles: Record<string, (file: string) => void> = {
  ...(posix && { "a FIFO": (file: string) => void execFileSync("mkfifo", [file]) }),
  ...(posix && { "a device": (file: string) => symlinkSync("/dev/zero", file) }),
  "a folder": (file) => mkdirSync(file),
  "more than 4 MiB": (file) =>
    writeFileSync(file, JSON.stringify({ ...(pluginFiles(plugin)["package.json"] as object), x: "x".repeat(4 << 20) })),
};
for (const [what, make] of Object.entries(obstacles)) {
  test(`${what} as package.json is passed over`, async () => {
    const folder = project(plugin);
    rmSync(join(folder, "node_modules/plugin-x/package.json"));
    make(join(folder, "node_modules/plugin-x/package.json"));
    assert.match(await outcome({ cwd: folder, config }), /^PLUGIN_NOT_INSTALLED /);
    const other = project(plugin);
    rmSync(join(other, "package.json"));
    make(join(other, "package.json"));
    assert.match(await outcome({ cwd: other, config }), /^PLUGIN_NOT_INSTALLED /);
  });
}

test("a package whose name is none is no plugin, and an odd version is not repeated", async () => {
  const folder = project({ ...plugin, manifest: { name: "x\u001b[2K; rm" } }, { name: "plugin-y", tags: "y" });
  assert.match(await outcome({ cwd: folder, config }), /^PLUGIN_NOT_INSTALLED /);
  const odd = project({ ...plugin, manifest: { version: "1\u001b[2K" } });
  const { instances } = await loadConfig({ config, cwd: odd, env: {} });
  assert.is(instances[0]?.package.version, "");
});

test.run();
