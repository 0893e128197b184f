/** The proxy that Python programs share: `serve-processes`, which no person calls. */
import { closeSync, openSync } from "node:fs";
import { Socket } from "node:net";
import { devNull } from "node:os";
import {
  createLogger,
  formatError,
  framesOf,
  isMlflowAuthError,
  loadConfig,
  openAuthorizer,
  rehearseLoading,
  thrownKind,
  workingFolder,
} from "@mlflow-auth/core/internal";
import { agentLimits, createToken } from "@mlflow-auth/proxy";
import { anyUpstream } from "../choose-upstream.js";
import { bearLostOutput, endWith } from "../end-with.js";
import { exit, exitCodeOf } from "../exit-codes.js";
import { everyName, fileUsedAt, watchReads } from "../same-meaning.js";
import { serveProxy } from "../serve-proxy.js";
import { onStop } from "../stop-signals.js";
import { tell } from "./ask.js";
import { type Given, takeGiven } from "./given.js";
import { digestOf, installedNow, leadsFromFolder, type Meaning, ownNamespaces, ownRights } from "./judge.js";
import { refuseAll } from "./refuse.js";
import { removeSockets, share } from "./share.js";

/** Milliseconds after the start, when the first requests are under way. */
const LEISURE = 1_000;

bearLostOutput();
const given = takeGiven(process.env);
const starter = given.starter === null ? undefined : new Socket({ fd: given.starter });
// Whoever started this may be gone before it has begun.
starter?.on("error", () => undefined);
await endWith(await serveProcesses(given, starter));

/** Serves until nobody needs it. Returns the exit code, which nobody waits for. */
async function serveProcesses(given: Given, starter: Socket | undefined): Promise<number> {
  const said: string[] = [];
  let say = (text: string): void => void said.push(text);
  const speak = (to: typeof say) => {
    say = to;
    for (const text of said.splice(0)) say(text);
  };
  try {
    const { env, reads } = watchReads(given.env);
    const otherwise = "name the configuration file by its absolute path in MLFLOW_AUTH_CONFIG";
    const cwd = workingFolder({ env: given.env, present: given.cwd ?? undefined, otherwise });
    workIn(leadsFromFolder(Object.entries(given.env)) ? cwd : "/");
    // Before it is loaded: what changes meanwhile is a change.
    const used = await fileUsedAt({ cwd, env: given.env });
    const file = used === undefined || used === "none" ? undefined : { path: used.file, text: used.text };
    const meaningOf = (config: Meaning["config"]): Meaning => {
      const installed = installedNow(config);
      const { launched, cwd, env } = given;
      const [namespaces, rights] = [ownNamespaces(), ownRights()];
      return { launched, cwd, namespaces, rights, file, config, env, reads, installed };
    };
    let meaning: Meaning | undefined;
    const serving = {
      cwd,
      env,
      descriptor: given.listen,
      write: (text: string) => say(text),
      upstream(authorizer: { readonly config: Meaning["config"] }) {
        // Who looks for plugins goes through all names, and takes some.
        reads.delete(everyName);
        meaning = meaningOf(authorizer.config);
        return anyUpstream(authorizer);
      },
      token: () => tokenFor(given, meaning as Meaning),
    };
    const tryOut = () => tryOutFile({ cwd, env });
    return await serveProxy(serving, async ({ proxy, upstream, logger }) => {
      leaveStderr();
      const shared = { given, starter, meaning: meaning as Meaning, proxy, upstream, logger, tryOut, onStop, speak };
      const { ended } = await share(shared);
      setTimeout(() => void rehearseLoading(), LEISURE).unref();
      await ended;
      return exit.fine;
    });
  } catch (thrown) {
    const isSuccessor = starter === undefined && given.token !== undefined;
    if (!isSuccessor) removeSockets(given);
    const code = isMlflowAuthError(thrown) ? thrown.code : thrownKind(thrown);
    const text = isMlflowAuthError(thrown) ? formatError(thrown) : defectOf(thrown);
    if (isSuccessor) {
      await refuseAll(given);
      removeSockets(given);
    } else if (starter !== undefined) {
      tell(starter, { failed: { code, text } });
      await new Promise<void>((resolve) => starter.once("close", resolve).end(resolve));
    }
    return exitCodeOf(code);
  }
}

/**
 * The program that started this reads along until it has its answer: why Node could not start, for example. Nobody does any more, and a
 * program of a plugin that wrote there would be ended by it. A descriptor that is opened has the lowest number that is free.
 */
function leaveStderr(): void {
  try {
    closeSync(2);
    openSync(devNull, "w");
  } catch {
    // As it was.
  }
}

/** What a report of it needs: not its message, which may quote anything. */
function defectOf(thrown: unknown): string {
  return `a defect of mlflow-auth: ${[thrownKind(thrown), ...framesOf(thrown)].join(" < ")}`;
}

/** What is mounted where the program works may be taken away; but SDKs read late, and from where they are, what variables lead to. */
function workIn(folder: string): void {
  try {
    process.chdir(folder);
  } catch {
    // It is gone, and what is in it.
    process.chdir("/");
  }
}

/** That of the proxy before this one, if it was for the same. */
function tokenFor({ token, digest }: Given, meaning: Meaning) {
  return token !== undefined && digest === digestOf(meaning) ? token : createToken();
}

/** Whether the file can be used as it is now, beside what is in use. Rejects with what is wrong with it. */
async function tryOutFile(options: Pick<Given, "env"> & { readonly cwd: string }): Promise<void> {
  // Its warnings are for the proxy that will use it to tell.
  const logger = createLogger({ level: "silent", env: {} });
  try {
    const config = await loadConfig(options);
    const authorizer = await openAuthorizer(config, { logger, env: options.env, agents: agentLimits });
    await authorizer.close();
  } catch (thrown) {
    // What is no word about the file, such as a part of this command that is not there any more, is the next proxy's.
    if (isMlflowAuthError(thrown)) throw thrown;
  }
}
