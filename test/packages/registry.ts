import { run } from "../servers/installation/run.ts";

/** Why nothing can be installed here, as a sentence for `suite`: what our packages need comes from the registry that npm is set to. */
export async function registryMissing(): Promise<string | undefined> {
  try {
    await run("npm", ["view", "undici@8.12.4", "version", "--fetch-timeout=15000", "--fetch-retries=1"]);
    return undefined;
  } catch {
    return "The package registry can't be reached, so packages can't be installed: set npm's `registry`, or go online.";
  }
}
