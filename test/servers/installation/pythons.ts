/** Versions of Python beside the machine's own. Nothing that npm or PyPI has brings one: whoever is missing one gets it from pyenv or uv. */
import { globSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run, which } from "./run.ts";

/** What tests ask for: the oldest that is supported, a usual one, a new one. */
export const pythonVersions = { "python3.9": "3.9", "python3.11": "3.11", "python3.13": "3.13" } as const;

/** One of these versions. */
export type PythonName = keyof typeof pythonVersions;

/** The path of one, as PATH, pyenv or uv have it. */
export async function findPythonVersion(name: PythonName): Promise<string | undefined> {
  const version = pythonVersions[name];
  for (const path of [which(name), ...kept(version)]) {
    if (path === undefined) continue;
    const found = await run(path, ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).catch(() => "");
    // A shim of pyenv is on PATH also where it leads nowhere.
    if (found.trim() === version) return path;
  }
  return undefined;
}

function kept(version: string): string[] {
  const pyenv = process.env["PYENV_ROOT"] || join(homedir(), ".pyenv");
  const uv = process.env["UV_PYTHON_INSTALL_DIR"] || join(homedir(), ".local", "share", "uv", "python");
  return [
    ...globSync(`versions/${version}.*/bin/python`, { cwd: pyenv }).map((path) => join(pyenv, path)),
    ...globSync(`cpython-${version}.*/bin/python`, { cwd: uv }).map((path) => join(uv, path)),
  ];
}
