/**
 * Installs all that tests on real servers need, so that no test file has to wait for it: a cold build takes longer than one
 * file may. Run by `.ci/run`; by hand: `MLFLOW_AUTH_INSTALL=1 node scripts/run.mjs test/servers/install.ts`.
 */
import { missing } from "./tools.ts";

const sentence = await missing(
  "vault",
  "mlflow",
  "mlflow2",
  "python",
  "nginx",
  "curl",
  "zsh",
  "fish",
  "node20",
  "node22",
  "node26",
  "undici",
);
if (sentence !== undefined) {
  console.error(sentence);
  process.exit(1);
}
