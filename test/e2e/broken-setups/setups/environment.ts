/** What is wrong with the variables that the file names, or that clients know. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { startSidecar } from "../../fixture/sidecar.ts";
import type { BrokenSetup } from "../setup.ts";

export const brokenEnvironments: readonly BrokenSetup[] = [
  {
    name: "a variable of the file is not set",
    breaks: ({ edit, scene }) => edit(scene.front.uri, "${MLFLOW_TRACKING_URI}"),
    link: "file",
    code: "VARIABLE_MISSING",
    says: /mlflow-auth\.yaml:2:\d+ /,
    remedy: /the variable (MLFLOW_TRACKING_URI) is not set: set it/,
    follow: ({ scene, set }, name = "") => set(name, scene.front.uri),
  },
  {
    name: "a variable is written without its braces in a secret",
    breaks: ({ edit }) => edit("    secret:", "    auth: { method: token, token: $VAULT_TOKEN }\n    secret:"),
    link: "file",
    code: "VARIABLE_SYNTAX",
    says: /mlflow-auth\.yaml:6:\d+ /,
    remedy: /`\$VAULT_TOKEN` without braces is a text and not the variable: write `(.*?)`/,
    follow: ({ edit }, form = "") => edit("$VAULT_TOKEN", form),
  },
  {
    name: "a variable is written without its braces in an address",
    breaks: ({ edit, env, scene }) => {
      env["VAULT_URL"] = scene.vault.address;
      edit(scene.vault.address, "$VAULT_URL");
    },
    link: "file",
    code: "VARIABLE_SYNTAX",
    says: /mlflow-auth\.yaml:5:\d+ /,
    remedy: /`\$VAULT_URL` without braces .*: write `(.*?)`/,
    follow: ({ edit }, form = "") => edit("$VAULT_URL", form),
  },
  {
    name: "a variable is written without its braces in the middle of the server's address",
    breaks: ({ edit, env, scene }) => {
      const { host } = new URL(scene.front.uri);
      env["MLFLOW_HOST"] = host;
      edit(host, "$MLFLOW_HOST");
    },
    link: "file",
    code: "SERVER_URI",
    says: /mlflow-auth\.yaml:2:\d+ .*must not have a `\$` in its host/,
    remedy: /a variable is written `(\$\{)NAME(\})`/,
    follow: ({ edit }, open, close) => edit("$MLFLOW_HOST", `${open}MLFLOW_HOST${close}`),
  },
  {
    name: "a variable that is named like a credential fills what is no secret",
    breaks: ({ edit, env }) => {
      env["TEAM_KEY"] = "auth";
      edit("path: mlflow/auth", 'path: "mlflow/${TEAM_KEY}"');
    },
    link: "file",
    code: "VARIABLE_SECRET",
    says: /mlflow-auth\.yaml:6:\d+ .*TEAM_KEY is named like a credential/,
    remedy: /this field is not a secret field: .*rename the variable/,
    follow: ({ edit, env }) => {
      env["TEAM_NAME"] = env["TEAM_KEY"] as string;
      edit("TEAM_KEY", "TEAM_NAME");
    },
  },
  {
    name: "a variable holds an address that is none",
    breaks: ({ edit, env, scene }) => {
      env["MLFLOW_TRACKING_URI"] = new URL(scene.front.uri).host;
      edit(scene.front.uri, "${MLFLOW_TRACKING_URI}");
    },
    link: "file",
    code: "SERVER_URI",
    says: /the variable MLFLOW_TRACKING_URI fills/,
    remedy: /begin with https:\/\/ or (http:\/\/)/,
    follow: ({ env, set }, scheme) => set("MLFLOW_TRACKING_URI", scheme + (env["MLFLOW_TRACKING_URI"] ?? "")),
  },
  {
    name: "the file takes its server from a variable that a sidecar's user has set",
    breaks: async ({ edit, env, scene }) => {
      const config = `version: 1\ntrackingUri: ${scene.front.uri}\nauth: []\n`;
      const sidecar = await startSidecar(scene.createProject({ config }));
      closeAfterwards(sidecar.stop);
      env["MLFLOW_TRACKING_URI"] = new URL(sidecar.url).origin;
      edit(scene.front.uri, "${MLFLOW_TRACKING_URI}");
    },
    link: "request",
    says: /the address of an `mlflow-auth proxy`.*\(403\)/,
    remedy: /write the server's own address into the file, or unset (MLFLOW_TRACKING_URI)/,
    follow: ({ edit, scene }) => edit("${MLFLOW_TRACKING_URI}", scene.front.uri),
  },
  {
    name: "a token of MLflow's own client is set beside the file",
    warns: true,
    breaks: ({ scene, set }) => set("MLFLOW_TRACKING_TOKEN", scene.watch.secret()),
    link: "request",
    says: /MLFLOW_TRACKING_TOKEN in the environment: not sent to this server/,
    remedy: /(MLFLOW_TRACKING_TOKEN) in the environment: .*; unset it/,
    follow: ({ unset }, name = "") => unset(name),
  },
  {
    name: "a switch of a Python plugin is set beside the file",
    warns: true,
    breaks: ({ set }) => set("MLFLOW_SECRETS_AUTH_ENABLE", "vault"),
    link: "file",
    says: /SWITCH_IGNORED .*the file decides alone/,
    remedy: /so (MLFLOW_SECRETS_AUTH_ENABLE) of the environment switches nothing on: unset it/,
    follow: ({ unset }, name = "") => unset(name),
  },
  {
    name: "the credential itself stands in the file",
    warns: true,
    breaks: ({ edit, env }) => {
      edit("    secret:", `    auth: { method: token, token: "${env["VAULT_TOKEN"]}" }\n    secret:`);
    },
    link: "file",
    says: /SECRET_LITERAL .*a credential stands in the file itself/,
    remedy: /write `"\$\{NAME\}"`, `(\{ env: NAME \})`/,
    follow: ({ edit, env }, form = "") => edit(`"${env["VAULT_TOKEN"]}"`, form.replace("NAME", "VAULT_TOKEN")),
  },
  {
    name: "a file of a secret is empty",
    breaks: ({ edit, project }) => {
      writeFileSync(join(project.folder, "vault-token"), "\n");
      edit("    secret:", "    auth: { method: token, token: { file: vault-token } }\n    secret:");
    },
    link: "login",
    code: "SECRET_SOURCE",
    says: /vault-token is empty/,
    remedy: /write the credential into (\S+)$/,
    follow: ({ env }, path = "") => writeFileSync(path, env["VAULT_TOKEN"] as string),
  },
];
