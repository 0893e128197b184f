/** What is wrong with the installed plugins. */
import { chmodSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Patient } from "../patient.ts";
import type { BrokenSetup } from "../setup.ts";

const ACME = "mlflow-auth-plugin-acme";
const PROVIDER =
  "export const create = () => ({ inContext: () => true, requestHeaders: () => ({ 'X-Acme': 'a' }) });\n";

/** A plugin of somebody else's, which npm has installed and the file uses. */
function install({ project, edit, file }: Patient, { declares = {}, code = PROVIDER } = {}): string {
  const entries = { "mlflow.request_header_provider": { acme: "./index.js:create" } };
  const manifest = { name: ACME, version: "1.0.0", type: "module", "entry-points": entries, ...declares };
  project.write(
    `node_modules/${ACME}/package.json`,
    JSON.stringify({ "mlflow-auth-plugin": { apiVersion: 1 }, ...manifest }),
  );
  project.write(`node_modules/${ACME}/index.js`, code);
  depend({ project }, ACME);
  edit(file(), `${file()}  acme: {}\n`);
  return join(project.folder, "node_modules", ACME);
}

function depend({ project }: Pick<Patient, "project">, name: string): void {
  const manifest = JSON.parse(readFileSync(join(project.folder, "package.json"), "utf8"));
  manifest.dependencies[name] = "*";
  project.write("package.json", JSON.stringify(manifest));
}

function forget({ project }: Pick<Patient, "project">, name: string): void {
  const manifest = JSON.parse(readFileSync(join(project.folder, "package.json"), "utf8"));
  delete manifest.dependencies[name];
  project.write("package.json", JSON.stringify(manifest));
}

export const brokenPlugins: readonly BrokenSetup[] = [
  {
    name: "a plugin is not installed",
    breaks: ({ project }) => {
      renameSync(join(project.folder, "node_modules/@mlflow-auth/plugin-vault"), join(project.folder, "tmp/vault"));
      forget({ project }, "@mlflow-auth/plugin-vault");
    },
    link: "plugins",
    code: "PLUGIN_NOT_INSTALLED",
    says: /mlflow-auth\.yaml:4:3 /,
    remedy: /npm install (@mlflow-auth\/plugin-vault)/,
    follow: ({ project }, name = "") => {
      renameSync(join(project.folder, "tmp/vault"), join(project.folder, "node_modules", name));
      depend({ project }, name);
    },
  },
  {
    name: "a plugin is installed, and no package.json names it",
    breaks: ({ project }) => forget({ project }, "@mlflow-auth/plugin-vault"),
    link: "plugins",
    code: "PLUGIN_NOT_INSTALLED",
    says: /is there, but \S+ does not name it as a dependency/,
    remedy: /npm install (@mlflow-auth\/plugin-vault)/,
    follow: ({ project }, name = "") => depend({ project }, name),
  },
  {
    name: "a plugin's name is misspelt",
    breaks: ({ edit }) => edit("  vault:", "  valut:"),
    link: "plugins",
    code: "PLUGIN_NOT_INSTALLED",
    says: /mlflow-auth\.yaml:4:3 /,
    remedy: /did you mean `?(\w+)/,
    follow: ({ edit }, name) => edit("  valut:", `  ${name}:`),
  },
  {
    name: "a plugin lacks one of its own dependencies",
    breaks: (patient) => void install(patient, { code: `import "acme-sdk";\n${PROVIDER}` }),
    link: "plugins",
    code: "PLUGIN_LOAD",
    says: /the plugin acme, can't be imported \(Error \(ERR_MODULE_NOT_FOUND\)\)/,
    remedy: /install mlflow-auth-plugin-acme again/,
    follow: ({ project }) => {
      project.write(`node_modules/${ACME}/node_modules/acme-sdk/package.json`, '{"name":"acme-sdk","main":"i.js"}');
      project.write(`node_modules/${ACME}/node_modules/acme-sdk/i.js`, "");
    },
  },
  {
    name: "a plugin was written for another version",
    breaks: (patient) => void install(patient, { declares: { "mlflow-auth-plugin": { apiVersion: 99 } } }),
    link: "plugins",
    code: "PLUGIN_MANIFEST",
    says: /is made for version 99 of the plugin interface, and this core speaks version 1/,
    remedy: /install another version of it/,
    follow: ({ project }) => {
      const at = `node_modules/${ACME}/package.json`;
      project.write(at, readFileSync(join(project.folder, at), "utf8").replace('"apiVersion":99', '"apiVersion":1'));
    },
  },
  {
    name: "others may write a plugin's code",
    breaks: (patient) => chmodSync(join(install(patient), "index.js"), 0o666),
    link: "plugins",
    code: "PLUGIN_UNTRUSTED",
    says: /index\.js may be written by others/,
    remedy: /(\S+index\.js) may be written by others: .*let nobody else write it \(chmod (go-w)\)/,
    follow: ({ project }, path = "", mode = "") => project.run(["chmod", mode, path]),
  },
  {
    name: "two packages offer a plugin of one name",
    breaks: (patient) => {
      const { project } = patient;
      install(patient);
      const other = "node_modules/@other/mlflow-auth-plugin-acme";
      const entries = { "mlflow.request_header_provider": { acme: "./index.js:create" } };
      const manifest = {
        name: "@other/mlflow-auth-plugin-acme",
        version: "2.0.0",
        type: "module",
        "entry-points": entries,
      };
      project.write(`${other}/package.json`, JSON.stringify({ ...manifest, "mlflow-auth-plugin": { apiVersion: 1 } }));
      project.write(`${other}/index.js`, PROVIDER);
      depend(patient, manifest.name);
    },
    link: "plugins",
    code: "PLUGIN_AMBIGUOUS",
    says: new RegExp(`${ACME} .*and @other/${ACME} .*provide the plugin \`acme\``),
    remedy: /say which with `(package: \S+)`/,
    follow: ({ edit }, option) => edit("acme: {}", `acme: { ${option} }`),
  },
  {
    name: "a plugin names a module that its package does not have",
    breaks: (patient) => rmSync(join(install(patient), "index.js")),
    link: "plugins",
    code: "PLUGIN_MANIFEST",
    says: /lacks the module that the entry point acme .* names/,
    remedy: /install it again, for a file is missing/,
    follow: ({ project }) => project.write(`node_modules/${ACME}/index.js`, PROVIDER),
  },
  {
    name: "a plugin's package is a link to nowhere",
    breaks: ({ project }) => {
      const at = join(project.folder, "node_modules/@mlflow-auth/plugin-vault");
      renameSync(at, join(project.folder, "tmp/vault"));
      symlinkSync(join(project.folder, "gone"), at);
    },
    link: "plugins",
    code: "PLUGIN_NOT_INSTALLED",
    says: /the plugin `vault` is not installed/,
    remedy: /npm install (@mlflow-auth\/plugin-vault)/,
    follow: ({ project }, name = "") => {
      rmSync(join(project.folder, "node_modules", name));
      renameSync(join(project.folder, "tmp/vault"), join(project.folder, "node_modules", name));
    },
  },
];
