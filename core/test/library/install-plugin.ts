/** Third-party plugins as somebody else would write and install them, for whatever interface a test is about. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Project {
  readonly folder: string;
  write(name: string, text: string): string;
}

/**
 * Installs `mlflow-auth-plugin-NAME` with the instance name NAME into a project with a package.json.
 *
 * @param module exports `createRequestAuthProvider`; its options are whatever the file gives
 */
export function installAuthPlugin(project: Project, name: string, module: string): void {
  const own = JSON.parse(readFileSync(join(project.folder, "package.json"), "utf8"));
  const manifest = {
    name: `mlflow-auth-plugin-${name}`,
    version: "1.0.0",
    type: "module",
    "entry-points": { "mlflow.request_auth_provider": { [name]: "./index.js:createRequestAuthProvider" } },
    "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./config.schema.json" },
  };
  const dependencies = { ...own.dependencies, [manifest.name]: manifest.version };
  const folder = `node_modules/${manifest.name}`;
  project.write("package.json", JSON.stringify({ ...own, dependencies }));
  project.write(`${folder}/package.json`, JSON.stringify(manifest));
  project.write(`${folder}/config.schema.json`, JSON.stringify({ type: "object" }));
  project.write(`${folder}/index.js`, module);
}

/**
 * Signs with HMAC over method, path, Host, length and the body's hash, in `X-Signature`. The option `file` names the file that
 * holds the key; it is read again after a rejection.
 */
export const signerModule = `
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

export function createRequestAuthProvider({ file, longBodies = "spool" }) {
  let auth;
  return {
    longBodies,
    getAuth: () => (auth ??= { id: readFileSync(file, "utf8").trim(), headers: {} }),
    invalidate: () => void (auth = undefined),
    async signRequest({ method, path, headers, sha256 }, { id }) {
      const values = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
      const text = [method, path, values.host, values["content-length"] ?? "", await sha256()].join("\\n");
      return { "X-Signature": createHmac("sha256", id).update(text).digest("hex") };
    },
  };
}
`;

/**
 * Wants MLflow's API below `/inner`, and answers itself where the path says `/mock`; what it hands on it marks with `X-Handed-On`. The
 * option `token` is its credential.
 */
export const detourModule = `
const moved = (url, from, to) => Object.assign(url, { pathname: url.pathname.replace(from, to) });

export function createRequestAuthProvider({ token }) {
  const auth = { headers: { Authorization: "Bearer " + token } };
  return {
    getAuth: () => auth,
    invalidate() {},
    rewrite: {
      to: (url) => moved(url, /^\\/api\\//, "/inner/api/"),
      back: (url) => moved(url, /^\\/inner\\/api(\\/|$)/, "/api$1"),
    },
    async dispatch({ url, method, body }, next) {
      if (url.pathname.endsWith("/mock")) {
        const { length } = (await body()) ?? { length: "many" };
        return { status: 200, headers: { "content-type": "text/plain" }, body: method + " " + length };
      }
      const answer = await next();
      return { ...answer, headers: { ...answer.headers, "X-Handed-On": "yes" } };
    },
  };
}
`;
