/** A project with one plugin package, whose credential is what a file of the project holds. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface Project {
  readonly folder: string;
  /** Options for the plugin `test` in the project's file. */
  readonly options: { file: string };
  /**
   * The next fetch brings this one. `down` and `denied` make it fail, for a while and for good; with `hang` it never ends; `anonymous` is
   * that answer. `NAME: VALUE` is that header, any other text a token.
   */
  setCredential(text: string): void;
  write(name: string, text: string, mode?: number): string;
  remove(): void;
}

const manifest = {
  name: "mlflow-auth-plugin-test",
  version: "1.0.0",
  type: "module",
  "entry-points": { "mlflow.request_auth_provider": { test: "./index.js:createRequestAuthProvider" } },
  "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./config.schema.json" },
};

const schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  additionalProperties: false,
  properties: {
    file: { type: "string" },
    token: { $ref: "mlflow-auth:values#/$defs/secret", "x-env": ["TEST_FALLBACK_TOKEN"] },
  },
};

const module = `
import { readFileSync } from "node:fs";

export function createRequestAuthProvider(options, context) {
  let auth;
  return {
    getAuth() {
      if (auth !== undefined) return auth;
      const text = readFileSync(options.file, "utf8").trim();
      const remedy = "start the test store";
      if (text === "down") throw context.error("SECRET_UNREACHABLE", "the test store is down", { remedy, transient: true });
      if (text === "denied") throw context.error("SECRET_DENIED", "the test store refuses", { remedy });
      if (text === "hang") return new Promise(() => setInterval(() => {}, 1000));
      if (text === "anonymous") return Symbol.for("mlflow-auth.anonymous");
      const [, name = "Authorization", value = "Bearer " + text] = /^([\\w-]+): (.*)$/.exec(text) ?? [];
      auth = { headers: { [name]: value } };
      return auth;
    },
    invalidate() {
      auth = undefined;
    },
  };
}
`;

export function createProject(credential = "first"): Project {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "mlflow-auth-project-"));
  const write = (name: string, text: string, mode = 0o600) => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
    return file;
  };
  const plugin = `node_modules/${manifest.name}`;
  write("package.json", JSON.stringify({ name: "project", dependencies: { [manifest.name]: "1.0.0" } }));
  write(`${plugin}/package.json`, JSON.stringify(manifest));
  write(`${plugin}/config.schema.json`, JSON.stringify(schema));
  write(`${plugin}/index.js`, module);
  const file = write("credential", credential);
  return {
    folder,
    options: { file },
    setCredential: (text) => writeFileSync(file, text),
    write,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
