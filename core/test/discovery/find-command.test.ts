import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { commandNames, findCommand } from "../../src/discovery/find-command.js";
import { findPlugin, readInstalled } from "../../src/discovery/find-plugin.js";
import { namesOf } from "../../src/discovery/manifests.js";
import { isMlflowAuthError } from "../../src/errors/mlflow-auth-error.js";
import { loadCommand } from "../../src/load-command.js";
import { fakeClock } from "../../src/testing.js";
import { type PluginPackage, project } from "./plugin-packages.js";

const test = suite("commands of installed packages");

/** A package that gives commands, by name and entry. */
function having(
  name: string,
  commands: unknown,
  more: Partial<PluginPackage> & { apiVersion?: number } = {},
): PluginPackage {
  const { apiVersion = 1, ...others } = more;
  return {
    name,
    ...others,
    manifest: { "entry-points": { "mlflow_auth.command": commands }, "mlflow-auth-plugin": { apiVersion } },
  };
}

const entry = "./index.js:createCommand";
const installed = (...packages: PluginPackage[]) =>
  readInstalled({ folder: project(...packages), env: {}, command: "/nowhere/mlflow-auth", core: "/nowhere/core.js" });

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    if (isMlflowAuthError(thrown)) return thrown.code;
    throw thrown;
  }
  return "none";
}

test("a package is found by its command alone, and gives no plugin", () => {
  const found = installed(having("acme", { run: entry, other: entry }));
  assert.equal(commandNames(found.manifests.usable), ["run", "other"]);
  assert.equal(found.manifests.usable.flatMap(namesOf), []);
  assert.is(findCommand("run", found)?.entry.export, "createCommand");
  assert.is(findCommand("none", found), undefined);
  assert.is(
    codeOf(() => findPlugin({ plugin: "run" }, found)),
    "PLUGIN_INTERFACE",
  );
  assert.is(
    codeOf(() => findPlugin({ plugin: "run", package: "acme" }, found)),
    "PLUGIN_INTERFACE",
  );
});

test("what stands in the place of its entry points and is none is no command", () => {
  for (const odd of [null, "x", 1, ["a"]]) {
    const found = installed(having("acme", odd));
    assert.is(
      codeOf(() => findCommand("toString", found)),
      "none",
    );
    assert.is(findCommand("constructor", found), undefined);
  }
});

test("a package that does not say that it is a plugin is told what it lacks", () => {
  const bare = {
    name: "acme",
    manifest: { "entry-points": { "mlflow_auth.command": { run: entry } }, "mlflow-auth-plugin": undefined },
  };
  assert.is(
    codeOf(() => findCommand("run", installed(bare))),
    "PLUGIN_MANIFEST",
  );
});

test("its package's schema is not looked at", () => {
  const broken = {
    name: "acme",
    manifest: {
      "entry-points": { "mlflow_auth.command": { run: entry } },
      "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./none.json" },
    },
  };
  assert.is(
    codeOf(() => findCommand("run", installed(broken))),
    "none",
  );
});

test("of two, the package that is asked for decides; one that has no such command decides nothing", () => {
  const found = installed(
    having("acme-a", { run: entry }),
    having("acme-b", { run: entry }),
    having("acme-c", { x: entry }),
  );
  assert.is(
    codeOf(() => findCommand("run", found)),
    "PLUGIN_AMBIGUOUS",
  );
  assert.is(findCommand("run", found, "acme-b")?.package.name, "acme-b");
  assert.is(
    codeOf(() => findCommand("run", found, "acme-c")),
    "PLUGIN_AMBIGUOUS",
  );
  assert.is(findCommand("x", found, "acme-a")?.package.name, "acme-c");
});

for (const name of ["-x", "", "a b", "a/b", "\u001b", "x".repeat(65)]) {
  test(`a command can't be called ${JSON.stringify(name).slice(0, 20)}`, () => {
    assert.is(
      codeOf(() => findCommand(name, installed(having("acme", { [name]: entry })))),
      "PLUGIN_MANIFEST",
    );
  });
}

test("one that does not start in time is told with its package", async () => {
  const module = "export const createCommand = () => new Promise(() => {});";
  const found = findCommand("run", installed(having("acme", { run: entry }, { module })));
  if (found === undefined) return assert.unreachable();
  const clock = fakeClock();
  const said = loadCommand(found, clock).then(() => "it started", String);
  await clock.advance(15_000);
  assert.match(await said, "the command run of acme did not start within 15 s");
  assert.is(clock.pending, 0);
});

test.run();
