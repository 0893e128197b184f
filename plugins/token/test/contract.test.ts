import { chmodSync, readFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { type AuthSetup, canary, packageContract, providerContract } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import { startProvider, testFolder } from "./start-provider.ts";

const test = suite("token plugin keeps the provider contract", { timeout: 120 });

/** A command that counts how often it is run. */
async function command(): Promise<AuthSetup> {
  const folder = testFolder();
  const canaries = [canary(), canary()] as const;
  const print = (token: string) => folder.script("get-token", `echo run >> runs\necho ${token}`);
  const file = print(canaries[0]);
  let current: string = canaries[0];
  const { provider, context } = await startProvider({ command: ["./get-token"], cwd: folder.path });
  return {
    provider,
    context,
    canaries,
    backend: {
      fetches: () => runs(join(folder.path, "runs")),
      rotate() {
        current = canaries[1];
        print(current);
      },
      break: () => void folder.script("get-token", `echo ${current}; echo "no login for ${current}" >&2; exit 1`),
      deny: () => chmodSync(file, 0o644),
      fix: () => void print(current),
    },
    async stop() {
      await context.close();
      folder.remove();
    },
  };
}

function runs(file: string): number {
  try {
    return readFileSync(file, "utf8").split("\n").length - 1;
  } catch {
    return 0;
  }
}

/** A file that somebody else writes. */
async function file(): Promise<AuthSetup> {
  const folder = testFolder();
  const canaries = [canary(), canary()] as const;
  const path = folder.write("token", `${canaries[0]}\n`);
  let fetches = 0;
  const source = folder.source("token");
  const counted = {
    ...source,
    read() {
      fetches++;
      return source.read();
    },
  };
  const { provider, context } = await startProvider({ token: counted });
  let current: string = canaries[0];
  return {
    provider,
    context,
    canaries,
    backend: {
      fetches: () => fetches,
      rotate() {
        current = canaries[1];
        folder.write("token", current);
      },
      break: () => unlinkSync(path),
      deny: () => void folder.write("token", "x".repeat(100_000)),
      fix: () => void folder.write("token", current),
    },
    async stop() {
      await context.close();
      folder.remove();
    },
  };
}

for (const [what, auth] of Object.entries({ command, file })) {
  for (const { name, run } of providerContract({ auth })) test(`${what}: ${name}`, run);
}
for (const { name, run } of packageContract(new URL("..", import.meta.url))) test(name, run);

test.run();
