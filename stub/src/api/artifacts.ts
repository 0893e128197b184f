/**
 * Artifacts: what a run has, and the files that the server keeps by itself (`mlflow-artifacts:/`). Paths are relative, and checked by
 * {@link safePath}, which throws an MlflowError `INVALID_PARAMETER_VALUE`.
 */
import { json, noSuchMethod, type StubRequest, type StubResponse } from "../http/message.js";
import { invalid, notFound } from "../http/mlflow-error.js";
import type { Parameters } from "../http/read-body.js";
import { type ArtifactInfo, safePath } from "../store/artifact-store.js";
import type { Store } from "../store/store.js";
import { requiredText, text } from "./parameter.js";
import { runId } from "./runs.js";
import { unlessEmpty } from "./wire.js";

/** Extensions of what MLflow serves as text (mlflow/utils/mime_type_utils.py), with the names MLmodel and MLproject. */
const TEXT =
  "txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst mlmodel mlproject";
const textExtensions = new Set(TEXT.split(" "));

const otherTypes: Readonly<Record<string, string>> = {
  gif: "image/gif",
  gz: "application/gzip",
  htm: "text/html",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  zip: "application/zip",
};

/**
 * `mlflow/artifacts/list`: gives `{ root_uri, files }`: what stands directly in a folder of a run, with paths from the run's root.
 * A folder that does not exist is empty.
 *
 * @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for no such run, `INVALID_PARAMETER_VALUE` if its artifacts are kept elsewhere
 */
export function listRunArtifacts(store: Store, parameters: Parameters) {
  const id = runId(parameters);
  const path = safePath(text(parameters, "path") ?? "");
  const { artifactUri } = store.run(id);
  const found = store.artifacts.list(join(storePath(artifactUri), path));
  return { root_uri: artifactUri, files: unlessEmpty(found.map((info) => fileOnWire(info, path))) };
}

/** The run's folder in the store. @throws MlflowError `INVALID_PARAMETER_VALUE` if its artifacts are kept elsewhere */
function storePath(uri: string): string {
  const [, path] = /^mlflow-artifacts:\/*(?:\/\/[^/]*\/)?(.*)$/.exec(uri) ?? [];
  if (path === undefined) throw invalid("The stub keeps only artifacts below mlflow-artifacts:/.");
  return path;
}

function fileOnWire({ name, size }: ArtifactInfo, folder: string) {
  return { path: join(folder, name), is_dir: size === undefined, file_size: size || undefined };
}

function join(folder: string, path: string): string {
  return [folder, path].filter((part) => part !== "").join("/");
}

/** `mlflow-artifacts/artifacts?path=FOLDER`: gives `{ files }`, with paths from that folder. Without `path`: from the root. */
export function listStoredArtifacts(store: Store, parameters: Parameters) {
  const folder = safePath(text(parameters, "path") ?? "");
  return { files: unlessEmpty(store.artifacts.list(folder).map((info) => fileOnWire(info, ""))) };
}

/**
 * `mlflow-artifacts/artifacts/PATH`: GET and HEAD download, PUT uploads and replaces, DELETE removes a file or a whole folder.
 *
 * @param escapedPath as it stands in the URL
 * @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for no such file to download
 * @throws TooLarge for an upload of more bytes than the server keeps of one artifact
 */
export async function storedArtifact(store: Store, request: StubRequest, escapedPath: string): Promise<StubResponse> {
  const path = safePath(escapedPath);
  switch (request.method) {
    case "GET":
    case "HEAD":
      return download(store, path);
    case "PUT":
      await store.artifacts.write(path, request.body);
      return { status: 200, headers: {}, body: "" };
    case "DELETE":
      store.artifacts.remove(path);
      return json(200, {});
    default:
      return noSuchMethod;
  }
}

/**
 * `/get-artifact?run_id=…&path=…`, outside of the API: downloads a file of a run, for the user interface and old clients.
 *
 * @throws MlflowError `RESOURCE_DOES_NOT_EXIST` for no such run or file, `INVALID_PARAMETER_VALUE` if `path` is missing
 */
export function getArtifact(store: Store, parameters: Parameters): StubResponse {
  const id = runId(parameters);
  const path = safePath(requiredText(parameters, "path"));
  return download(store, join(storePath(store.run(id).artifactUri), path));
}

function download(store: Store, path: string): StubResponse {
  const content = store.artifacts.read(path);
  if (content === undefined && store.artifacts.isFolder(path))
    return json(400, { detail: `Artifact path refers to a directory, not a file: '${path}'` });
  if (content === undefined) throw notFound(`No such artifact: '${path}'`);
  const name = path.split("/").at(-1) ?? "";
  const headers = {
    "content-type": mimeType(name),
    "content-disposition": disposition(name),
    "x-content-type-options": "nosniff",
  };
  return { status: 200, headers, body: content };
}

function disposition(name: string): string {
  if (/^[\w.-]+$/.test(name)) return `attachment; filename=${name}`;
  if (/^[ -~]+$/.test(name)) return `attachment; filename="${name.replaceAll(/["\\]/g, "\\$&")}"`;
  return `attachment; filename*=UTF-8''${encodeURIComponent(name)}`;
}

/** The type that MLflow serves an artifact as. */
function mimeType(name: string): string {
  const extension = name.split(".").at(-1)?.toLowerCase() ?? "";
  return textExtensions.has(extension) ? "text/plain" : (otherTypes[extension] ?? "application/octet-stream");
}
