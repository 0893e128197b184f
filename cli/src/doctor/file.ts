/** The first two links, which all servers share: the file and the plugins that it enables. */
import { resolve } from "node:path";
import {
  type Config,
  formatProblem,
  isMlflowAuthError,
  type MlflowAuthError,
  type Problem,
} from "@mlflow-auth/core/internal";
import { sourceOf } from "../where-from.js";
import type { Diagnosis, Opened } from "./examination.js";
import { brokenBy, type Finding, fine, knownError, skipped } from "./finding.js";

/** The link `file`, where the file could be loaded, with its warnings. */
export function fileFinding(config: Config): Finding {
  const warnings = config.warnings.filter((warning) => !isAboutVersions(warning));
  return fine("file", `${sourceOf(config)} is valid`, warnings.map(formatProblem));
}

/** Core makes connections only once every plugin is there; what fails at these (`tls`, a proxy) belongs to a server. */
export function pluginsFinding({ instances, warnings }: Config, opened: Opened): Finding {
  const versions = warnings.filter(isAboutVersions).map(({ message }) => message);
  if ("fault" in opened && !isConnectionFault(opened.fault))
    return brokenBy("plugins", knownError(opened.fault), versions);
  const names = instances.map(({ name, package: from }) => `${name} (${from.name} ${from.version})`);
  return names.length === 0 ? skipped("plugins", "the file enables none") : fine("plugins", names.join(", "), versions);
}

const isAboutVersions = ({ code }: Problem) => code === "PLUGIN_VERSION";

/** Whether the authorizer could not be opened because of a server's `tls` or of a proxy in the environment, not of a plugin. */
export function isConnectionFault(fault: unknown): fault is MlflowAuthError {
  return isMlflowAuthError(fault) && (fault.code === "TLS_FILE" || fault.code === "HTTP_PROXY");
}

/** Both links, where no configuration came of the file. */
export function withoutConfig(thrown: unknown, cwd: string): Pick<Diagnosis, "file" | "common"> {
  const error = knownError(thrown);
  const name = error.problems[0]?.file;
  const file = name === undefined ? undefined : resolve(cwd, name);
  if (name !== undefined && error.problems.every(isAboutPackages)) {
    return { file, common: [fine("file", `${name} is valid`), brokenBy("plugins", error)] };
  }
  return { file, common: [brokenBy("file", error), skipped("plugins", "not judged without a valid file")] };
}

/** What an installed package, or none, is to blame for. */
function isAboutPackages({ code }: Problem): boolean {
  return ["PLUGIN_NOT_INSTALLED", "PLUGIN_UNTRUSTED", "PLUGIN_MANIFEST", "PLUGIN_AMBIGUOUS"].includes(code);
}
