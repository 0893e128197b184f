/** What people install with pip: a wheel, and an archive of sources of which pip makes the same wheel. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { makeTar } from "../cli/src/create-plugin/tarball.ts";
import { metadataText, type PythonMetadata } from "./python-metadata.ts";
import { makeWheel, type PackedFile, wheelName } from "./python-wheel.ts";

/** What a distribution is made of. */
export interface Distribution {
  readonly metadata: PythonMetadata;
  /** Import packages, with their path from the top. */
  readonly files: readonly PackedFile[];
  /** Texts by the name of their file. */
  readonly licences: Readonly<Record<string, string>>;
  /** Text of the file entry_points.txt, if there are any. */
  readonly entryPoints?: string;
}

/** A file to publish. */
export interface Published {
  readonly name: string;
  readonly bytes: Buffer;
}

/** 1980-01-01, the first day that ZIP archives have, for a wheel is made of what this one holds. Seconds since 1970. */
const MODIFIED = 315_532_800;

const WHEEL = "Wheel-Version: 1.0\nGenerator: mlflow-auth\nRoot-Is-Purelib: true\nTag: py3-none-any\n";

/** @param sources folder with the files that the archive of sources has beside those of the wheel: how it is built */
export function makeDistributions(distribution: Distribution, sources: string): Published[] {
  const { metadata } = distribution;
  const stem = `${metadata.name.replaceAll("-", "_")}-${metadata.version}`;
  const files = installed(distribution, `${stem}.dist-info`);
  const sourceFiles = [
    ...files.map(({ path, bytes }) => ({ path: `wheel/${path}`, bytes })),
    ...["pyproject.toml", "build_backend.py"].map((path) => ({ path, bytes: readFileSync(join(sources, path)) })),
    { path: "PKG-INFO", bytes: metadataFile(distribution) },
  ];
  const archive = sourceFiles.map(({ path, bytes }) => ({ path: `${stem}/${path}`, bytes })).sort(byPath);
  return [
    { name: wheelName(files), bytes: makeWheel(files, { compressed: true }) },
    { name: `${stem}.tar.gz`, bytes: gzipSync(makeTar(archive, MODIFIED), { level: 9 }) },
  ];
}

/** All files of the wheel, RECORD among them, by which it is checked and uninstalled. */
function installed(distribution: Distribution, info: string): PackedFile[] {
  const { files, licences, entryPoints } = distribution;
  const described = [
    ...files,
    { path: `${info}/METADATA`, bytes: metadataFile(distribution) },
    text(`${info}/WHEEL`, WHEEL),
    ...(entryPoints === undefined ? [] : [text(`${info}/entry_points.txt`, entryPoints)]),
    ...Object.entries(licences).map(([name, licence]) => text(`${info}/licenses/${name}`, licence)),
  ].sort(byPath);
  const record = [...described.map(recorded), `${info}/RECORD,,`];
  return [...described, text(`${info}/RECORD`, record.map((line) => `${line}\n`).join(""))];
}

const byPath = (one: PackedFile, other: PackedFile) => (one.path < other.path ? -1 : 1);

function metadataFile({ metadata, licences }: Distribution): Buffer {
  return Buffer.from(metadataText(metadata, Object.keys(licences)));
}

function recorded({ path, bytes }: PackedFile): string {
  const digest = createHash("sha256").update(bytes).digest("base64url");
  return `${/[",]/.test(path) ? `"${path.replaceAll('"', '""')}"` : path},sha256=${digest},${bytes.length}`;
}

function text(path: string, content: string): PackedFile {
  return { path, bytes: Buffer.from(content) };
}
