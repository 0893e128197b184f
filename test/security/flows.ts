/** What can happen to a secret on its way, well or badly. Each flow has the given canary in every place where a credential stands. */
import type { VaultFaults } from "../servers/vault-fake.ts";

export interface Flow {
  /** Of the secret in Vault. Default: the canary as `token`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Options of the plugin, in YAML's flow style, beside where the secret is. */
  readonly options?: string;
  /** The whole file; URI stands for the server's address. */
  readonly file?: string;
  /** Beside VAULT_ADDR and VAULT_TOKEN. */
  readonly env?: Readonly<Record<string, string>>;
  readonly faults?: Partial<VaultFaults>;
  /** What the server does: it answers with a status or a login page, which quotes what it was sent, or hangs up. Default 200. */
  readonly server?: 401 | 403 | 500 | "login page" | "hangs up";
}

/** Whatever comes of it, the file is valid. */
export const secretFlows: Record<string, (secret: string) => Flow> = {
  "a token": () => ({}),
  "a user and a password": (secret) => basic({ username: "trainer", password: secret }),
  "a password that URLs and JSON escape": (secret) => basic({ username: "trainer", password: `"${secret}\\/%&=+ é` }),
  "a user and a password in one text": (secret) => basic({ value: `trainer:${secret}` }),
  "a header of another name": () => ({ options: "credential: { header: X-Api-Key }" }),
  "a Vault that fails once": () => ({ faults: { status: 503, times: 1 } }),
  "a server that refuses it": () => ({ server: 401 }),
  "a server that forbids it": () => ({ server: 403 }),
  "a server that fails": () => ({ server: 500 }),
  "a server that shows a login page": () => ({ server: "login page" }),
  "a server that hangs up": () => ({ server: "hangs up" }),

  "a token with a line break": (secret) => ({ fields: { token: `${secret}\r\nX-Evil: ${secret}` } }),
  "a token with a NUL": (secret) => ({ fields: { token: `a\0${secret}` } }),
  "a token beyond Latin-1": (secret) => ({ fields: { token: `${secret}€` } }),
  "a token with a space": (secret) => ({ fields: { token: `Bearer ${secret}` } }),
  "a token of more than 8 KiB": (secret) => ({ fields: { token: secret.repeat(400) } }),
  "a token of more than 64 KiB": (secret) => ({ fields: { token: secret.repeat(3_000) } }),
  "a token that is a list": (secret) => ({ fields: { token: [secret] } }),
  "a password where a token is wanted": (secret) => ({ fields: { username: secret, password: secret } }),
  "a token where a password is wanted": (secret) => basic({ token: secret }),
  "a user with a colon": (secret) => basic({ username: `a:${secret}`, password: secret }),
  "a secret that is a JSON list": (secret) => ({ fields: { value: JSON.stringify([secret]) } }),
  "a secret that is broken JSON": (secret) => ({ fields: { value: `{"token": "${secret}` } }),
  "a secret in the place of a field's name": (secret) => ({ fields: { [secret]: "a", other: "b" } }),
  "a field that is not there": (secret) => ({
    options: "secret: { path: mlflow/auth, field: password }",
    fields: { a: secret },
  }),

  "a Vault that is sealed": () => ({ faults: { sealed: true } }),
  "a Vault that hangs up": () => ({ faults: { reset: true } }),
  "a Vault that hangs": () => ({ faults: { hang: true }, options: "timeout: 300ms" }),
  "a Vault that answers 400": () => ({ faults: { status: 400 } }),
  "a Vault that answers 403": () => ({ faults: { status: 403 } }),
  "a Vault that answers 404": () => ({ faults: { status: 404 } }),
  "a Vault that answers 429": () => ({ faults: { status: 429 } }),
  "a Vault that answers 500": () => ({ faults: { status: 500 } }),
  "a Vault that redirects": () => ({ faults: { status: 307 } }),
  "a Vault that does not know the token": (secret) => ({ env: { VAULT_TOKEN: secret } }),
  "a Vault token with a line break": (secret) => ({ env: { VAULT_TOKEN: `${secret}\r\nX-Evil: 1` } }),
  "a secret id that Vault refuses": (secret) => ({
    env: { VAULT_TOKEN: "", VAULT_ROLE_ID: "role", VAULT_SECRET_ID: secret },
  }),
  "a token in the file itself": (secret) => ({ options: `auth: { method: token, token: ${secret} }` }),
};

/** Files, and variables, that can't be used. */
export const brokenFlows: Record<string, (secret: string) => Flow> = {
  "a duration that is none": (secret) => ({ options: `cache: { ttl: ${secret} }` }),
  "a switch that is none": (secret) => ({ options: `allowInsecure: ${secret}` }),
  "a mode that there is not": (secret) => ({ options: `credential: { mode: ${secret} }` }),
  "a login that there is not": (secret) => ({ options: `auth: { method: ${secret} }` }),
  "a secret that is a list": (secret) => ({ options: `auth: { method: token, token: [${secret}] }` }),
  "a secret of two kinds": (secret) => ({ options: `auth: { method: token, token: { env: A, file: ${secret} } }` }),
  "a broken text": (secret) => ({ options: `auth: { method: token, token: "${secret} }` }),
  "an alias": (secret) => ({ options: `auth: { method: token, token: *${secret} }` }),
  "a variable in a plain field": (secret) => ({
    options: "auth: { method: approle, roleId: '${ROLE_SECRET}' }",
    env: { ROLE_SECRET: secret },
  }),
  "an address with a password": (secret) => ({ options: `address: "https://trainer:${secret}@vault.test"` }),
  "an address with a query": (secret) => ({ options: `address: "https://vault.test/?token=${secret}"` }),
  "an address in the environment with a password": (secret) => ({
    env: { VAULT_ADDR: `https://trainer:${secret}@vault.test` },
  }),
  "a server with a password": (secret) => ({ file: file(`https://trainer:${secret}@mlflow.test`) }),
  "a server with a query": (secret) => ({ file: file(`https://mlflow.test/?token=${secret}`) }),
  "a server in the environment with a password": (secret) => ({
    file: file("${MLFLOW_TRACKING_URI}"),
    env: { MLFLOW_TRACKING_URI: `https://trainer:${secret}@mlflow.test` },
  }),
  "a corporate proxy that is no address": (secret) => ({
    file: file("https://mlflow.test"),
    env: { HTTPS_PROXY: `http://trainer:${secret}@proxy.test:port` },
  }),
  "a corporate proxy that is not there": (secret) => ({
    file: file("https://mlflow.test"),
    env: { HTTPS_PROXY: `http://trainer:${secret}@127.0.0.1:1` },
  }),
};

const basic = (fields: Record<string, unknown>): Flow => ({ fields, options: "credential: { mode: basic }" });

const file = (uri: string) =>
  `version: 1\ntrackingUri: "${uri}"\nplugins:\n  vault: { secret: { path: mlflow/auth } }\n`;
