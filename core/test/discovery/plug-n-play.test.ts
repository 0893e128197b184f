import { chmodSync } from "node:fs";
import nodeModule from "node:module";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { plugAndPlayFolders } from "../../src/discovery/plug-n-play.js";
import { searchFoldersOf } from "../../src/discovery/search-folders.js";
import { temporaryFolder, write } from "./plugin-packages.ts";

const test = suite("Yarn's Plug'n'Play");
const loader = nodeModule as unknown as { findPnpApi?: unknown };

/** What Yarn's own look-up does that is of interest: it runs the nearest `.pnp.cjs` above the folder that it is asked about. */
let asked: string[] = [];
test.beforeEach(() => {
  asked = [];
  loader.findPnpApi = (path: string) => {
    asked.push(path);
    return { resolveToUnqualified: (name: string) => join(path, ".yarn", name) };
  };
});
test.after(() => {
  delete loader.findPnpApi;
});

const nobody = new Set<number>();

function folderOf(root: string, env: Record<string, string> = {}): string | undefined {
  const searchFolders = searchFoldersOf(root, env, nobody);
  return plugAndPlayFolders({ folder: root, origin: "project", searchFolders }, nobody)("plugin-x");
}

test("is asked where packages may come from", () => {
  const root = temporaryFolder();
  write(root, { ".git/HEAD": "", ".pnp.cjs": "", "inner/package.json": {} });
  assert.is(folderOf(root), join(root, ".yarn/plugin-x"));
  assert.is(folderOf(join(root, "inner")), join(root, "inner/.yarn/plugin-x"));
});

test("is asked where no .pnp.cjs could be run", () => {
  const root = temporaryFolder();
  write(root, { ".git/HEAD": "" });
  assert.is(folderOf(root), join(root, ".yarn/plugin-x"));
});

for (const name of [".pnp.cjs", ".pnp.js"]) {
  test(`runs no ${name} above the end of the search`, () => {
    const above = temporaryFolder();
    write(above, { [name]: "", "mine/.git/HEAD": "" });
    assert.is(folderOf(join(above, "mine")), undefined);
    assert.equal(asked, []);
  });
}

if (process.platform !== "win32") {
  test("runs no .pnp.cjs that others may write or exchange", () => {
    for (const changed of [".pnp.cjs", "."]) {
      const root = temporaryFolder();
      write(root, { ".git/HEAD": "", ".pnp.cjs": "" });
      chmodSync(join(root, changed), 0o777);
      assert.is(folderOf(root), undefined, changed);
    }
    assert.equal(asked, []);
  });
}

test("is not asked in a process without it", () => {
  delete loader.findPnpApi;
  const root = temporaryFolder();
  write(root, { ".git/HEAD": "", ".pnp.cjs": "throw new Error('run')" });
  assert.is(folderOf(root), undefined);
});

test.run();
