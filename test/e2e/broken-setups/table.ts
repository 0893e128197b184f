/** A test for each broken set-up of some tables, on the servers of one scene. */
import { type Suite, suite } from "@mlflow-auth/test/suite";
import { missing } from "../../servers/tools.ts";
import { examine } from "./examine.ts";
import { openScene, type Scene } from "./scene.ts";
import type { BrokenSetup } from "./setup.ts";

/** @param name of the suite: where the chain breaks in its set-ups */
export async function suiteOf(
  name: string,
  ...tables: readonly (readonly BrokenSetup[])[]
): Promise<{ readonly test: Suite; readonly scene: () => Scene }> {
  const test = suite(name, { missing: await missing("mlflow", "vault", "nginx") });
  let opened: Scene;
  test.before(async () => {
    opened = await openScene();
  });
  for (const setup of tables.flat()) test(setup.name, () => examine(setup, opened));
  return { test, scene: () => opened };
}
