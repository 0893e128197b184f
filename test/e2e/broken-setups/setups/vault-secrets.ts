/** What is wrong with the place in Vault, with who may read there, and with what is found. */
import { basic, bearer } from "../../fixture/stage.ts";
import type { Patient } from "../patient.ts";
import type { BrokenSetup } from "../setup.ts";
import { tokenWithPolicy, typeVault } from "../vault-operator.ts";

/** A secret of another name, which the user's file has. */
async function place({ edit, scene }: Patient, path: string, fields?: Record<string, string>): Promise<void> {
  edit("path: mlflow/auth", `path: ${path}`);
  if (fields !== undefined) await scene.vault.put(`secret/${path}`, fields);
}

/** A token that may read the one secret of `mlflow/auth`, as in a company that grants no more than is needed. */
async function narrow(patient: Patient): Promise<void> {
  patient.env["VAULT_TOKEN"] = await tokenWithPolicy(
    patient,
    'path "secret/data/mlflow/auth" { capabilities = ["read"] }',
    [],
  );
}

export const brokenSecrets: readonly BrokenSetup[] = [
  {
    name: "the path has a slip, and a narrow policy denies what it does not know",
    breaks: async (patient) => {
      await narrow(patient);
      await place(patient, "mlfow/auth");
    },
    link: "secret",
    code: "SECRET_DENIED",
    says: /denied reading secret\/mlfow\/auth/,
    remedy: /^check secret\.mount \(secret\) and (secret\.path) \(mlfow\/auth\) first/,
    follow: ({ edit }) => edit("mlfow", "mlflow"),
  },
  {
    name: "the mount stands in the path, and a narrow policy denies it",
    breaks: async (patient) => {
      await narrow(patient);
      await place(patient, "secret/mlflow/auth");
    },
    link: "secret",
    code: "SECRET_DENIED",
    says: /denied reading secret\/secret\/mlflow\/auth/,
    remedy: /^secret\.path goes below secret\.mount and begins with it: write secret\.(path: [\w/]+)/,
    follow: ({ edit }, line = "") => edit("path: secret/mlflow/auth", line),
  },
  {
    name: "the mount and data/ stand in the path, as the API has them",
    breaks: (patient) => {
      patient.env["VAULT_TOKEN"] = patient.scene.vault.rootToken;
      return place(patient, "secret/data/mlflow/auth");
    },
    link: "secret",
    code: "SECRET_NOT_FOUND",
    says: /no secret secret\/secret\/data\/mlflow\/auth/,
    remedy: /secret\.path goes without the mount, .*write secret\.(path: [\w/]+)/,
    follow: ({ edit }, line = "") => edit("path: secret/data/mlflow/auth", line),
  },
  {
    name: "the token may not read the secret",
    breaks: (patient) => place(patient, "other/auth", { token: patient.scene.secret }),
    link: "secret",
    code: "SECRET_DENIED",
    says: /denied reading secret\/other\/auth/,
    remedy: /If both are right, give the token a policy with: `(path "\S+" \{ capabilities = \["read"\] \})`/,
    follow: async (patient, policy = "") => patient.set("VAULT_TOKEN", await tokenWithPolicy(patient, policy)),
  },
  {
    name: "the secret was never written",
    breaks: (patient) => place(patient, "mlflow/none"),
    link: "secret",
    code: "SECRET_NOT_FOUND",
    says: /no secret secret\/mlflow\/none/,
    remedy: /to write it: `(vault kv put .*)`/,
    follow: (patient, command = "") => typeVault(patient, command, patient.scene.secret),
  },
  {
    name: "the newest version of the secret was deleted",
    breaks: async (patient) => {
      await place(patient, "mlflow/deleted", { token: patient.scene.secret });
      await patient.scene.vault.request("DELETE", "secret/data/mlflow/deleted");
    },
    link: "secret",
    code: "SECRET_NOT_FOUND",
    says: /version 1 of secret\/mlflow\/deleted was deleted/,
    remedy: /bring it back: `(vault kv undelete .*?)`/,
    follow: (patient, command = "") => typeVault(patient, command),
  },
  {
    name: "the file pins a version that there is not",
    breaks: ({ edit }) => edit("path: mlflow/auth", "path: mlflow/auth, version: 7"),
    link: "secret",
    code: "SECRET_NOT_FOUND",
    says: /no version 7 of secret\/mlflow\/auth/,
    remedy: /check (secret\.version)/,
    follow: ({ edit }) => edit(", version: 7", ""),
  },
  {
    name: "the mount does not exist",
    breaks: (patient) => {
      patient.env["VAULT_TOKEN"] = patient.scene.vault.rootToken;
      patient.edit("path: mlflow/auth", "mount: kv, path: mlflow/auth");
    },
    link: "secret",
    code: "SECRET_NOT_FOUND",
    says: /no secrets engine mounted at kv/,
    remedy: /check secret\.mount with `(vault secrets list)`/,
    follow: async (patient, command = "") => {
      const mounts: string[] = await typeVault(patient, command);
      patient.edit("mount: kv,", `mount: ${mounts.includes("secret/") ? "secret" : ""},`);
    },
  },
  {
    name: "the fields of the secret have names that mean nothing",
    breaks: (patient) => place(patient, "mlflow/odd", { api_key: patient.scene.secret, owner: "ml" }),
    link: "secret",
    code: "SECRET_FORMAT",
    says: /has the fields api_key, owner, and no token/,
    remedy: /name its field in secret\.(field)/,
    follow: ({ edit }) => edit("path: mlflow/odd", "path: mlflow/odd, field: api_key"),
  },
  {
    name: "the file names a field that the secret does not have",
    breaks: ({ edit }) => edit("path: mlflow/auth", "path: mlflow/auth, field: tokn"),
    link: "secret",
    code: "SECRET_FORMAT",
    says: /has the field token, and not the one that secret\.field names/,
    remedy: /correct secret\.field, or leave it out/,
    follow: ({ edit }) => edit("field: tokn", "field: token"),
  },
  {
    name: "the secret is a user and a password, and a token is to be sent",
    breaks: async (patient) => {
      const front = await patient.scene.openFront(basic("ml", patient.scene.secret));
      patient.edit(patient.scene.front.uri, front.uri);
      await place(patient, "mlflow/user", { username: "ml", password: patient.scene.secret });
    },
    link: "secret",
    code: "SECRET_FORMAT",
    says: /a user and a password, which mode bearer/,
    remedy: /set (mode) to (basic)/,
    follow: ({ edit }, option, value) => edit("    secret:", `    credential: { ${option}: ${value} }\n    secret:`),
  },
  {
    name: "the secret is a token, and a user and a password are to be sent",
    breaks: ({ edit }) => edit("    secret:", "    credential: { mode: basic }\n    secret:"),
    link: "secret",
    code: "SECRET_FORMAT",
    says: /is a token, and mode basic needs a user and a password/,
    remedy: /or set mode to (bearer)/,
    follow: ({ edit }, mode) => edit("mode: basic", `mode: ${mode}`),
  },
  {
    name: "the secret has two lines",
    breaks: (patient) => place(patient, "mlflow/lines", { token: `${patient.scene.secret}\nsecond line` }),
    link: "secret",
    code: "SECRET_FORMAT",
    says: /has a token with control characters, such as a line break in the middle/,
    remedy: /store token on one line/,
    follow: async ({ scene }) => scene.vault.put("secret/mlflow/lines", { token: scene.secret }),
  },
  {
    name: "the secret has its scheme with it",
    breaks: (patient) => place(patient, "mlflow/scheme", { token: bearer(patient.scene.secret) }),
    link: "secret",
    code: "SECRET_FORMAT",
    says: /is a token with a space in it/,
    remedy: /store the token alone, without a word such as Bearer before it/,
    follow: async ({ scene }) => scene.vault.put("secret/mlflow/scheme", { token: scene.secret }),
  },
];
