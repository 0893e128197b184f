const TEXT =
  "txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst mlmodel mlproject";
const text = new Set(TEXT.split(" "));

const others: Readonly<Record<string, string>> = {
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

/** The type that MLflow serves an artifact as. */
export function mimeType(name: string): string {
  const extension = name.split(".").at(-1)?.toLowerCase() ?? "";
  return text.has(extension) ? "text/plain" : (others[extension] ?? "application/octet-stream");
}
