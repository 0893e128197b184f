import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const core = fileURLToPath(new URL("../..", import.meta.url));

/** A plugin whose credential comes from its options, and that counts on stdout-free ground: it keeps all in the options. */
const plugin = `
export const createRequestAuthProvider = (options, context) => {
  let auth;
  return {
    async getAuth() {
      const token = await options.token.read();
      if (auth?.token !== token.reveal()) auth = { token: token.reveal(), headers: { Authorization: "Bearer " + token.reveal() } };
      return auth;
    },
    invalidate() {},
  };
};
`;

export interface Project {
  folder: string;
  write(file: string, text: string): string;
  remove(): void;
}

/** A user's project with core and a third-party plugin \`fixed\` in its node_modules. */
export function project(files: Record<string, string>): Project {
  const folder = mkdtempSync(join(tmpdir(), "mlflow-auth-project-"));
  const write = (file: string, text: string) => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  write("package.json", JSON.stringify({ name: "project", type: "module", dependencies: { "plugin-fixed": "1.0.0" } }));
  write(
    "node_modules/plugin-fixed/package.json",
    JSON.stringify({
      name: "plugin-fixed",
      version: "1.0.0",
      type: "module",
      "entry-points": { "mlflow.request_auth_provider": { fixed: "./index.js:createRequestAuthProvider" } },
      "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./config.schema.json" },
    }),
  );
  const secret = { $ref: "mlflow-auth:values#/$defs/secret" };
  const schema = { type: "object", additionalProperties: false, required: ["token"], properties: { token: secret } };
  write("node_modules/plugin-fixed/config.schema.json", JSON.stringify(schema));
  write("node_modules/plugin-fixed/index.js", plugin);
  mkdirSync(join(folder, "node_modules/@mlflow-auth"), { recursive: true });
  symlinkSync(core, join(folder, "node_modules/@mlflow-auth/core"), "dir");
  for (const [file, text] of Object.entries(files)) write(file, text);
  return { folder, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
