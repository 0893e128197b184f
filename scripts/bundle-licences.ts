/** The licences of what is bundled: who passes on a copy must pass on its licence. */
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

/**
 * The text of every package's licence, one after the other.
 *
 * @param files absolute paths of all that is bundled; those outside of node_modules are the project's own
 * @throws Error for a package that names no licence: it must not be bundled unseen
 */
export function licencesOf(files: readonly string[]): string {
  const packages = [...new Set(files.map(packageFolder).filter((folder) => folder !== undefined))];
  const texts = packages.map((folder) => {
    const { name, version, license, author, repository } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    );
    if (typeof license !== "string") throw new Error(`${name} ${version} is bundled and names no licence`);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
    const text =
      file === undefined
        ? `The package holds no licence text.\nAuthor: ${author?.name ?? author}\nSource: ${repository?.url ?? repository}`
        : readFileSync(join(folder, file), "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  const line = `\n${"-".repeat(80)}\n\n`;
  return `The command mlflow-auth contains these packages.\n${line}${texts.sort().join(line)}`;
}

function packageFolder(file: string): string | undefined {
  const parts = file.split(sep);
  const at = parts.lastIndexOf("node_modules");
  if (at === -1) return undefined;
  return parts.slice(0, at + (parts[at + 1]?.startsWith("@") ? 3 : 2)).join(sep);
}
