/** The file once it has been found, read, checked and completed: what the pipelines are built from. */
import type { Problem } from "../errors/mlflow-auth-error.js";
import type { TlsOptions } from "../provider/context.js";
import type { Group } from "../provider/provider.js";
import type { SecretVariables } from "./secret-origins.js";

/** Everything in it is frozen. */
export interface Config {
  /** The absolute path of the file; undefined if it was given as an object, or there is none. */
  readonly file?: string | undefined;
  /** Where there is no file: the names of the environment variables that stand in its place. */
  readonly environment?: readonly string[] | undefined;
  /** In the file's order. Never empty. */
  readonly servers: readonly ServerConfig[];
  /** The enabled instances, in the file's order. */
  readonly instances: readonly InstanceConfig[];
  /** What deserves a look but stops nothing, for example a credential that stands in the file itself. */
  readonly warnings: readonly Problem[];
}

/** One listed server. */
export interface ServerConfig {
  /** As the file has it, interpolated, without a trailing slash. The host may hold one `*` as, or in, its leftmost label. */
  readonly uri: string;
  /** Names of instances, to be asked in this order; empty: the client's own credentials pass. */
  readonly auth: readonly string[];
  readonly headers: readonly string[];
  readonly tags: readonly string[];
  /** Whether credentials may travel over plain http beyond loopback. */
  readonly allowInsecure: boolean;
  /** `ca`, `cert` and `key` are absolute paths of PEM files here, not their content. Undefined: nothing out of the ordinary. */
  readonly tls?: ServerTls | undefined;
  /** Whether a request may go bare where a plugin says that none of its credentials is meant. Default false. */
  readonly allowsAnonymous?: boolean | undefined;
  /** The header in which the credential goes below its AI gateway. Undefined: where the version of MLflow keeps it safe, or not at all. */
  readonly gateway?: GatewayOptions | undefined;
  /** Connections at a time, where connections are limited at all. Undefined: as many as the way in allows by itself. */
  readonly connections?: number | undefined;
}

/** TLS towards a listed server. */
export interface ServerTls extends TlsOptions {
  /** The variable of other programs that names `ca`, such as REQUESTS_CA_BUNDLE. What it names may be of no use. */
  readonly caVariable?: string | undefined;
}

/** What the file says of MLflow's AI gateway. */
export interface GatewayOptions {
  readonly header: string;
}

/** One entry of `plugins`. */
export interface InstanceConfig {
  /** Its key in the file. */
  readonly name: string;
  /** The entry-point name; the same as `name` unless the file says `plugin:`. */
  readonly plugin: string;
  /** Milliseconds after which a caller no longer waits. Default 15,000. */
  readonly timeout: number;
  /** Whether a failure of its headers or tags is only a warning. Default false. */
  readonly optional: boolean;
  /**
   * Checked by the plugin's own schema: environment fall-backs and defaults filled in, secrets as `SecretSource`, durations in
   * milliseconds, paths absolute. Frozen, with null-prototype objects.
   */
  readonly options: Readonly<Record<string, unknown>>;
  /** What `exec` keeps from the programs that it runs. */
  readonly secretVariables: SecretVariables;
  readonly package: PluginPackage;
  readonly entries: Readonly<Partial<Record<Group, EntryPoint>>>;
  readonly imports: ImportJudge;
}

/** Whether others could have code of theirs run by what a plugin imports from elsewhere: words for a message, or undefined. */
export interface ImportJudge {
  /** @param file of a module that is about to be imported; absolute, links resolved */
  moduleProblem(file: string): string | undefined;
  /** Of all that its package.json names. */
  dependencyProblem(): string | undefined;
}

/** An installed package that declares entry points. Only its package.json has been read. */
export interface PluginPackage {
  readonly name: string;
  readonly version: string;
  /** Absolute, as it was reached: symlinks are not resolved. */
  readonly folder: string;
  /** Absolute path of the JSON Schema of its options, symlinks resolved; undefined: it has none. */
  readonly configSchema?: string | undefined;
  /** The versions of core that it is made for, as its package.json has them among its peers; undefined: it says nothing. */
  readonly coreRange?: string | undefined;
  /** How it is put right, for one of ours that came with pip. */
  readonly repair?: RepairCommands | undefined;
}

/** The commands that put an installed package right. */
export interface RepairCommands {
  /** Installs it once more; undefined where no command does. */
  again(): string | undefined;
  /** Brings its newest version. */
  update(): string;
}

/** `"./dist/index.js:createRequestAuthProvider"` in a package.json, resolved. Nothing has been imported. */
export interface EntryPoint<G extends string = Group> {
  readonly group: G;
  readonly name: string;
  readonly package: PluginPackage;
  /** Absolute path with symlinks resolved; known to lie inside the package. */
  readonly module: string;
  /** The name of the exported factory. */
  readonly export: string;
}
