/** What `plugins --check` says of a package, as programs read it. */
import * as assert from "uvu/assert";
import type { SoundPackage } from "../../core/test/package-check/sound-package.js";
import { run } from "./command.js";

/** One of its findings, as far as tests look at it. */
export interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly what: string;
  readonly file?: string;
}

/** @returns the exit code; of each finding severity, code and file, as a text; and all of the data */
export async function reportOf({ folder }: SoundPackage, ...args: string[]) {
  const { code, stdout, stderr } = await run(["plugins", "--check", "--json", ...args], { cwd: folder });
  assert.ok(stdout.startsWith("{"), stderr);
  const data = JSON.parse(stdout);
  const shown = (data.findings as Finding[]).map((one) => `${one.severity} ${one.code} ${one.file ?? ""}`.trimEnd());
  return { code, shown, data };
}
