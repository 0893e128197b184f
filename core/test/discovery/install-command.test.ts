import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { installCommand } from "../../src/discovery/install-command.js";
import { temporaryFolder, write } from "./plugin-packages.ts";

const test = suite("the command that installs a plugin");

function commandFor({
  project,
  workspace,
  command,
}: {
  project?: string;
  workspace?: string;
  command?: string;
}): string {
  const folders =
    command === undefined ? [] : [{ folder: command, origin: "command" as const, searchFolders: [command] }];
  const roots: Parameters<typeof installCommand>[0] = { project, workspace, folders };
  return installCommand(roots)("plugin-x");
}

test("in a project it is that of the package manager whose lockfile is there", () => {
  for (const [file, expected] of [
    ["package-lock.json", "npm install plugin-x"],
    ["yarn.lock", "yarn add plugin-x"],
    ["pnpm-lock.yaml", "pnpm add plugin-x"],
    ["other.lock", "npm install plugin-x"],
  ] as const) {
    const project = temporaryFolder();
    write(project, { [file]: "" });
    assert.is(commandFor({ project }), expected);
  }
});

test("without a project it is a global one, of the package manager that installed the command", () => {
  const base = temporaryFolder();
  for (const folder of ["lib", "global/5", "global/v11/4f-0", "checkout"])
    write(join(base, folder), { "pnpm-lock.yaml": "" });
  const global = (folder: string) => commandFor({ command: join(base, folder) });
  assert.is(global("lib"), "npm install --global plugin-x");
  assert.is(global("global/5"), "pnpm add --global plugin-x");
  assert.is(global("global/v11/4f-0"), "pnpm add --global mlflow-auth,plugin-x");
  assert.is(commandFor({}), "npm install --global plugin-x");
});

test.run();
