import { missing, mlflowPython } from "@mlflow-auth/test/servers/tools";
import { layeredEnvironment, ownNode } from "../test/packages/python/layered-environment.ts";

/** A Python as people have it who installed all with pip: MLflow, mlflow-auth and a plugin. */
export interface PipPython {
  readonly path: string;
  /** With these it asks mlflow-auth, and needs no Node of its own. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Why {@link pipPython} gives none, and what would bring it; undefined where it gives one, or this machine has no Python at all. */
export async function whyNoPipPython(): Promise<string | undefined> {
  return (await missing("python")) === undefined ? await missing("mlflow") : undefined;
}

/** @returns undefined where there is no MLflow for Python, which the tests install */
export async function pipPython(plugin: string): Promise<PipPython | undefined> {
  if ((await missing("mlflow")) !== undefined) return undefined;
  return { path: await layeredEnvironment(await mlflowPython(), [plugin]), variables: ownNode };
}
