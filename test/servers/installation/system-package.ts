import { progress, run, which } from "./run.ts";

let updated: Promise<string> | undefined;

/** Installs Debian packages if that needs no password. @returns whether they are there now */
export async function installSystemPackages(...packages: string[]): Promise<boolean> {
  const apt = which("apt-get");
  if (apt === undefined) return false;
  const asRoot = process.getuid?.() === 0 ? [] : await sudo();
  if (asRoot === undefined) return false;
  const command = (...args: string[]): [string, string[]] => {
    const [first = apt, ...rest] = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-q", ...args];
    return [first, rest];
  };
  // If two test processes do this at once, the second waits for the first to release dpkg.
  const wait = ["-o", "DPkg::Lock::Timeout=300"];
  try {
    await progress(`Installing ${packages.join(", ")} with apt-get`, async () => {
      updated ??= run(...command("update", ...wait));
      await updated;
      await run(...command("install", "-y", "--no-install-recommends", ...wait, ...packages));
    });
    return true;
  } catch (error) {
    console.error((error as Error).message);
    return false;
  }
}

async function sudo(): Promise<string[] | undefined> {
  const path = which("sudo");
  if (path === undefined) return undefined;
  return run(path, ["-n", "true"]).then(
    () => [path, "-n"],
    () => undefined,
  );
}
