/** What is wrong on the way to Vault, and with the login there. */
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { freePort } from "../../../servers/process/free-port.ts";
import { startStockedVault } from "../../fixture/stocked-vault.ts";
import type { Patient } from "../patient.ts";
import type { BrokenSetup } from "../setup.ts";
import { typeVault } from "../vault-operator.ts";

const login = ({ edit }: Patient, options: string) => edit("    secret:", `    auth: { ${options} }\n    secret:`);

/** A user with an AppRole, whose role id and secret id come from the environment. */
async function useAppRole({ env, scene }: Patient) {
  delete env["VAULT_TOKEN"];
  const { roleId, secretId } = await scene.vault.appRole();
  Object.assign(env, { VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId });
}

const WRAPPED = 'method: approle, wrapped: true, roleId: "${VAULT_ROLE_ID}", secretId: { env: VAULT_SECRET_ID }';

async function wrappedSecretId(patient: Patient, command: string): Promise<string> {
  return patient.scene.watch.add("a wrapping token", (await typeVault(patient, command)).token);
}

export const brokenLogins: readonly BrokenSetup[] = [
  {
    name: "Vault is not where the file says",
    breaks: async ({ edit, scene, env }) => {
      edit(scene.vault.address, "${VAULT_ADDR}");
      env["VAULT_ADDR"] = `http://127.0.0.1:${await freePort()}`;
    },
    link: "backend",
    code: "SECRET_UNREACHABLE",
    says: /Vault does not answer: .*ECONNREFUSED/,
    remedy: /check address \((VAULT_ADDR)\)/,
    follow: ({ scene, set }, name = "") => set(name, scene.vault.address),
  },
  {
    name: "Vault is sealed",
    breaks: async ({ edit, scene, env }) => {
      const sealed = await startStockedVault(scene.watch);
      closeAfterwards(sealed.stop);
      edit(scene.vault.address, sealed.address);
      env["VAULT_TOKEN"] = await sealed.token();
      await sealed.request("PUT", "sys/seal");
    },
    link: "backend",
    code: "SECRET_UNREACHABLE",
    says: /Vault at \S+ is sealed/,
    remedy: /have it unsealed: `vault operator unseal`/,
    // One that is sealed in memory has no key to be unsealed by: its operator starts another one there.
    follow: async ({ env, edit, scene }) => {
      const unsealed = await startStockedVault(scene.watch);
      closeAfterwards(unsealed.stop);
      await unsealed.put("secret/mlflow/auth", { token: scene.secret });
      edit(/address: .*/, `address: ${unsealed.address}`);
      env["VAULT_TOKEN"] = await unsealed.token();
    },
  },
  {
    name: "something else than Vault is at its address",
    breaks: ({ edit, scene }) => edit(scene.vault.address, scene.mlflow.uri),
    link: "backend",
    code: "SECRET_UNREACHABLE",
    says: /does not answer as Vault does/,
    remedy: /check (address) \(VAULT_ADDR\): something else answers there/,
    follow: ({ edit, scene }, option) => edit(/address: .*/, `${option}: ${scene.vault.address}`),
  },
  {
    name: "https to a Vault that speaks plain http",
    breaks: ({ edit, scene }) => edit(scene.vault.address, scene.vault.address.replace("http:", "https:")),
    link: "backend",
    code: "SECRET_UNREACHABLE",
    says: /nothing speaks TLS there/,
    remedy: /write (http:\/\/)/,
    follow: ({ edit }, scheme) => edit("address: https://", `address: ${scheme}`),
  },
  {
    name: "Vault's address leads to its web interface, below /ui",
    breaks: ({ edit, scene }) => edit(scene.vault.address, `${scene.vault.address}/ui`),
    link: "backend",
    code: "SECRET_UNREACHABLE",
    says: /does not answer as Vault does/,
    remedy: /leave (\S+) out of address \(VAULT_ADDR\)/,
    follow: ({ edit }, path = "") => edit(path, ""),
  },
  {
    name: "Vault's address has the /v1 of its API",
    breaks: ({ edit, scene }) => edit(scene.vault.address, `${scene.vault.address}/v1`),
    link: "backend",
    code: "SECRET_UNREACHABLE",
    says: /was asked below \/v1 of its API/,
    remedy: /leave (\S+) out of address \(VAULT_ADDR\)/,
    follow: ({ edit }, path = "") => edit(path, ""),
  },
  {
    name: "nothing to log in with",
    breaks: ({ unset }) => unset("VAULT_TOKEN"),
    link: "login",
    code: "SECRET_SOURCE",
    says: /nothing to log in to Vault with/,
    remedy: /set (VAULT_TOKEN), or/,
    follow: ({ scene, set }, name = "") => set(name, scene.vaultToken),
  },
  {
    name: "Vault's token was revoked",
    breaks: async ({ env, scene: { vault } }) => {
      const token = await vault.token();
      await vault.request("POST", "auth/token/revoke", { token });
      env["VAULT_TOKEN"] = token;
    },
    link: "login",
    code: "LOGIN_FAILED",
    says: /does not accept the token in the variable VAULT_TOKEN/,
    remedy: /put a new one into the variable (VAULT_TOKEN) \(`vault login`/,
    follow: async ({ scene, set }, name = "") => set(name, await scene.vault.token()),
  },
  {
    name: "the file of Vault's token is not there",
    breaks: (patient) => login(patient, "method: token, token: { file: vault-token }"),
    link: "login",
    code: "SECRET_SOURCE",
    says: /vault-token can't be read \(ENOENT\)/,
    remedy: /check that (\S+) exists/,
    follow: ({ project, env }) => project.write("vault-token", env["VAULT_TOKEN"] as string),
  },
  {
    name: "the secret id of an AppRole has been used up",
    breaks: async (patient) => {
      await useAppRole(patient);
      patient.env["VAULT_SECRET_ID"] = patient.scene.watch.secret();
    },
    link: "login",
    code: "LOGIN_FAILED",
    says: /refused the role id or the secret id/,
    remedy: /make a new one: `(vault write -f auth\/approle\/role\/)ROLE(\/secret-id)`/,
    follow: async (patient, begin, end) => {
      const { secret_id } = await typeVault(patient, `${begin}training${end}`);
      patient.env["VAULT_SECRET_ID"] = patient.scene.watch.add("a new secret id", secret_id);
    },
  },
  {
    name: "the role id of an AppRole is another role's",
    breaks: async (patient) => {
      await useAppRole(patient);
      patient.env["VAULT_ROLE_ID"] = crypto.randomUUID();
    },
    link: "login",
    code: "LOGIN_FAILED",
    says: /refused the role id or the secret id/,
    remedy: /compare auth\.roleId \((VAULT_ROLE_ID)\): `(vault read auth\/approle\/role\/)ROLE(\/role-id)`/,
    follow: async (patient, name = "", begin, end) => {
      patient.env[name] = (await typeVault(patient, `${begin}training${end}`)).role_id;
    },
  },
  {
    name: "the AppRole is mounted somewhere else",
    breaks: async (patient) => {
      await useAppRole(patient);
      login(
        patient,
        'method: approle, mount: approles, roleId: "${VAULT_ROLE_ID}", secretId: { env: VAULT_SECRET_ID }',
      );
    },
    link: "login",
    code: "LOGIN_FAILED",
    says: /offers no login at auth\/approles to this client/,
    remedy: /check .*auth\.mount with `(vault auth list)`/,
    follow: async (patient, command = "") => {
      const mounts = await typeVault(patient, command);
      const right = mounts.find((mount: string) => mount.startsWith("approle")).replace("/", "");
      patient.edit("mount: approles", `mount: ${right}`);
    },
  },
  {
    name: "a wrapped secret id has been used by a program before",
    breaks: async (patient) => {
      await useAppRole(patient);
      const { env, scene } = patient;
      env["VAULT_SECRET_ID"] = await wrappedSecretId(
        patient,
        "vault write -wrap-ttl=10m -f auth/approle/role/training/secret-id",
      );
      await scene.vault.request("POST", "sys/wrapping/unwrap", undefined, env["VAULT_SECRET_ID"]);
      login(patient, WRAPPED);
    },
    link: "login",
    code: "LOGIN_FAILED",
    says: /does not accept the wrapping token in the variable VAULT_SECRET_ID: it expired, or was used/,
    remedy: /put a new one there: `(vault write -wrap-ttl=10m -f auth\/approle\/role\/)ROLE(\/secret-id)`/,
    follow: async (patient, begin, end) => {
      patient.env["VAULT_SECRET_ID"] = await wrappedSecretId(patient, `${begin}training${end}`);
    },
  },
  {
    name: "a plain secret id is said to be wrapped",
    breaks: async (patient) => {
      await useAppRole(patient);
      login(patient, WRAPPED);
    },
    link: "login",
    code: "LOGIN_FAILED",
    says: /does not accept the wrapping token in the variable VAULT_SECRET_ID/,
    remedy: /leave out auth\.(wrapped)/,
    follow: ({ edit }, option) => edit(`${option}: true, `, ""),
  },
];
