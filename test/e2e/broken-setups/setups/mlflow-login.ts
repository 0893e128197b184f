/** What is wrong at MLflow's own login: a real one for passwords, and its words for a permission that somebody lacks. */
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { startOwnMlflow } from "../../../servers/mlflow.ts";
import { behind } from "../own-site.ts";
import type { Patient } from "../patient.ts";
import type { OwnSite } from "../scene.ts";
import type { BrokenSetup } from "../setup.ts";

let password: string;
let site: OwnSite;

/** A user of an MLflow that asks for a name and a password, which Vault has at a place of its own. */
async function logIn({ scene, edit }: Patient, given: () => string): Promise<void> {
  password = scene.watch.secret();
  const mlflow = await startOwnMlflow({ login: { username: "ann", password } });
  closeAfterwards(() => mlflow.stop());
  await scene.vault.put("secret/mlflow/login", { username: "ann", password: given() });
  edit(scene.front.uri, mlflow.uri);
  edit("secret: { path: mlflow/auth }", "secret: { path: mlflow/login }\n    credential: { mode: basic }");
}

export const brokenLogins: readonly BrokenSetup[] = [
  {
    name: "MLflow's own login does not take the password",
    breaks: (patient) => logIn(patient, () => patient.scene.watch.secret()),
    link: "request",
    says: /refused the credential of vault \(401\), sent as Authorization: Basic; it asks for Basic/,
    remedy: /store the credential that the server accepts where plugins\.vault reads it/,
    follow: ({ scene }) => scene.vault.put("secret/mlflow/login", { username: "ann", password }),
  },
  {
    name: "MLflow's own login wants a name and a password, and gets a token",
    breaks: async (patient) => {
      await logIn(patient, () => password);
      patient.edit("mode: basic", "mode: bearer");
      await patient.scene.vault.put("secret/mlflow/login", { token: `ann:${password}` });
    },
    link: "request",
    says: /refused the credential of vault \(401\), sent as Authorization: Bearer; it asks for (?:Basic)$/m,
    remedy: /credential\.(mode: basic)/,
    follow: ({ edit }, mode) => edit("mode: bearer", mode ?? ""),
  },
  {
    name: "MLflow knows the user, who may not read",
    breaks: async (patient) => {
      site = await behind(
        patient,
        `location /api { return 403 "Permission denied"; } location / { ${patient.scene.pass} }`,
      );
    },
    link: "request",
    says: /MLflow knows the owner of vault's credential and denies reading \(403\)/,
    remedy: /ask an admin of MLflow to give that user the permission READ/,
    // The admin does.
    follow: ({ scene }) => site.rewrite(`location / { ${scene.pass} }`),
  },
];
