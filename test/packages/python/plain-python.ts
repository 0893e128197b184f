/** The machine's Python without the packages that somebody has installed into it: a test must not find ours there, nor pip take them as installed. */
import { copyFileSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "../../servers/installation/run.ts";
import { plainEnvironment } from "../managers.ts";
import { emptyFolder } from "./environment.ts";

/**
 * Lays out a Python whose standard library is the machine's, by links, and whose packages are pip alone. It is no virtual environment:
 * packages may be installed into it as into a machine's Python.
 *
 * @param path of a Python
 * @returns the path of the other one, which goes with this process
 */
export async function plainPython(path: string): Promise<string> {
  const { executable, stdlib, libraries, pip } = JSON.parse(await ask(path, WHERE));
  const folder = emptyFolder("python");
  const [python, lib] = [join(folder, "bin", "python3"), join(folder, "lib")];
  const own = join(lib, basename(stdlib));
  for (const made of [join(folder, "bin"), own]) mkdirSync(made, { recursive: true });
  // Not a link: Python looks for its library beside what its links lead to.
  copyFileSync(realpathSync(executable), python);
  symlinkSync("python3", join(folder, "bin", "python"));
  const left = /^(?:site|dist)-packages$|^EXTERNALLY-MANAGED$/;
  link(stdlib, own, (name) => !left.test(name));
  link(libraries, lib, (name) => name.startsWith("libpython"));
  const [site] = JSON.parse(await ask(python, "import json, site; print(json.dumps(site.getsitepackages()))"));
  mkdirSync(site, { recursive: true });
  link(pip, site, (name) => /^pip(?:-.*)?$/.test(name));
  return python;
}

const WHERE = `
import json, os, pip, sys, sysconfig
print(json.dumps({
    "executable": getattr(sys, "_base_executable", sys.executable),
    "stdlib": sysconfig.get_path("stdlib"),
    "libraries": sysconfig.get_config_var("LIBDIR") or "",
    "pip": os.path.dirname(os.path.dirname(pip.__file__)),
}))
`;

function ask(python: string, code: string): Promise<string> {
  return run(python, ["-I", "-c", code], { env: plainEnvironment() });
}

function link(from: string, to: string, counts: (name: string) => boolean): void {
  for (const name of readdirSync(from)) if (counts(name)) symlinkSync(join(from, name), join(to, name));
}
