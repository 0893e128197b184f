/**
 * `npm run demo`: the main job from end to end. The exit code is 0 if everything went as it must, 1 if not, 2 for a wrong command
 * line, and 128 + the signal's number after an interruption.
 */
import { constants } from "node:os";
import { createCleanUp } from "./clean-up.ts";
import { invite } from "./keep.ts";
import { type DemoOptions, help, parseOptions, UsageError } from "./options.ts";
import * as print from "./print.ts";
import { type ProviderName, providers } from "./providers.ts";
import { missingTools } from "./servers.ts";
import { type Scene, tell } from "./story.ts";

const cleanUp = createCleanUp();
const stopping = new AbortController();

/** Resolves with the first signal. On Ctrl-C both the terminal and npm may send one. */
const interrupted = new Promise<NodeJS.Signals>((resolve) => {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => resolve(name));
  // `npm run demo | head`
  process.stdout.on("error", () => resolve("SIGPIPE"));
});

async function run(options: DemoOptions): Promise<Scene> {
  const started = performance.now();
  const names = { bearer: "Bearer", basic: "Basic" };
  const kind = providers[options.provider].modes.length > 1 ? `, ${names[options.mode]}` : "";
  print.title(`mlflow-auth demo: ${options.provider}${kind}, ${options.real ? "real servers" : "small servers"}`);
  if (options.real) await requireTools(options.provider);
  const scene = await tell(options, cleanUp, stopping.signal);
  print.line(`\nDone in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  return scene;
}

async function requireTools(provider: ProviderName): Promise<void> {
  const sentences = await missingTools(provider);
  if (sentences.length > 0) throw new Error(["--real needs what is missing here:", ...sentences].join("\n  "));
}

async function main(): Promise<number> {
  const options = parse(process.argv.slice(2));
  if (options === undefined) return 2;
  if (options.help) {
    print.line(help);
    return 0;
  }
  try {
    const end = await Promise.race([run(options), interrupted]);
    if (typeof end === "string") return 128 + constants.signals[end];
    if (options.keep) {
      invite(end);
      await interrupted;
    }
    return 0;
  } catch (error) {
    print.failure((error as Error).message);
    return 1;
  } finally {
    stopping.abort();
    await cleanUp.run();
  }
}

function parse(args: readonly string[]): DemoOptions | undefined {
  try {
    return parseOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n  Try this: npm run demo -- --help`);
    return undefined;
  }
}

process.exit(await main());
