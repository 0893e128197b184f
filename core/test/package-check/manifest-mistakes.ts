/** Mistakes in what package.json says, and in the file on the environment that it names, each with what is found. */
import { type Mistake, manifest, PROVIDERS } from "./mistake.js";

export const manifestMistakes: Readonly<Record<string, Mistake>> = {
  "a package.json that is not JSON": [
    ({ write }) => write("package.json", '{\n  "name": "x",\n}'),
    "error package-json package.json:3:1",
    /is not JSON/,
  ],
  "a package.json without a name": [
    manifest((json) => void delete json["name"]),
    "error package-json package.json",
    /no name that a package can have/,
  ],
  "no entry points": [
    manifest((json) => void delete json["entry-points"]),
    "error package-json package.json",
    /no entry point of a group that core knows/,
  ],
  "entry points in a list": [
    manifest((json) => void Object.assign(json, { "entry-points": [] })),
    "error group package.json#/entry-points",
    /no object/,
  ],
  "a slip in a group": [
    manifest(
      (json) =>
        void Object.assign(json["entry-points"] as object, { "mlflow.run_context_providers": { x: "./index.js:x" } }),
    ),
    "error group package.json#/entry-points/mlflow.run_context_providers",
    /nobody reads.*did you mean `mlflow\.run_context_provider`\?/,
  ],
  "a group of another vendor": [
    manifest((json) => void Object.assign(json["entry-points"] as object, { "acme.things": { x: "./index.js:x" } })),
    "error group package.json#/entry-points/acme.things",
    /nobody reads.*use one of `mlflow\.request_auth_provider`/,
  ],
  "an empty group": [
    manifest((json) => void Object.assign(json["entry-points"] as object, { "mlflow_auth.command": {} })),
    "error group package.json#/entry-points/mlflow_auth.command",
    /has no entry points/,
  ],
  "another version of the interface": [
    manifest((json) => void Object.assign(json["mlflow-auth-plugin"] as object, { apiVersion: 2 })),
    "error interface package.json#/mlflow-auth-plugin",
    /made for version 2/,
  ],
  "a slip in a key": [
    manifest((json) => void Object.assign(json["mlflow-auth-plugin"] as object, { configSchemas: "x" })),
    "error interface package.json#/mlflow-auth-plugin/configSchemas",
    /nobody reads.*did you mean `configSchema`\?/,
  ],
  "an entry point in another form": [
    manifest((json) => void Object.assign(json["entry-points"]?.[PROVIDERS] as object, { sound: "index.js" })),
    "error entry-point package.json#/entry-points/mlflow.request_auth_provider/sound",
    /in another form/,
  ],
  "an entry point that is not built": [
    manifest((json) => void Object.assign(json["entry-points"]?.[PROVIDERS] as object, { sound: "./dist/index.js:x" })),
    "error entry-point package.json#/entry-points/mlflow.request_auth_provider/sound",
    /the package lacks the module .*build the package/,
  ],
  "an entry point outside of it": [
    manifest(
      (json) =>
        void Object.assign(json["entry-points"]?.[PROVIDERS] as object, { sound: "./../store-sdk/index.js:tokenOf" }),
    ),
    "error entry-point package.json#/entry-points/mlflow.request_auth_provider/sound",
    /a module outside of itself/,
  ],
  "an environment file that is no list": [
    ({ write, change }) => {
      write("environment.json", {});
      change(
        "package.json",
        (json) => void Object.assign(json["mlflow-auth-plugin"] as object, { environment: "./environment.json" }),
      );
    },
    "error environment package.json#/mlflow-auth-plugin/environment",
    /the package has an environment file that is not a list of rules/,
  ],
  "an environment file that is not there": [
    manifest((json) => void Object.assign(json["mlflow-auth-plugin"] as object, { environment: "./environment.json" })),
    "error environment package.json#/mlflow-auth-plugin/environment",
    /lacks the file/,
  ],
  "core as a dependency": [
    manifest((json) => void Object.assign(json, { dependencies: { "@mlflow-auth/core": "^0.1.0" } })),
    "error core-range package.json#/dependencies/@mlflow-auth~1core",
    /a second copy/,
  ],
  "no range of core": [
    manifest((json) => void delete json["peerDependencies"]),
    "error core-range package.json#/peerDependencies",
    /write "peerDependencies": \{ "@mlflow-auth\/core": "\^0\.1\.0" \}/,
  ],
  "a range without the core that judges": [
    manifest((json) => void Object.assign(json["peerDependencies"] as object, { "@mlflow-auth/core": "^2.0.0" })),
    "error core-range package.json#/peerDependencies/@mlflow-auth~1core",
    /does not hold 0\.1\.0/,
  ],
  "no range of Node": [
    manifest((json) => void delete json["engines"]),
    "warning node-range package.json",
    /is not said/,
  ],
  "a range of Node on which nothing of ours runs": [
    manifest((json) => void Object.assign(json, { engines: { node: "<20" } })),
    "error node-range package.json#/engines/node",
    /neither the first that mlflow-auth runs on nor the one that runs here/,
  ],
  "a range of Node that leaves out the first": [
    manifest((json) => void Object.assign(json, { engines: { node: ">=22.20" } })),
    "warning node-range package.json#/engines/node",
    /leaves out 22\.19\.0/,
  ],
  "no keyword": [
    manifest((json) => void delete json["keywords"]),
    "warning keyword package.json",
    /mlflow-auth-plugin/,
  ],
  "a private package": [
    manifest((json) => void Object.assign(json, { private: true })),
    "warning publishing package.json#/private",
    /npm refuses/,
  ],
  "no version": [manifest((json) => void delete json["version"]), "warning publishing package.json", /no version/],
  "no licence": [manifest((json) => void delete json["license"]), "warning publishing package.json", /no licence/],
  "no description": [
    manifest((json) => void delete json["description"]),
    "warning publishing package.json",
    /no description/,
  ],
};
