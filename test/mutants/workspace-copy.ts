/**
 * A copy of the built workspace in which a file may be broken. Faults go into the source and into what was compiled from it: a
 * package's own tests load the one, those of other packages and the command the other. Python is packed anew.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { transformSync } from "esbuild";
import { packBridge } from "../../scripts/bridge-wheel.ts";
import type { Fault } from "./mutant.ts";

/** What no test of a mutant needs, or what may not be shared: a bundle is made anew from what was compiled. */
const LEFT_OUT = /^(?:\.git|\.venv|__pycache__|bundle)$/;

export interface WorkspaceCopy {
  readonly path: string;
  /** For the files that the tests make. */
  readonly temporary: string;
  /** Puts the fault in. @returns what takes it out again @throws Error where it can't be compiled */
  break(fault: Fault): () => void;
}

/** @param folder where to put it: does not exist yet */
export function copyWorkspace(root: string, folder: string): WorkspaceCopy {
  const path = join(folder, "workspace");
  const temporary = join(folder, "tmp");
  mkdirSync(temporary, { recursive: true });
  const installed = join(root, "node_modules");
  cpSync(root, path, {
    recursive: true,
    // Packages link to one another by relative paths, and so do the copies.
    verbatimSymlinks: true,
    filter: (source) => source !== installed && !LEFT_OUT.test(basename(source)),
  });
  // Of what is installed only the cache is the copy's own: it would fill with what nobody compiles again.
  mkdirSync(join(path, "node_modules"));
  for (const name of readdirSync(installed)) {
    if (name !== ".cache") symlinkSync(join(installed, name), join(path, "node_modules", name));
  }

  function write(texts: ReadonlyMap<string, string>): void {
    for (const [file, text] of texts) writeFileSync(file, text);
    rmSync(join(path, "cli", "bundle"), { recursive: true, force: true });
    if ([...texts.keys()].some((file) => file.endsWith(".py"))) packBridge(path);
  }

  return {
    path,
    temporary,
    break({ file, source }) {
      const broken = new Map([[join(path, file), source]]);
      // Scripts run as they are.
      if (file.endsWith(".ts") && file.includes("/src/")) {
        const built = join(path, file.replace("/src/", "/dist/").replace(/\.ts$/, ".js"));
        broken.set(built, compiled(source));
      }
      const whole = new Map([...broken.keys()].map((changed) => [changed, readFileSync(changed, "utf8")]));
      write(broken);
      return () => write(whole);
    },
  };
}

function compiled(source: string): string {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
  return transformSync(source, { loader: "ts", format: "esm", target: "es2024", tsconfigRaw }).code;
}
