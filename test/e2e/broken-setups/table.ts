/** A test for each broken set-up of some tables, on the servers of one scene. */
import { type Suite, suite } from "@mlflow-auth/test/suite";
import { missing } from "../../servers/tools.ts";
import { examine } from "./examine.ts";
import { openScene, type Scene } from "./scene.ts";
import type { BrokenSetup } from "./setup.ts";

/** @param name of the suite: where the chain breaks in its set-ups; with what these need beside the servers of the scene */
export async function suiteOf(
  name: string | { readonly name: string; readonly needs: readonly Parameters<typeof missing>[number][] },
  ...tables: readonly (readonly BrokenSetup[])[]
): Promise<{ readonly test: Suite; readonly scene: () => Scene }> {
  const { name: title, needs } = typeof name === "string" ? { name, needs: [] } : name;
  const test = suite(title, { missing: await missing("mlflow", "vault", "nginx", ...needs) });
  let opened: Scene;
  test.before(async () => {
    opened = await openScene();
  });
  for (const setup of tables.flat()) test(setup.name, () => examine(setup, opened));
  return { test, scene: () => opened };
}
