/** How a Python package describes itself: https://packaging.python.org/en/latest/specifications/core-metadata/ */

/** The fields that ours have. */
export interface PythonMetadata {
  readonly name: string;
  /** As {@link pythonVersion} gives it. */
  readonly version: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  /** As `Requires-Dist` has them. */
  readonly requires: readonly string[];
  /** By the name of the extra, what it adds. */
  readonly extras?: Readonly<Record<string, readonly string[]>>;
  /** By its label, where more of it is. */
  readonly urls?: Readonly<Record<string, string>>;
  /** Markdown. */
  readonly description: string;
}

/** The oldest Python that it works with. */
const PYTHON = ">=3.9";

/** @param licences names of files in the folder `licenses` */
export function metadataText(metadata: PythonMetadata, licences: readonly string[]): string {
  const { name, version, summary, keywords, requires, extras = {}, urls = {}, description } = metadata;
  const fields = [
    ["Metadata-Version", "2.4"],
    ["Name", name],
    ["Version", version],
    ["Summary", summary],
    ["Keywords", keywords.join(",")],
    ["License-Expression", "Apache-2.0"],
    ...licences.map((file) => ["License-File", file]),
    ["Classifier", "Operating System :: MacOS"],
    ["Classifier", "Operating System :: POSIX :: Linux"],
    ["Classifier", "Programming Language :: Python :: 3"],
    ...Object.entries(urls).map(([label, url]) => ["Project-URL", `${label}, ${url}`]),
    ["Requires-Python", PYTHON],
    ...requires.map((requirement) => ["Requires-Dist", requirement]),
    ...Object.entries(extras).flatMap(([extra, added]) => [
      ["Provides-Extra", extra],
      ...added.map((requirement) => ["Requires-Dist", withMarker(requirement, `extra == "${extra}"`)]),
    ]),
    ["Description-Content-Type", "text/markdown"],
  ];
  return `${fields.map(([field, value]) => `${field}: ${value}\n`).join("")}\n${description}`;
}

function withMarker(requirement: string, marker: string): string {
  return `${requirement}; ${marker}`;
}

/** What a package.json says of where the package is at home; nothing where it does not. */
export function projectUrls({ homepage, repository }: { homepage?: string; repository?: { url: string } | string }) {
  const url = typeof repository === "string" ? repository : repository?.url;
  return {
    ...(homepage && { Homepage: homepage }),
    ...(url && { Repository: url.replace(/^git\+/, "").replace(/\.git$/, "") }),
  };
}

const PHASES: Readonly<Record<string, string>> = { alpha: "a", beta: "b", rc: "rc" };

/** npm's version in the form of Python: `1.0.0-beta.2` is `1.0.0b2` there. @throws Error for one that has no such form */
export function pythonVersion(version: string): string {
  const [, release, phase = "", count] = /^(\d+\.\d+\.\d+)(?:-([a-z]+)\.(\d+))?$/.exec(version) ?? [];
  if (release !== undefined && phase === "") return release;
  const short = PHASES[phase];
  if (release === undefined || short === undefined) throw new Error(`Python has no form for the version ${version}`);
  return `${release}${short}${count}`;
}

/** What works together: as `^` means it to npm, where before 1.0 the minor version is the one that breaks. */
export function compatible(version: string): string {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return `>=${version},<${major > 0 ? major + 1 : `0.${minor + 1}`}`;
}
