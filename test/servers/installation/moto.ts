import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Artefact } from "./artefact.ts";
import { installEnvironment, type Python } from "./mlflow.ts";
import { progress } from "./run.ts";

const requirements = fileURLToPath(new URL("../moto/requirements.txt", import.meta.url));

/** A virtual environment with the moto of `test/servers/moto/requirements.txt`. */
export function moto(python: Python): Artefact {
  return {
    name: "moto",
    versionFiles: [requirements],
    versions: [process.platform, process.arch, python.version],
    build: (folder) =>
      progress("Installing moto, which stands for AWS, into a virtual environment (half a minute)", () =>
        installEnvironment(python, folder, requirements),
      ),
  };
}

/** Its server in such an environment. */
export function motoServer(folder: string): string {
  return join(folder, "bin", "moto_server");
}
