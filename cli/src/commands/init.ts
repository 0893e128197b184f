import { dirname } from "node:path";
import {
  findConfig,
  isMlflowAuthError,
  loadConfig,
  MlflowAuthError,
  type Problem,
} from "@mlflow-auth/core/internal/config";
import { type Draft, insecureVariable, isYes, toData, withAddress } from "@mlflow-auth/core/internal/environment";
import { unlessCancelled } from "../cancelled.js";
import { exit } from "../exit-codes.js";
import { judgeAddress } from "../init/address.js";
import { checkAllowedHosts, fromEnvironment } from "../init/from-environment.js";
import { refuseMissing, takeUsual } from "../init/missing.js";
import { render, variablesIn } from "../init/render.js";
import { apply, parseSetting, refuseCredentials } from "../init/settings.js";
import { lookAround, type Surroundings } from "../init/surroundings.js";
import { refusalOf, targetOf, writeNew } from "../init/target.js";
import { installedSchema } from "../installed/compose-schema.js";
import { paint } from "../paint.js";
import { print } from "../print.js";
import { writeSchema } from "../schema-file.js";
import { takenOut } from "../taken-out.js";
import { fileName } from "../where-from.js";

/** As commander gives them. */
export interface InitOptions {
  readonly config?: string;
  readonly trackingUri?: string;
  readonly allowInsecure?: boolean;
  readonly plugin: readonly string[];
  readonly set: readonly string[];
  readonly fromEnv?: boolean;
  readonly yes?: boolean;
}

/** Writes a new file and its schema: asks for what no option gives, where there is somebody to ask. */
export async function init(options: InitOptions): Promise<number> {
  const asks = !options.yes && process.stdin.isTTY === true && process.stderr.isTTY === true;
  return unlessCancelled(() => run(options, asks));
}

async function run(options: InitOptions, asks: boolean): Promise<number> {
  const usual = targetOf(options.config);
  const refusal = refusalOf(usual);
  if (refusal !== undefined) throw refusal;
  // Only who is asked waits for the prompts to load.
  const ask = asks ? await import("../init/ask.js") : undefined;
  const file = options.config === undefined ? ((await ask?.askTarget(usual)) ?? usual) : usual;
  const around = await lookAround(file);
  const draft: Draft = { allowInsecure: isInsecureAllowed(options), instances: [] };
  const notes = await fill(draft, options, around);
  draft.trackingUri = await trackingUriOf(options, draft);
  // What was misspelt, before anybody is asked for what was meant, or told that it is missing.
  await refuseFaults(draft, file, ({ code }) => ofSettings.includes(code));
  if (ask !== undefined) await ask.complete(draft, around);
  else takeUsual(draft, around);
  // In front of what is missing: they tell what was found, and why a plugin was left out.
  for (const note of notes) console.error(`mlflow-auth: ${note}`);
  if (ask === undefined) refuseMissing(draft, around);
  for (const instance of draft.instances) refuseCredentials(instance);
  if (options.fromEnv) checkAllowedHosts(process.env, draft.trackingUri as string);
  // A variable that is not set yet is not a fault.
  await refuseFaults(draft, file, ({ code }) => code !== "VARIABLE_MISSING");
  const before = await inEffect();
  writeNew(file, render(draft));
  await report(draft, file, before);
  return exit.fine;
}

/** The environment's word counts for the environment's server, and only where it is needed. */
function isInsecureAllowed({ allowInsecure, fromEnv, trackingUri }: InitOptions): boolean | undefined {
  const { MLFLOW_TRACKING_URI: ambient = "" } = process.env;
  const fromVariable = fromEnv && trackingUri === undefined && isYes(process.env[insecureVariable]);
  return allowInsecure || (fromVariable && judgeAddress(ambient).cleartext) || undefined;
}

