/** What is wrong with other systems that give credentials: on the strict doubles of Azure, Hokusai and Descope. */
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { type FakeAzure, startFakeAzure } from "../../../servers/azure-fake.ts";
import { type FakeDescope, startFakeDescope } from "../../../servers/descope-fake.ts";
import { startDescopeFront } from "../../../servers/descope-front.ts";
import { type FakeHokusai, startFakeHokusai } from "../../../servers/hokusai-fake.ts";
import type { Patient } from "../patient.ts";
import type { BrokenSetup } from "../setup.ts";

let azure: FakeAzure;
let hokusai: FakeHokusai;
let descope: FakeDescope;

/** A user whose secret is in Azure Key Vault. */
async function useAzure({ put, set, scene, project }: Patient): Promise<void> {
  azure = await startFakeAzure();
  closeAfterwards(() => azure.stop());
  azure.vault.put("mlflow-auth", JSON.stringify({ token: scene.secret }));
  for (const [name, value] of Object.entries({ ...azure.way, ...azure.login })) set(name, value);
  const tls = `tls: { caFile: ${project.write("azure.pem", azure.ca)} }`;
  const options = `vaultUrl: ${azure.vault.url}, secret: { name: mlflow-auth }, ${tls}`;
  put(`version: 1\ntrackingUri: ${scene.front.uri}\nplugins:\n  azure: { ${options} }\n`);
}

/** A user of MLflow behind Hokusai. */
async function useHokusai({ put, set, scene }: Patient): Promise<void> {
  hokusai = await startFakeHokusai({ upstream: scene.mlflow.uri, key: scene.watch.secret() });
  closeAfterwards(() => hokusai.stop());
  set("HOKUSAI_API_KEY", hokusai.keys.admin);
  put(`version: 1\ntrackingUri: ${hokusai.proxy}\nplugins:\n  hokusai: { endpoint: "${hokusai.endpoint}" }\n`);
}

/** A user whose sessions Descope gives. */
async function useDescope({ put, set, scene }: Patient): Promise<void> {
  descope = await startFakeDescope();
  closeAfterwards(() => descope.stop());
  const front = await startDescopeFront(descope, scene.mlflow.uri);
  closeAfterwards(() => front.stop());
  set("DESCOPE_ACCESS_KEY", scene.watch.add("the access key", descope.accessKey));
  const options = `projectId: ${descope.projectId}, baseUrl: "${descope.url}", accessKey: { env: DESCOPE_ACCESS_KEY }`;
  put(`version: 1\ntrackingUri: ${front.uri}\nplugins:\n  descope: { ${options} }\n`);
}

export const brokenSystems: readonly BrokenSetup[] = [
  {
    name: "the secret of an application of Azure's was replaced",
    breaks: async (patient) => {
      await useAzure(patient);
      patient.set("AZURE_CLIENT_SECRET", patient.scene.watch.secret());
    },
    link: "login",
    code: "LOGIN_FAILED",
    says: /Microsoft Entra ID does not accept the client secret/,
    remedy: /put the secret's value, not its id, into auth\.clientSecret \((AZURE_CLIENT_SECRET)\)/,
    follow: ({ set }, name = "") => set(name, azure.login.AZURE_CLIENT_SECRET),
  },
  {
    name: "the key vault has no secret of that name",
    breaks: async (patient) => {
      await useAzure(patient);
      patient.edit("name: mlflow-auth", "name: mlflow-atuh");
    },
    link: "secret",
    code: "SECRET_NOT_FOUND",
    says: /the vault has no secret mlflow-atuh/,
    remedy: /check secret\.name: az keyvault secret list --vault-name team$/,
    follow: ({ edit }) => edit("mlflow-atuh", "mlflow-auth"),
  },
  {
    name: "the key vault's authority is not known here",
    breaks: async (patient) => {
      await useAzure(patient);
      patient.edit(/, tls: .*? \}/, "");
    },
    link: "backend",
    code: "SECRET_UNREACHABLE",
    says: /its certificate comes from an authority that is not trusted here/,
    remedy: /give the CA file in tls\.(caFile)/,
    follow: ({ edit, project }, option) =>
      edit("vaultUrl:", `tls: { ${option}: ${project.write("azure.pem", azure.ca)} }, vaultUrl:`),
  },
  {
    name: "Hokusai does not know the key",
    breaks: async (patient) => {
      await useHokusai(patient);
      patient.set("HOKUSAI_API_KEY", patient.scene.watch.secret());
    },
    link: "request",
    says: /refused the credential of hokusai \(401\), sent as X-API-Key/,
    remedy: /^store the credential that the server accepts where plugins\.hokusai reads it: .* pass X-API-Key on$/,
    follow: ({ set }) => set("HOKUSAI_API_KEY", hokusai.keys.admin),
  },
  {
    name: "Hokusai's key is not an administrator's",
    breaks: async (patient) => {
      await useHokusai(patient);
      patient.set("HOKUSAI_API_KEY", patient.scene.watch.add("a member's key", hokusai.keys.member));
    },
    link: "request",
    says: /refused the owner of hokusai's credential \(403\)/,
    remedy: /store another user's credential where plugins\.hokusai reads it/,
    follow: ({ set }) => set("HOKUSAI_API_KEY", hokusai.keys.admin),
  },
  {
    name: "nothing says which key Hokusai is to get",
    breaks: async (patient) => {
      await useHokusai(patient);
      patient.unset("HOKUSAI_API_KEY");
    },
    link: "login",
    code: "SECRET_SOURCE",
    says: /there is no API key for Hokusai/,
    remedy: /set (HOKUSAI_API_KEY)/,
    follow: ({ set }, name = "") => set(name, hokusai.keys.admin),
  },
  {
    name: "Descope does not know the access key",
    breaks: async (patient) => {
      await useDescope(patient);
      patient.set("DESCOPE_ACCESS_KEY", patient.scene.watch.secret());
    },
    link: "login",
    code: "LOGIN_FAILED",
    says: /Descope does not accept the access key in the variable DESCOPE_ACCESS_KEY \(status 401\)/,
    remedy: /it may have expired, been deactivated, .*: see Access Keys in Descope's console/,
    follow: ({ set }) => set("DESCOPE_ACCESS_KEY", descope.accessKey),
  },
  {
    name: "the sessions are those of another project of Descope's",
    breaks: async (patient) => {
      await useDescope(patient);
      patient.edit(`projectId: ${descope.projectId}`, `projectId: P2${"0".repeat(25)}`);
    },
    link: "login",
    code: "LOGIN_FAILED",
    says: /Descope does not accept the access key/,
    remedy: /or belong to another project than projectId/,
    follow: ({ edit }) => edit(/projectId: \w+/, `projectId: ${descope.projectId}`),
  },
];
