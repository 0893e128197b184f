/** A virtual environment over another one: it has the other's packages without a copy of them, and pip takes them as installed. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pythonIn } from "./python.ts";
import { run } from "./run.ts";

/**
 * @param base the folder of the environment below
 * @param folder where the new one is made
 * @param options of `python -m venv`, such as `--without-pip`, which takes a tenth of the time
 */
export async function createLayer(base: string, folder: string, options: readonly string[] = []): Promise<void> {
  await run(pythonIn(base), ["-m", "venv", "--clear", ...options, folder]);
  // By `site.addsitedir`, so that the .pth files of the environment below are followed as well.
  const text = `import site; site.addsitedir(${JSON.stringify(sitePackages(base))})\n`;
  writeFileSync(join(sitePackages(folder), "below.pth"), text);
  takeCommands(join(base, "bin"), folder);
}

/** The commands that packages below brought along, for the Python of the new environment. */
function takeCommands(from: string, folder: string): void {
  for (const name of readdirSync(from)) {
    const [source, target] = [join(from, name), join(folder, "bin", name)];
    if (existsSync(target) || statSync(source).size > 10_000) continue;
    const text = readFileSync(source, "utf8");
    if (/^#!.*python/.test(text))
      writeFileSync(target, text.replace(/^#!.*/, `#!${pythonIn(folder)}`), { mode: 0o755 });
  }
}

/** Where an environment has its packages. */
export function sitePackages(folder: string): string {
  const lib = join(folder, "lib");
  const version = readdirSync(lib).find((name) => name.startsWith("python3"));
  return join(lib, version as string, "site-packages");
}
