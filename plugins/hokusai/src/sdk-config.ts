/**
 * `~/.hokusai/config`, which Hokusai's SDK reads with Python's configparser. The INI parsers of npm have other rules: they take `;`
 * within a value for a comment and quotes away, and know no colon, so that they would make another key of some.
 */

/** `api_key` in the section `[default]`; undefined if it is not there. One that goes on in a second line keeps the line break. */
export function apiKeyIn(text: string): string | undefined {
  let section = "";
  let option: string | undefined;
  let key: string | undefined;
  for (const line of text.split(/\r?\n|\r/)) {
    const trimmed = line.trim();
    if (trimmed === "" || /^[#;]/.test(trimmed)) continue;
    const isIndented = /^\s/.test(line);
    if (isIndented && option !== undefined) {
      if (section === "default" && option === "api_key") key = `${key}\n${trimmed}`;
      continue;
    }
    const [, name] = /^\[(.+)\]/.exec(trimmed) ?? [];
    if (name !== undefined) {
      section = name.toLowerCase();
      option = undefined;
      continue;
    }
    const at = trimmed.search(/[=:]/);
    if (at === -1) continue;
    option = trimmed.slice(0, at).trim().toLowerCase();
    if (section === "default" && option === "api_key") key = trimmed.slice(at + 1).trim();
  }
  return key === "" ? undefined : key;
}
