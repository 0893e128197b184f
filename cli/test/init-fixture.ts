import { existsSync } from "node:fs";
import { join } from "node:path";
import { suite } from "@mlflow-auth/test/suite";
import { parse } from "yaml";
import { run } from "./command.js";
import { createSetup, type Setup } from "./setup.js";

/** Options with which `init` has all that it needs. */
export const enough: readonly string[] = [
  ...["--tracking-uri", "https://mlflow.example.com/base", "--plugin", "vault", "--plugin", "datadog"],
  ...["--set", "vault.auth.method=approle", "--set", "vault.secret.path=mlflow/auth"],
];

/** A suite whose tests get a folder of their own, with the plugins installed, and `init` in it. */
export function initSuite(name: string) {
  const test = suite(name);
  let setup: Setup;
  test.beforeEach(() => {
    setup = createSetup();
  });
  test.afterEach(() => setup.remove());
  const ask = (args: readonly string[], env: Record<string, string> = {}) => run([...args], { cwd: setup.folder, env });
  return {
    test,
    setup: () => setup,
    /** Another folder, with these plugins in place of all. */
    renew: (...plugins: Parameters<typeof createSetup>) => {
      setup.remove();
      setup = createSetup(...plugins);
    },
    ask,
    init: (args: readonly string[], env: Record<string, string> = {}) => ask(["init", ...args], env),
    /** What was written, parsed. */
    file: () => parse(setup.read("mlflow-auth.yaml")),
    isWritten: () => existsSync(join(setup.folder, "mlflow-auth.yaml")),
  };
}
