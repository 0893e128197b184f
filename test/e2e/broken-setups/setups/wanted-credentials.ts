/** What is wrong with the credential that is sent: the server, or a proxy in front of it, wants another one, or none comes there. */
import { basic } from "../../fixture/stage.ts";
import { behind, carryStranger, letIn, storeRight } from "../own-site.ts";
import type { Patient } from "../patient.ts";
import type { OwnSite } from "../scene.ts";
import type { BrokenSetup } from "../setup.ts";

/** What the operator of the front is talked to about. */
let site: OwnSite;

async function wantOf(patient: Patient, accepted: string, header?: string): Promise<void> {
  const front = await patient.scene.openFront(accepted, header === undefined ? {} : { header });
  patient.edit(patient.scene.front.uri, front.uri);
}

const addToVault = ({ edit }: Patient, options: string) => edit("    secret:", `    ${options}\n    secret:`);

export const unwantedCredentials: readonly BrokenSetup[] = [
  {
    name: "the front wants Basic and gets Bearer",
    breaks: async (patient) => {
      await wantOf(patient, basic("ml", patient.scene.secret));
      await patient.scene.vault.put("secret/mlflow/pair", { token: `ml:${patient.scene.secret}` });
      patient.edit("mlflow/auth", "mlflow/pair");
    },
    link: "request",
    says: /refused the credential of vault \(401\), sent as Authorization: Bearer; it asks for Basic/,
    remedy: /have plugins\.vault send what is asked for: credential\.(mode: basic)/,
    follow: (patient, option) => addToVault(patient, `credential: { ${option} }`),
  },
  {
    name: "the front wants a key in a header of its own",
    breaks: (patient) => wantOf(patient, patient.scene.secret, "X-Api-Key"),
    link: "request",
    says: /refused the credential of vault \(401\), sent as Authorization: Bearer/,
    remedy:
      /looks at another header than Authorization, such as (X-Api-Key), name it in credential\.(header) of plugins\.vault/,
    follow: (patient, name, option) => addToVault(patient, `credential: { ${option}: ${name} }`),
  },
  {
    name: "the front wants Authorization and gets a key",
    breaks: (patient) => addToVault(patient, "credential: { header: X-Api-Key }"),
    link: "request",
    says: /sent as X-Api-Key; it asks for Bearer/,
    remedy: /credential\.header: (Authorization)/,
    follow: ({ edit }, name = "") => edit("X-Api-Key", name),
  },
  {
    name: "the front looks at Authorization and does not say so, and gets X-API-Key",
    breaks: async (patient) => {
      site = await behind(patient, letIn(patient, "return 401;"));
      addToVault(patient, "credential: { header: X-API-Key }");
    },
    link: "request",
    says: /refused the credential of vault \(401\), sent as X-API-Key/,
    remedy: /looks at another header than X-API-Key, such as (Authorization), name it in credential\.header/,
    follow: ({ edit }, name = "") => edit("X-API-Key", name),
  },
  {
    name: "the front says nothing of what it wants",
    breaks: async (patient) => {
      site = await behind(patient, letIn(patient, "return 401;"));
      await carryStranger(patient);
    },
    link: "request",
    says: /refused the credential of vault \(401\), sent as Authorization: Bearer/,
    remedy: /store the credential that the server accepts where plugins\.vault reads it/,
    follow: storeRight,
  },
  {
    name: "the front says nothing, and wants Basic",
    breaks: async (patient) => {
      const { scene } = patient;
      const accepted = basic("ml", scene.secret);
      site = await behind(
        patient,
        `location / { if ($http_authorization != "${accepted}") { return 401; } ${scene.pass} }`,
      );
      await scene.vault.put("secret/mlflow/pair", { token: `ml:${scene.secret}` });
      patient.edit("mlflow/auth", "mlflow/pair");
    },
    link: "request",
    says: /refused the credential of vault \(401\), sent as Authorization: Bearer/,
    remedy: /the server wants a user and a password, say credential\.(mode: basic)/,
    follow: (patient, option) => addToVault(patient, `credential: { ${option} }`),
  },
  {
    name: "the front answers 403 to a credential that it does not know",
    breaks: async (patient) => {
      site = await behind(patient, letIn(patient, "return 403;"));
      await carryStranger(patient);
    },
    link: "request",
    says: /a proxy in front of MLflow refused the owner of vault's credential \(403\)/,
    remedy: /store another user's credential where plugins\.vault reads it/,
    follow: storeRight,
  },
  {
    name: "a front takes the credential off, and another one behind it wants it",
    breaks: async (patient) => {
      const { scene } = patient;
      const strips = `location / { proxy_set_header Authorization ""; proxy_pass ${scene.front.uri}; }`;
      site = await behind(patient, strips);
    },
    link: "request",
    says: /refused the credential of vault \(401\)/,
    remedy: /If it is the right one, have the proxy in front of MLflow pass (Authorization) on/,
    follow: ({ scene }) => site.rewrite(`location / { proxy_pass ${scene.front.uri}; }`),
  },
  {
    name: "the file has no credential for a server that wants one",
    breaks: ({ edit }) => edit("plugins:", "auth: []\nplugins:"),
    link: "request",
    says: /the server wants a credential \(401\), and the file has none for it/,
    remedy: /enable a plugin that has one under `plugins`, and name it in the server's `(auth)`/,
    follow: ({ edit }, option) => edit("auth: []", `${option}: vault`),
  },
  {
    name: "the credential was changed at the server alone",
    breaks: async (patient) => {
      await carryStranger(patient);
    },
    link: "request",
    says: /refused the credential of vault \(401\), sent as Authorization: Bearer; it asks for Bearer/,
    remedy: /store the credential that the server accepts where plugins\.vault reads it/,
    follow: storeRight,
  },
];
