/**
 * From a file, or where none is found from the environment, to a `Config`, in the order in which a reader meets the steps: find, read,
 * interpolate, check the core part, discover, check each plugin's options, resolve names. Problems are collected on the way and told
 * together.
 */
import { dirname, relative } from "node:path";
import type { ConfigFile } from "@mlflow-auth/schema";
import { checkCore, type LoadContext } from "./config/check-core.js";
import type { Config, InstanceConfig, ServerConfig } from "./config/config.js";
import { type FindOptions, type FoundFile, findConfig, isFileNamed, PACKAGE_KEY } from "./config/find.js";
import { leaveOutDisabled } from "./config/instances.js";
import { type Environment, interpolate } from "./config/interpolate.js";
import { ProblemList } from "./config/problems.js";
import { fromObject, type ReadFile, readConfig } from "./config/read.js";
import { type References, resolveReferences } from "./config/references.js";
import type { ListedServer } from "./config/servers.js";
import { checkInstances } from "./discovery/check-instances.js";
import { isMlflowAuthError, MlflowAuthError } from "./errors/mlflow-auth-error.js";
import { presentFolder, workingFolder } from "./files/working-folder.js";
import type { EnvironmentConfig } from "./without-file/environment-config.js";

/** Where the configuration comes from, and the environment that completes it. */
export interface LoadConfigOptions {
  /** The file as an object, in place of a file. Its paths are relative to `cwd`. */
  readonly config?: ConfigFile | Readonly<Record<string, unknown>> | undefined;
  /** The path of the file, relative to `cwd`. Without it the file is searched for; where there is none, the environment may stand in its place. */
  readonly configFile?: string | undefined;
  /** What the user calls `configFile`, for messages: see `findConfig`. */
  readonly optionName?: string | undefined;
  /** Default `process.cwd()`; where that was removed, the folder of a file that is named by its absolute path. */
  readonly cwd?: string | undefined;
  /** Default `process.env`. */
  readonly env?: Environment | undefined;
}

/**
 * @throws MlflowAuthError `CONFIG_NOT_FOUND`, `CONFIG_UNREADABLE`, `CONFIG_UNTRUSTED`, `USAGE`; `CONFIG_INVALID` with everything
 *   that is wrong in the file as its `problems`, sorted by place
 */
export async function loadConfig(options: LoadConfigOptions): Promise<Config> {
  const { config, configFile, env = process.env } = options;
  if (config !== undefined && configFile !== undefined) {
    throw new MlflowAuthError("USAGE", "both a config object and a config file were given", {
      remedy: "give one of them",
    });
  }
  const here = options.cwd ?? presentFolder();
  const cwd = here ?? workingFolder(config === undefined ? { configFile, env } : { env: {}, otherwise: "give `cwd`" });
  const source = config === undefined ? await findSource({ ...options, cwd, env }) : undefined;
  const found = source && "file" in source ? source : undefined;
  const environment = source && "variables" in source ? source : undefined;
  const read = found === undefined ? fromObject(environment?.data ?? config) : await readConfig(found.text, found);
  const name = found && displayName(found.file, here);
  const problems = new ProblemList(name, read.positions, environment?.variablesOf);
  const warnings = new ProblemList(name, read.positions, environment?.variablesOf);
  for (const { pointer, position, message } of read.problems) problems.addSyntax(position, message, pointer);
  if (read.data === undefined) throw nothingIn(name, found, read, problems);

  const { data, interpolations, findings, disabled } = leaveOutDisabled(interpolate(read.data, env));
  for (const { code, pointer, message } of findings) problems.add(code, pointer, "value", message);
  const folder = found === undefined ? cwd : dirname(found.file);
  const context: LoadContext = {
    env,
    cwd,
    folder,
    trustedOwner: found?.trustedOwner,
    interpolations,
    problems,
    warnings,
  };
  const { plugins, servers } = checkCore(data, context);
  const instances = await checkInstances(plugins, disabled, context);
  const references = resolveReferences(servers, { enabled: instances, disabled }, problems);
  problems.throwIfAny();
  if (found !== undefined) await warnOfSwitches(env, instances, warnings);
  for (const message of environment?.warnings ?? []) warnings.add("SWITCH_IGNORED", "", "value", message);

  return Object.freeze({
    file: found?.file,
    ...(environment && { environment: Object.freeze([...environment.variables]) }),
    servers: Object.freeze(servers.map((server, index) => serverConfig(server, references[index] as References))),
    instances: Object.freeze([...instances.values()].map((instance) => Object.freeze(instance as InstanceConfig))),
    warnings: warnings.toProblems(),
  });
}

