/** The licences of what is bundled: who passes on a copy must pass on its licence. */
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

/**
 * The text of every package's licence, one after the other.
 *
 * @param files absolute paths of all that is bundled; those outside of node_modules are the project's own
 * @param bundle what contains them, as the beginning of a sentence
 * @throws Error for a package that names no licence, or whose licence has no text: it must not be bundled unseen
 */
export function licencesOf(files: readonly string[], bundle = "The command mlflow-auth"): string {
  const packages = [...new Set(files.map(packageFolder).filter((folder) => folder !== undefined))];
  const texts = packages.map((folder) => {
    const { name, version, license: named, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const license = Array.isArray(named) ? choiceOf(named) : named;
    if (typeof license !== "string") throw new Error(`${name} ${version} is bundled and names no licence`);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
    const text =
      file === undefined
        ? standardText(license, author?.name ?? author, name)
        : readFileSync(join(folder, file), "utf8").trim();
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  const line = `\n${"-".repeat(80)}\n\n`;
  return `${bundle} contains these packages.\n${line}${texts.sort().join(line)}`;
}

/** npm's older form, a list from which one may choose. */
function choiceOf(licences: readonly { readonly type: string }[]): string {
  return licences.map(({ type }) => type).join(" OR ");
}

/** Of a package that names its licence and leaves out the text, which has to go with every copy all the same. */
function standardText(license: string, author: unknown, name: string): string {
  if (license === "Apache-2.0") return readFileSync(new URL("../LICENSE", import.meta.url), "utf8").trim();
  if (license !== "MIT" || typeof author !== "string") {
    throw new Error(`${name} is bundled without the text of its licence, ${license}, and this script has none for it`);
  }
  return MIT.replace("AUTHOR", author);
}

const MIT = `Copyright (c) AUTHOR

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;

function packageFolder(file: string): string | undefined {
  const parts = file.split(sep);
  const at = parts.lastIndexOf("node_modules");
  if (at === -1) return undefined;
  return parts.slice(0, at + (parts[at + 1]?.startsWith("@") ? 3 : 2)).join(sep);
}
