/**
 * `npm run demo`: the main job from end to end. Exit code 0 if everything went as it must, 1 if not, 2 for a wrong command line,
 * 128 + the signal's number if it was interrupted.
 */
import { constants } from "node:os";
import { createCleanUp } from "./clean-up.ts";
import { invite } from "./keep.ts";
import { type DemoOptions, help, parseOptions, UsageError } from "./options.ts";
import * as print from "./print.ts";
import { missingTools } from "./servers.ts";
import { tell } from "./story.ts";

const cleanUp = createCleanUp();
const interruption = new AbortController();

function untilInterrupted(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    // Only the first counts: on Ctrl-C both the terminal and npm may send one.
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => resolve(name));
    // `npm run demo | head`
    process.stdout.on("error", () => resolve("SIGPIPE"));
  });
}

async function run(options: DemoOptions, interrupted: Promise<NodeJS.Signals>): Promise<number> {
  const started = performance.now();
  const name = options.mode === "bearer" ? "Bearer" : "Basic";
  print.title(`mlflow-auth demo: ${name}, ${options.real ? "Vault, nginx and MLflow" : "small servers"}`);
  if (options.real) {
    const sentences = await missingTools();
    if (sentences.length > 0) throw new Error(["--real needs what is missing here:", ...sentences].join("\n  "));
  }
  const scene = await tell(options, cleanUp, interruption.signal);
  print.line(`\nDone in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  if (options.keep) {
    invite(scene);
    await interrupted;
  }
  return 0;
}

async function main(): Promise<number> {
  let options: DemoOptions;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n  Try this: npm run demo -- --help`);
    return 2;
  }
  if (options.help) {
    print.line(help);
    return 0;
  }
  const interrupted = untilInterrupted();
  try {
    const ended = run(options, interrupted);
    const byUser = interrupted.then((signal) => (options.keep ? ended.then(() => 0) : 128 + constants.signals[signal]));
    return await Promise.race([ended, byUser]);
  } catch (error) {
    print.failure((error as Error).message);
    return 1;
  } finally {
    interruption.abort();
    await cleanUp.run();
  }
}

process.exit(await main());
