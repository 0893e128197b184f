/** A project that has the real plugins, and no file yet. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Setup {
  readonly folder: string;
  write(name: string, text: string): string;
  read(name: string): string;
  delete(name: string): void;
  remove(): void;
}

const plugins = fileURLToPath(new URL("../../plugins", import.meta.url));

export function createSetup(...names: string[]): Setup {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "mlflow-auth-setup-"));
  const installed = names.length === 0 ? ["vault", "datadog"] : names;
  const write = (name: string, text: string) => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const dependencies = Object.fromEntries(installed.map((name) => [`@mlflow-auth/plugin-${name}`, "*"]));
  write("package.json", JSON.stringify({ name: "setup", dependencies }));
  // The search for the file ends here.
  mkdirSync(join(folder, ".git"));
  mkdirSync(join(folder, "node_modules/@mlflow-auth"), { recursive: true });
  for (const name of installed)
    symlinkSync(join(plugins, name), join(folder, "node_modules/@mlflow-auth/plugin-") + name);
  return {
    folder,
    write,
    delete: (name) => rmSync(join(folder, name)),
    read: (name) => readFileSync(join(folder, name), "utf8"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
