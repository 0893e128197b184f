/** The demo itself: what happens, in the order in which it is told. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Front } from "@mlflow-auth/test/servers/front";
import type { CleanUp } from "./clean-up.ts";
import { expectedRuns } from "./expected-runs.ts";
import type { DemoOptions } from "./options.ts";
import { pipPython, whyNoPipPython } from "./pip-python.ts";
import * as print from "./print.ts";
import { CONFIG, createProject, type Project, runCommand } from "./project.ts";
import { providers } from "./providers.ts";
import { checkRuns, readRuns } from "./read-back.ts";
import { runsTable } from "./runs-table.ts";
import { chooseServers, SMALL_FRONT } from "./servers.ts";

/** What is there once the demo has been told. */
export interface Scene {
  readonly project: Project;
  /** By the names of the servers. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The names of the variables that a shell needs. */
  readonly variables: readonly string[];
  /** The command that runs the training program. */
  readonly training: string;
  /** Whether there is a Python that has it all by pip. */
  readonly pip: boolean;
}

/**
 * Starts the servers, runs the programs, reads their runs back, and prints each step.
 *
 * @param signal ends the programs that the demo runs
 * @throws Error if anything is not as it must be
 */
export async function tell(
  { mode, provider, real }: DemoOptions,
  cleanUp: CleanUp,
  signal: AbortSignal,
): Promise<Scene> {
  const servers = chooseServers(real, cleanUp);
  const { startProvider } = await providers[provider].load();
  const given = await startProvider(mode, real, cleanUp);

  print.step(given.title);
  for (const sentence of given.sentences) print.say(sentence);

  print.step(`An MLflow server behind a proxy that asks for ${given.wanted}`);
  const mlflow = await servers.startMlflow();
  const [name, front] =
    typeof given.front === "string"
      ? [servers.front, await servers.startFront(mlflow.uri, given.front)]
      : [SMALL_FRONT, await given.front(mlflow.uri)];
  print.say(`MLflow at ${mlflow.uri}, ${name} in front of it at ${front.uri}.`);

  print.step("A request without credentials");
  await showRefusal(front);

  print.step("One file says which credential belongs to which server");
  const { options } = given;
  const python = await pipPython(provider);
  const settings = { MLFLOW_TRACKING_URI: front.uri, ...given.settings, ...python?.variables };
  const project = createProject({ plugin: provider, options, settings, python: python?.path }, cleanUp);
  const file = join(project.folder, CONFIG);
  print.say(file);
  for (const line of readFileSync(file, "utf8").trimEnd().split("\n")) print.quote(line);
  await runCommand(project, "mlflow-auth validate", signal);

  const [interpreter, trainer] = mlflow.python === undefined ? ["node", "train.mjs"] : ["python", "train.py"];
  print.step("Any program in any language: mlflow-auth exec");
  await runCommand(project, `mlflow-auth exec -- ${interpreter} ${trainer}`, signal);

  print.step("A Node program, with one flag: register");
  await runCommand(project, "node --import @mlflow-auth/core/register track.mjs", signal);

  if (python !== undefined) {
    print.step("Python's MLflow with pip's packages: one variable, and nothing in front of it");
    await runCommand(project, "env MLFLOW_TRACKING_AUTH=mlflow-auth python tune.py", signal);
  } else {
    const why = await whyNoPipPython();
    if (why !== undefined) print.say(`Left out: Python's MLflow with nothing in front of it. ${why}`);
  }

  print.step("The runs, read back through the library and compared with what was logged");
  const runs = await readRuns(project);
  const expected = expectedRuns(trainer as string, python !== undefined);
  checkRuns(
    runs,
    expected.map((run) => ({ ...run, tags: { ...run.tags, ...given.tags } })),
  );
  for (const line of runsTable(runs).split("\n")) print.say(line);
  print.good(`${runs.length} runs are as they were logged: parameters, every value of their metrics, tags, status.`);
  await checkFront(front);
  const { server } = given;
  const addresses = { front: front.uri, ...(server && { [server.name]: server.address }), MLflow: mlflow.uri };
  return {
    project,
    addresses,
    variables: Object.keys(settings),
    training: `${interpreter} ${trainer}`,
    pip: python !== undefined,
  };
}

async function showRefusal({ uri }: Front): Promise<void> {
  const url = `${uri}/api/2.0/mlflow/experiments/search?max_results=1`;
  const { status, statusText, headers } = await fetch(url);
  print.say(`GET ${url}`);
  if (status !== 401) throw new Error(`A request without credentials was answered with ${status}, not with 401.`);
  print.quote(`${status} ${statusText}`);
  const challenge = headers.get("www-authenticate");
  if (challenge !== null) print.quote(`WWW-Authenticate: ${challenge}`);
}

/** Only the request of {@link showRefusal} may have come without a credential, or been refused. */
async function checkFront(front: Front): Promise<void> {
  const requests = await front.requests();
  const refused = requests.filter(({ status }) => status === 401).length;
  const bare = requests.filter(({ credential }) => !credential).length;
  if (refused !== 1 || bare !== 1) {
    throw new Error(`Of ${requests.length} requests ${refused} were refused and ${bare} came without a credential.`);
  }
  print.good(
    `${requests.length} requests reached the proxy in front of MLflow: the first without a credential, all others with the right one.`,
  );
}
