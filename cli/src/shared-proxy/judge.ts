/** Who may share a proxy: only a program to which one of its own would give the same. */
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Config } from "@mlflow-auth/core/internal";
import type { PythonEnvironment } from "@mlflow-auth/core/internal/python";
import { countingNames, countingValues, type Environment, everyName, fileUsedAt } from "../same-meaning.js";
import type { Ask } from "./ask.js";

/** What a proxy goes by, as it was when it started. */
export interface Meaning {
  readonly launched: PythonEnvironment;
  readonly namespaces: Readonly<Record<string, string>>;
  /** As {@link ownRights} gives it. */
  readonly rights: Readonly<Record<string, string>>;
  /** Undefined: the environment stands in its place, and the folder counts. */
  readonly file: { readonly path: string; readonly text: string } | undefined;
  readonly cwd: string | null;
  readonly config: Config;
  readonly env: Environment;
  /** Names of variables that were read; it grows while plugins work. */
  readonly reads: ReadonlySet<string>;
  /** Of the packages of plugins, as {@link installedNow} gives it. */
  readonly installed: string;
}

/** What no plugin asks for by name and all connections go by: corporate proxies, Node's own settings, and where a user's files are. */
const ALWAYS = [
  ..."HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY http_proxy https_proxy no_proxy all_proxy HOME".split(" "),
  ..."NODE_OPTIONS NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED NODE_USE_SYSTEM_CA NODE_USE_ENV_PROXY".split(" "),
  ..."SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF".split(" "),
];

/** What {@link ownRights} has. */
const RIGHTS = ["groups", "capabilities", "root"] as const;

/** Names of variables that hold paths. One that is relative means another file in another folder. */
const PATHS = /_(?:PATH|FILE|CERTS?|CACERT|CAPATH|BUNDLE|DIR|ROOT|CLIENT_KEY)$/;

/**
 * What the shell that starts a proxy hands on whatever shell it is, but for LC_CTYPE: Python sets that for itself (PEP 538), and a successor
 * is started by another Python than its programs are. How a proxy is started is compared as what it is.
 */
const handedOn = /^(?!LC_CTYPE$|_MLFLOW_AUTH_)[A-Za-z_]\w*$/;

/**
 * By what launchers tell the processes of a pool or the kernels of a server apart, and what MLflow writes while a program runs. Where all
 * variables count, these do only if they are read.
 */
const OF_ONE_PROCESS = new RegExp(
  `^(?:${[
    "JPY_\\w+|(?:\\w+_)?RANK|SLURM_(?:PROCID|LOCALID|NODEID|GTIDS|TASK_PID)|PMIX?_\\w+|OMPI_\\w+|CUDA_VISIBLE_DEVICES",
    "MLFLOW_(?:EXPERIMENT_ID|RUN_ID|ENABLE_ASYNC_LOGGING|TRACING_SQL_WAREHOUSE_ID)|_MLFLOW_\\w+|OTEL_RESOURCE_ATTRIBUTES",
  ].join("|")})$`,
);

/** Whether one of these variables holds a path that begins in the folder of whoever reads it. */
export function leadsFromFolder(
  variables: readonly (readonly [name: string, value: string | null | undefined])[],
): boolean {
  return variables.some(([name, value]) => PATHS.test(name) && value && !/^[/~]/.test(value));
}

/** What is not the same for a program that asks, in a word; undefined: nothing is. */
export async function differenceOf(ask: Ask, own: Meaning): Promise<string | undefined> {
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  const { version, prefix, plugins } = own.launched;
  if (ask.version !== version) return "version";
  if (ask.prefix !== prefix || !same(ask.plugins, plugins)) return "environment";
  if (!["net", "mnt"].every((kind) => ask.namespaces[kind] === own.namespaces[kind])) return "namespaces";
  if (!RIGHTS.every((kind) => ask.rights[kind] === own.rights[kind])) return "rights";
  const values = valuesIn(own.env, own);
  if (!same(values, valuesIn(ask.env, own))) return "variables";
  if ((leadsFromFolder(values) || own.file === undefined) && ask.cwd !== own.cwd) return "folder";
  // Without a folder only a file that is named by its absolute path can be found.
  if (ask.cwd === null && !isAbsolute(ask.env["MLFLOW_AUTH_CONFIG"] ?? "")) return "folder";
  const used = await fileUsedAt({ cwd: ask.cwd ?? "/", env: ask.env });
  if (used === undefined) return "file";
  const file = used === "none" ? undefined : { path: used.file, text: used.text };
  if (!same(file, own.file)) return "file";
  return installedNow(own.config) === own.installed ? undefined : "plugins";
}

/**
 * The same where it is not known yet which variables a plugin reads as it gives its credential, as a command does that prints one: all of
 * them count.
 */
export function differenceOfAny(ask: Ask, own: Meaning): Promise<string | undefined> {
  return differenceOf(ask, { ...own, reads: new Set([...own.reads, everyName]) });
}

function valuesIn(env: Environment, { reads }: Meaning): ReturnType<typeof countingValues> {
  const all = reads.has(everyName)
    ? Object.keys(env).filter((name) => handedOn.test(name) && !OF_ONE_PROCESS.test(name))
    : [];
  return countingValues(countingNames(reads), env, [...ALWAYS, ...all]);
}

/** What a token stands for. A successor for which it is another one serves nobody who has that token. */
export function digestOf(own: Meaning): string {
  const { launched, namespaces, rights, file, cwd, env } = own;
  const folder = file === undefined ? cwd : null;
  const where = [namespaces.net, namespaces.mnt, ...RIGHTS.map((kind) => rights[kind])];
  const parts = [launched, where, file, folder, valuesIn(env, own)];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** Where this process counts network interfaces and mounts. Empty where there is no such thing. */
export function ownNamespaces(): Record<string, string> {
  try {
    return Object.fromEntries(["net", "mnt"].map((kind) => [kind, readlinkSync(`/proc/self/ns/${kind}`)]));
  } catch {
    return {};
  }
}

/**
 * By which groups and capabilities this process reads files, and from which root: one that has fewer would get by it what it may not read
 * itself. Empty where there is no /proc. As proxy/python/mlflow_auth_bridge/rights.py has it.
 */
export function ownRights(): Record<string, string> {
  try {
    const [, capabilities = ""] = /^CapBnd:\s*(\w+)/m.exec(readFileSync("/proc/self/status", "latin1")) ?? [];
    const { dev, ino } = statSync("/", { bigint: true });
    const own = process.getegid?.() ?? -1;
    const groups = [...new Set([own, ...(process.getgroups?.() ?? [])])].sort((one, other) => one - other);
    return { groups: [own, ...groups].join(" "), capabilities, root: `${dev} ${ino}` };
  } catch {
    return {};
  }
}

/** Which plugins lie where the file's come from: another text once one of them was put in anew. */
export function installedNow({ instances }: Config): string {
  const manifests = new Set(instances.map((instance) => join(instance.package.folder, "package.json")));
  return JSON.stringify([...manifests].map((path) => [path, changeOf(path)]));
}

function changeOf(path: string): unknown {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && [stats.ino, stats.size, stats.mtimeMs];
}
