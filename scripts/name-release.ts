/** Puts the lines under "Unreleased" in CHANGELOG.md under a heading with the version of the packages and today's date. */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../CHANGELOG.md", import.meta.url));
const { version } = JSON.parse(readFileSync(new URL("../core/package.json", import.meta.url), "utf8"));
const text = readFileSync(file, "utf8");
if (!text.includes(`## [${version}]`)) {
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(file, text.replace("## [Unreleased]\n", `## [Unreleased]\n\n## [${version}] - ${today}\n`));
}
