/** An nginx of a set-up's own in front of MLflow, and the one who operates it: what a person says to that operator, the test does. */
import { bearer } from "../fixture/stage.ts";
import type { Patient } from "./patient.ts";
import type { OwnSite } from "./scene.ts";

/** Puts an nginx of this set-up's own at the address where the file looks. The text is the content of its `server { }`. */
export async function behind({ scene, edit }: Patient, text: string): Promise<OwnSite> {
  const site = await scene.openSite(text);
  edit(scene.front.uri, site.uri);
  return site;
}

/** nginx's words for a front that lets the scene's secret in, and does something else with everybody else. */
export const letIn = ({ scene }: Patient, otherwise: string) =>
  `location / { if ($http_authorization != "${bearer(scene.secret)}") { ${otherwise} } ${scene.pass} }`;

/** Gives the user a secret that the front does not let in, at a place of its own. */
export async function carryStranger({ scene, edit }: Patient): Promise<void> {
  await scene.vault.put("secret/mlflow/stranger", { token: scene.watch.secret() });
  edit("mlflow/auth", "mlflow/stranger");
}

/** Upon `store … where plugins.vault reads it`. */
export const storeRight = ({ scene }: Patient) => scene.vault.put("secret/mlflow/stranger", { token: scene.secret });
