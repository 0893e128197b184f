/**
 * Installs all that tests on real servers need, so that no test file has to wait for it. A cold build takes longer than one file
 * may. By hand: `MLFLOW_AUTH_INSTALL=1 node scripts/run.mjs test/servers/install.ts`.
 */
import { allTools, missing } from "./tools.ts";

const sentence = await missing(...allTools);
if (sentence !== undefined) {
  console.error(sentence);
  process.exit(1);
}