/**
 * The file; where the search finds none, what the environment amounts to.
 *
 * @throws MlflowAuthError `CONFIG_NOT_FOUND` where there is neither, and all that a file or the environment can be at fault for
 */
async function findSource(options: FindOptions): Promise<FoundFile | EnvironmentConfig> {
  try {
    return await findConfig(options);
  } catch (error) {
    if (!isMlflowAuthError(error) || error.code !== "CONFIG_NOT_FOUND" || isFileNamed(options)) throw error;
    // Loaded where it is needed: most programs have a file.
    const { environmentConfig } = await import("./without-file/environment-config.js");
    const environment = await environmentConfig(options);
    if (environment === undefined) throw error;
    return environment;
  }
}

/** What the names of all switches have in common: whoever has none of them does not wait for the list. */
const SWITCH =
  /^MLFLOW_(?:TRACKING_AUTH$|AUTH_PLUGINS$|SECRETS_AUTH_ENABLE)|_(?:ENABLED|MODE|API_KEY|OPTIONAL_MLFLOW)$/;

/** The file decides alone. Who relied on a switch until now, or moves over, should hear of it. */
async function warnOfSwitches(
  env: Environment,
  instances: ReadonlyMap<string, InstanceConfig | undefined>,
  warnings: ProblemList,
): Promise<void> {
  if (!Object.keys(env).some((name) => SWITCH.test(name))) return;
  const { ignoredSwitches } = await import("./without-file/switches.js");
  const names = ignoredSwitches(env, new Set([...instances.values()].map((instance) => instance?.plugin ?? "")));
  if (names.length === 0) return;
  const [verb, object] = names.length === 1 ? ["switches", "it"] : ["switch", "them"];
  const message = `the file decides alone, so ${names.join(", ")} of the environment ${verb} nothing on: unset ${object}, or remove the file`;
  warnings.add("SWITCH_IGNORED", "", "value", message);
}

function nothingIn(
  name: string | undefined,
  found: FoundFile | undefined,
  { problems: syntax }: ReadFile,
  problems: ProblemList,
): MlflowAuthError {
  if (syntax.length > 0) return problems.toError();
  const what = found?.key === undefined ? "holds nothing but comments" : `has nothing under the key \`${PACKAGE_KEY}\``;
  return new MlflowAuthError("CONFIG_UNREADABLE", `${name} ${what}`, {
    remedy: "write `version: 1` and what follows there, or name another file",
  });
}

function serverConfig(
  { uri, allowInsecure, tls, allowsAnonymous, gateway, connections }: ListedServer,
  { auth, headers, tags }: References,
): ServerConfig {
  return Object.freeze({
    uri: uri as string,
    auth: Object.freeze(auth),
    headers: Object.freeze(headers),
    tags: Object.freeze(tags),
    allowInsecure,
    tls,
    allowsAnonymous,
    ...(gateway && { gateway }),
    ...(connections && { connections }),
  });
}

/** The shorter of the absolute path and the one from the working directory, if there is one. */
export function displayName(file: string, cwd: string | undefined): string {
  if (cwd === undefined) return file;
  const short = relative(cwd, file);
  return short !== "" && short.length < file.length ? short : file;
}
