import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Artefact } from "./artefact.ts";
import { progress, run, which } from "./run.ts";

const source = fileURLToPath(new URL("../vault", import.meta.url));

/** The server of `test/servers/vault`: HashiCorp Vault's own core, which no package registry has as a binary. */
export const vault: Artefact & { needs: string } = {
  name: "vault",
  needs: "Vault is built from test/servers/vault, which needs Go 1.24 or newer (https://go.dev/dl)",
  versionFiles: ["main.go", "go.mod", "go.sum"].map((file) => join(source, file)),
  versions: [process.platform, process.arch],
  async build(folder) {
    const go = which("go");
    if (go === undefined) throw new Error(this.needs);
    await mkdir(folder, { recursive: true });
    const target = join(folder, "vaultserver");
    await progress("Building the Vault server (up to 5 minutes)", () =>
      run(go, ["build", "-trimpath", "-ldflags", "-s -w", "-o", target, "."], {
        cwd: source,
        env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly" },
      }),
    );
  },
};

/** The program in it. */
export function vaultBinary(folder: string): string {
  return join(folder, "vaultserver");
}
