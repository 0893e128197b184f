/** A third-party plugin with run tags alone, as somebody else would write and install it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const manifest = {
  name: "mlflow-auth-plugin-tagger",
  version: "1.0.0",
  type: "module",
  "entry-points": { "mlflow.run_context_provider": { tagger: "./index.js:createRunContextProvider" } },
  "mlflow-auth-plugin": { apiVersion: 1, configSchema: "./config.schema.json" },
};

const schema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  additionalProperties: false,
  required: ["file"],
  properties: { file: { type: "string" } },
};

const module = `
import { readFileSync } from "node:fs";

export function createRunContextProvider(options, context) {
  return {
    inContext: () => options.file !== "",
    async tags(run) {
      const text = readFileSync(options.file, "utf8").trim();
      if (text === "down") throw context.error("SECRET_UNREACHABLE", "the directory is down", { remedy: "start it", transient: true });
      if (text === "denied") throw context.error("SECRET_DENIED", "the directory refuses", { remedy: "ask for access" });
      if (text === "hang") await new Promise(() => setInterval(() => {}, 1000));
      return { ...JSON.parse(text), "run.experiment": String(run.experimentId), "run.name": String(run.runName) };
    },
  };
}
`;

/**
 * Installs the plugin `tagger` into a project with a package.json. Its option `file` names a JSON file, an object of tags that
 * is read for each run (`down` and `denied`: it fails, for a while and for good; `hang`: it never ends); to these come `run.experiment` and `run.name`, what it was told of the run.
 */
export function installTagger(project: { readonly folder: string; write(name: string, text: string): string }): void {
  const own = JSON.parse(readFileSync(join(project.folder, "package.json"), "utf8"));
  const dependencies = { ...own.dependencies, [manifest.name]: manifest.version };
  project.write("package.json", JSON.stringify({ ...own, dependencies }));
  const folder = `node_modules/${manifest.name}`;
  project.write(`${folder}/package.json`, JSON.stringify(manifest));
  project.write(`${folder}/config.schema.json`, JSON.stringify(schema));
  project.write(`${folder}/index.js`, module);
}
