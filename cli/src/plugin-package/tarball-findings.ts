/** Whether the files that npm would publish are those that users need, and no other. */
import { existsSync, globSync, realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { readSmallTextSync } from "@mlflow-auth/core/internal/config";
import type { CheckedPackage, PackageFinding } from "@mlflow-auth/core/internal/package-check";
import { isNamed, namedFiles } from "./named-files.js";
import { packedFiles } from "./packed-files.js";
import type { Looked } from "./types-findings.js";

/** What is not looked into where npm does not say which files it packs. */
const tarballChecked = "which files would be published";

/** @param imports whether the package's modules may be imported, to know which of them are needed */
export async function lookAtTarball(checked: CheckedPackage, imports: boolean): Promise<Looked> {
  const packed = await packedFiles(checked.folder);
  if ("why" in packed) return { findings: [], unchecked: [{ what: tarballChecked, why: packed.why }] };
  const { files } = packed;
  const missing = missingFiles(checked, files);
  const loaded = imports ? await missingModules(checked, files) : [];
  const isTold = ({ file }: PackageFinding) => missing.some((one) => one.file === file);
  const findings = [
    ...missing,
    ...loaded.filter((one) => !isTold(one)),
    ...files.flatMap((file) => secretIn(checked.folder, file)),
    ...needlessFiles(files),
  ];
  return { findings, unchecked: [] };
}

function missingFiles({ folder, json }: CheckedPackage, files: readonly string[]): PackageFinding[] {
  const found = new Map<string, PackageFinding>();
  for (const named of namedFiles(json)) {
    const { path, pointer } = named;
    if (files.some((file) => isNamed(named, file)) || found.has(path)) continue;
    const isThere = path.includes("*") ? globSync(path, { cwd: folder }).length > 0 : existsSync(join(folder, path));
    // That an entry point or a schema is not there at all is found where core looks for it.
    if (!isThere && /^\/(?:entry-points|mlflow-auth-plugin)/.test(pointer)) continue;
    const what = isThere
      ? `package.json names ${path}, which would not be published`
      : `package.json names ${path}, which is not there`;
    const remedy = isThere ? 'add it to "files"' : "build the package first, or correct the name";
    found.set(path, { code: "missing-file", severity: "error", what, file: path, remedy });
  }
  return [...found.values()];
}

/** The package's own modules that an import of it needs. */
async function missingModules(
  { folder, imported }: CheckedPackage,
  files: readonly string[],
): Promise<PackageFinding[]> {
  const top = realpathSync(folder);
  const own = (await imported()).modules
    .map((module) => relative(top, module).split(sep).join("/"))
    .filter((path) => !path.startsWith("../") && !path.includes("node_modules/"));
  return own
    .filter((path) => !files.includes(path))
    .map((path) => ({
      code: "missing-file",
      severity: "error",
      what: `the package imports its ${path}, which would not be published`,
      file: path,
      remedy: 'add it to "files"',
    }));
}

/** Names of files in which people and programs keep credentials. */
const secretName =
  /(?:^|\/)(?:\.env(?:\.(?!example$|sample$|template$)[^/]*)?|\.npmrc|\.yarnrc\.yml|\.netrc|\.git-credentials|\.vault-token|\.pypirc|id_(?:rsa|dsa|ecdsa|ed25519)[^/]*|[^/]*\.(?:pem|key|p12|pfx|jks|keystore|kdbx)|(?:service-account|credentials)[^/]*\.json)$|(?:^|\/)\.(?:aws|ssh|gnupg|kube)\//i;
/** What is in them, wherever it stands: a key with its content, and the token of a registry. */
const secretText =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\s|\\n|\\r)+[A-Za-z0-9+/=]{40}|:_authToken\s*=\s*(?!\$)[^\s"'$]{8}/;
/** Bytes: of a larger file the name alone is judged. */
const MOST_BYTES = 1024 * 1024;

function secretIn(folder: string, file: string): PackageFinding[] {
  const what = (why: string) => `${file} ${why}, and would be published`;
  const remedy = 'leave it out: list in "files" what users need. What was published once has to be revoked';
  const finding = (why: string): PackageFinding[] => [
    { code: "secret-file", severity: "error", what: what(why), file, remedy },
  ];
  if (secretName.test(file) && !/\.pub$/.test(file)) return finding("has the name of a file that holds credentials");
  const read = readSmallTextSync(join(folder, file), MOST_BYTES);
  return "text" in read && secretText.test(read.text) ? finding("holds a private key or a token") : [];
}

/** What nobody needs who uses a package. */
const needless =
  /(?:^|\/)(?:tests?|__tests__|spec|fixtures|coverage|\.github|\.vscode|\.idea|\.ci)\/|\.(?:test|spec)\.[cm]?[jt]sx?$|\.tsbuildinfo$|(?:^|\/)(?:tsconfig[^/]*\.json|mlflow-auth\.(?:yaml|yml|json)|\.mlflow-auth\.schema\.json|package-lock\.json|pnpm-lock\.yaml|yarn\.lock|\.DS_Store)$/;
/** Named in one finding. */
const MOST_NAMED = 3;

function needlessFiles(files: readonly string[]): PackageFinding[] {
  const found = files.filter((file) => needless.test(file) && !secretName.test(file));
  if (found.length === 0) return [];
  const more = found.length - MOST_NAMED;
  const names = [...found.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])].join(", ");
  const what = `users need no tests and no settings of the project, and these would be published: ${names}`;
  return [
    {
      code: "needless-file",
      severity: "warning",
      what,
      file: "package.json",
      remedy: 'list in "files" what they need',
    },
  ];
}