async function trackingUriOf({ trackingUri, fromEnv }: InitOptions, { instances }: Draft): Promise<string | undefined> {
  const env = fromEnv ? await withAddress(process.env, instances) : {};
  const ambient = env["MLFLOW_TRACKING_URI"] || undefined;
  const uri = trackingUri ?? ambient;
  const fault = uri === undefined ? undefined : judgeAddress(uri).fault;
  if (fault === undefined) return uri;
  const source = trackingUri === undefined ? "MLFLOW_TRACKING_URI" : "--tracking-uri";
  throw new MlflowAuthError("USAGE", `${source}: ${fault}`, {
    remedy: "write it as https://mlflow.example.com, with the base path if there is one",
  });
}

/** Puts in what the options, and with --from-env the environment, say. @returns what the user should know */
async function fill(
  draft: Draft,
  { plugin, set, fromEnv }: InitOptions,
  around: Surroundings,
): Promise<readonly string[]> {
  const settings = set.map((argument) =>
    parseSetting(argument, [...plugin, ...around.choices.map(({ name }) => name)]),
  );
  // Who sets an option of a plugin wants the plugin.
  const wanted = [...new Set([...plugin, ...settings.map(({ path }) => path[0] as string)])];
  const taken = fromEnv ? await fromEnvironment(process.env, around, wanted) : undefined;
  const packageOf = (name: string) =>
    settings.find(({ path: [first, second] }) => first === name && second === "package")?.text;
  draft.instances.push(...(taken?.instances ?? wanted.map((name) => around.instance(name, packageOf(name)))));
  for (const instance of draft.instances) apply(settings, instance, around.check);
  const gone = fromEnv ? takenOut(process.env) : [];
  if (gone.length === 0) return taken?.notes ?? [];
  const lacking = `not taken over, for the exec around this command took it out: ${gone.join(", ")}; run init outside of that one`;
  return [...(taken?.notes ?? []), lacking];
}

/** What is wrong with a setting itself, whatever else is still to come. */
const ofSettings: readonly string[] = ["UNKNOWN_FIELD", "WRONG_TYPE", "WRONG_VALUE"];

/**
 * Judges the file as `validate` would, before it is written.
 *
 * @throws MlflowAuthError `USAGE` that names the problems which count
 */
async function refuseFaults(draft: Draft, file: string, counts: (problem: Problem) => boolean): Promise<void> {
  try {
    await loadConfig({ config: toData(draft), cwd: dirname(file), env: process.env });
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    const faults = error.problems.filter(counts).map(({ message }) => message);
    if (faults.length === 0 && error.problems.length > 0) return;
    throw new MlflowAuthError("USAGE", `that makes no valid file: ${faults.join("; ") || error.message}`, {
      remedy: "correct it with --set PLUGIN.OPTION=VALUE, --tracking-uri or --allow-insecure",
    });
  }
}

/** @param before the file that the other commands used until now */
async function report(draft: Draft, file: string, before?: string): Promise<void> {
  const schema = writeSchema(dirname(file), installedSchema({ folder: dirname(file), env: process.env }));
  print(`${paint(process.stdout, "green", "written")}  ${fileName(file)}`);
  print(`${paint(process.stdout, "green", "written")}  ${fileName(schema.file)}, from which editors complete it`);
  const unset = variablesIn(toData(draft)).filter((name) => !process.env[name]);
  const gone = takenOut(process.env);
  const forgotten = unset.filter((name) => !gone.includes(name));
  if (forgotten.length > 0) console.error(`mlflow-auth: set ${forgotten.join(", ")} before you use it`);
  if (forgotten.length < unset.length) {
    const names = unset.filter((name) => gone.includes(name)).join(", ");
    console.error(`mlflow-auth: use it outside of the exec around this command, which took ${names} out`);
  }
  const isFound = (await inEffect()) === file;
  if (isFound && before !== undefined) {
    console.error(`mlflow-auth: it takes the place of ${fileName(before)}, which is not used here any more`);
  }
  print(`\nTry this next: mlflow-auth ${isFound ? "" : `--config ${fileName(file)} `}doctor`);
}

/** The file that the other commands use from here without being told, if there is one that can be used. */
async function inEffect(): Promise<string | undefined> {
  try {
    return (await findConfig({ cwd: process.cwd(), env: process.env })).file;
  } catch {
    return undefined;
  }
}
