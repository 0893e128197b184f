/** `mlflow-auth hokusai register-baseline`. */
import { parseArgs } from "node:util";
import {
  type Command,
  type CommandContext,
  connectionFailureOf,
  type ExitCode,
  environmentSource,
  isMlflowAuthError,
  MlflowAuthError,
  printable,
} from "@mlflow-auth/core/plugin";
import { type Baseline, DEFAULT_ENDPOINT, registerBaseline } from "./baseline.js";
import { CHECK, headersFor, type SendBaseline, TIMEOUT, unreachable } from "./baseline-request.js";
import { readKey } from "./fetch-secret.js";
import type { HokusaiOptions } from "./generated/options.js";
import { isObject, objectIn } from "./json-object.js";

const USAGE = `Usage: mlflow-auth hokusai register-baseline --model-type TYPE [options]

Registers a model with Hokusai, whether MLflow is there or not.

  --model-type TYPE      what kind of model it is
  --run-id ID            the MLflow run that made it
  --metadata JSON        an object: whatever else is known of it
  --model-id ID          goes into the metadata as model_id
  --model-version TEXT   goes into the metadata as version
  --metric NAME=NUMBER   goes into the metadata's metrics; may be repeated
  --instance NAME        whose key to use, where the file has several
  --json                 print the answer as JSON

Example: mlflow-auth hokusai register-baseline --model-type lead_scoring --metric auc=0.91
`;

const OPTIONS = {
  "model-type": { type: "string" },
  "run-id": { type: "string" },
  metadata: { type: "string" },
  "model-id": { type: "string" },
  "model-version": { type: "string" },
  metric: { type: "string", multiple: true },
  instance: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** What of an instance's options a registration needs. */
type RegistrationOptions = Partial<Pick<HokusaiOptions, "apiKey" | "endpoint">>;

type Words = ReturnType<typeof parse>["values"];

/** What the entry point of the command names. */
export function createCommand(): Command {
  return {
    async run(args, context): Promise<ExitCode> {
      const { values, positionals } = understood(args, context);
      if (values.help) {
        context.stdout.write(USAGE);
        return 0;
      }
      if (positionals.length !== 1 || positionals[0] !== "register-baseline") {
        throw wrong(context, "hokusai knows one word: register-baseline");
      }
      const baseline = baselineOf(values, context);
      const options = await optionsOf(values.instance, context);
      const { key } = await readKey(options, context);
      const registered = await registerBaseline(baseline, {
        apiKey: key,
        endpoint: options.endpoint,
        send: sendBy(context),
        wait: (milliseconds) => pause(milliseconds, context),
        signal: context.signal,
      });
      const { modelId, modelType, version } = registered;
      context.stdout.write(
        values.json
          ? `${JSON.stringify(registered, null, 2)}\n`
          : `${printable(`registered ${modelType} as ${modelId}, version ${version}`)}\n`,
      );
      return 0;
    },
  };
}

const parse = (args: readonly string[]) => parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });

function understood(args: readonly string[], context: CommandContext): ReturnType<typeof parse> {
  try {
    return parse(args);
  } catch {
    throw wrong(context, "an option is not known, or lacks its value");
  }
}

function wrong(context: CommandContext, what: string) {
  return context.error("USAGE", what, { remedy: "mlflow-auth hokusai --help" });
}

function baselineOf(values: Words, context: CommandContext): Baseline {
  const {
    "model-type": modelType,
    "run-id": runId,
    metadata,
    "model-id": id,
    "model-version": version,
    metric,
  } = values;
  if (modelType === undefined || modelType.trim() === "") throw wrong(context, "--model-type is missing");
  const given = metadata === undefined ? {} : objectIn(metadata);
  if (given === undefined) throw wrong(context, "--metadata is no JSON object");
  const { metrics: before = {} } = given;
  const metrics = (metric ?? []).map((text) => metricIn(text, context));
  if (metrics.length > 0 && !isObject(before))
    throw wrong(context, "--metric adds to metrics of --metadata, which are no object");
  return {
    modelType,
    runId,
    metadata: {
      ...given,
      ...(id !== undefined && { model_id: id }),
      ...(version !== undefined && { version }),
      ...(metrics.length > 0 && { metrics: { ...(before as object), ...Object.fromEntries(metrics) } }),
    },
  };
}

function metricIn(text: string, context: CommandContext): [name: string, value: number] {
  const at = text.lastIndexOf("=");
  const number = at > 0 ? text.slice(at + 1).trim() : "";
  if (number === "" || !Number.isFinite(Number(number))) throw wrong(context, "--metric is not NAME=NUMBER");
  return [text.slice(0, at), Number(number)];
}

/** Of the file's instance. Without a file, what the environment says. */
async function optionsOf(wanted: string | undefined, context: CommandContext): Promise<RegistrationOptions> {
  const { instances, path } = await openedFile(context);
  const named = wanted === undefined ? instances : instances.filter(({ name }) => name === wanted);
  if (wanted !== undefined && named.length === 0) {
    throw wrong(context, `--instance: ${path ?? "no file"} has no such instance of this plugin`);
  }
  if (named.length > 1) {
    const names = named.map(({ name }) => name).join(", ");
    throw wrong(context, `${path} has several instances of this plugin (${names}): say which with --instance`);
  }
  return (named[0]?.options ?? fromEnvironment(context)) as RegistrationOptions;
}

async function openedFile(context: CommandContext) {
  try {
    return await context.openFile();
  } catch (thrown) {
    if (isMlflowAuthError(thrown) && thrown.code === "CONFIG_NOT_FOUND") return { instances: [], path: undefined };
    throw thrown;
  }
}

/** As an instance without options would have them. */
function fromEnvironment({ env }: CommandContext): RegistrationOptions {
  const { HOKUSAI_API_KEY: key, HOKUSAI_API_ENDPOINT: endpoint } = env;
  return { ...(key && { apiKey: environmentSource("HOKUSAI_API_KEY", env) }), endpoint: endpoint || DEFAULT_ENDPOINT };
}

/** Through core's client, which knows the corporate proxy. The tries are counted by whoever asks. */
function sendBy({ http }: CommandContext): SendBaseline {
  return async ({ url, key, body }) => {
    try {
      return await http.send({ url, method: "POST", headers: headersFor(key), body, timeout: TIMEOUT, tries: "once" });
    } catch (thrown) {
      if (!isMlflowAuthError(thrown) || thrown.code !== "SECRET_UNREACHABLE") throw thrown;
      const { kind, what, isTls } = connectionFailureOf(thrown);
      if (kind !== undefined) throw unreachable(url, what, thrown.transient && !isTls);
      // Nothing about the connection: no answer in time, or one that goes on and on.
      const { message, transient } = thrown;
      throw new MlflowAuthError("SERVER_UNREACHABLE", message, { transient, remedy: CHECK });
    }
  };
}

function pause(milliseconds: number, { clock, signal }: CommandContext): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => resolve(timer.cancel()), { once: true });
  });
}
