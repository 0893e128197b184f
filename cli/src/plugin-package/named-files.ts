/** The files that a package's package.json names. */
import { pointerTo } from "@mlflow-auth/core/internal/config";

/** One of them. */
export interface NamedFile {
  /** Below the package's folder, with `/`; may hold one `*`. */
  readonly path: string;
  /** A JSON pointer into package.json. */
  readonly pointer: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Entry points, schema, environment, exports, types, programs: each place that names a file of the package. */
export function namedFiles(json: Json): NamedFile[] {
  const plugin = (json["mlflow-auth-plugin"] ?? {}) as Json;
  return [
    ...below(json["entry-points"], "/entry-points", (text) => text.replace(/:[^:/]*$/, "")),
    ...["configSchema", "environment"].flatMap((key) => fileOrFiles(plugin[key], `/mlflow-auth-plugin/${key}`)),
    ...below(json["exports"], "/exports"),
    ...["main", "module", "types", "typings", "bin"].flatMap((key) => below(json[key], `/${key}`)),
  ];
}

/** A file's name, or one for each plugin; a schema that stands there itself names none. */
function fileOrFiles(value: unknown, pointer: string): NamedFile[] {
  if (typeof value === "string") return below(value, pointer);
  const files = Object.entries((value ?? {}) as Json).filter(([, file]) => typeof file === "string");
  return files.flatMap(([name, file]) => below(file, pointerTo(pointer, name)));
}

/** Levels of a value; those of "exports" are four at most. Whoever has more names no file that anybody finds. */
const DEEPEST = 20;

/** Every text in a value. */
function below(value: unknown, pointer: string, pathIn = (text: string) => text, level = 0): NamedFile[] {
  if (typeof value === "string") {
    const path = pathIn(value).replace(/^\.\//, "");
    return path === "" || path.startsWith("../") || path.startsWith("/") ? [] : [{ path, pointer }];
  }
  if (typeof value !== "object" || value === null || level === DEEPEST) return [];
  return Object.entries(value).flatMap(([key, inner]) => below(inner, pointerTo(pointer, key), pathIn, level + 1));
}

/** Whether a file is the one that is named, or one of those. */
export function isNamed({ path }: NamedFile, file: string): boolean {
  const [before = "", after] = path.split("*");
  return after === undefined ? file === path : file.startsWith(before) && file.endsWith(after);
}
