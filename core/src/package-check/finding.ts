/** What a plugin's package has that keeps it from working, or deserves a look, before it is published. */

/** What a finding is about. The guide of the command line explains each. */
export const findingCodes = [
  "package-json",
  "group",
  "interface",
  "entry-point",
  "schema",
  "hidden-value",
  "own-option",
  "open-object",
  "slow-pattern",
  "description",
  "default",
  "example",
  "variable",
  "plain-secret",
  "literal-secret",
  "environment",
  "import",
  "side-effect",
  "other-package",
  "heavy-import",
  "types",
  "missing-file",
  "secret-file",
  "needless-file",
  "core-range",
  "node-range",
  "keyword",
  "publishing",
] as const;

/** One of {@link findingCodes}. */
export type FindingCode = (typeof findingCodes)[number];

/** One of them. Nothing of it holds a value from the package that may be a credential. */
export interface PackageFinding {
  readonly code: FindingCode;
  /** An error keeps users from it, or does them harm; a warning deserves a look. */
  readonly severity: "error" | "warning";
  /** A sentence without a full stop: what is wrong. */
  readonly what: string;
  /** Below the package's folder, with `/`. */
  readonly file?: string | undefined;
  /** A JSON pointer into that file. */
  readonly pointer?: string | undefined;
  /** 1-based, where a line is known. */
  readonly line?: number | undefined;
  /** 1-based, likewise. */
  readonly column?: number | undefined;
  /** What to do, likewise a sentence. */
  readonly remedy: string;
}

/** @param pointer into a file, which whoever knows it adds */
export function finding(
  severity: PackageFinding["severity"],
  code: FindingCode,
  pointer: string,
  what: string,
  remedy: string,
): PackageFinding {
  return { code, severity, what, pointer, remedy };
}

/** The same of package.json. */
export function inManifest(...parts: Parameters<typeof finding>): PackageFinding {
  return { ...finding(...parts), file: "package.json" };
}

/**
 * Where in the package: `config.schema.json:12:5 #/properties/token`, without line and column where they are not known
 * `config.schema.json#/properties/token`, of a file without pointers `dist/key.pem:3`. Empty for the package as a whole.
 */
export function placeOf({ file = "", pointer = "", line, column }: PackageFinding): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  if (pointer === "") return place;
  return `${place}${line === undefined ? "" : " "}#${pointer}`;
}
