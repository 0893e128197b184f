/** The proxy that Python programs share: `serve-processes`, which no person calls. */
import { Socket } from "node:net";
import { formatError, isMlflowAuthError, thrownKind } from "@mlflow-auth/core/internal";
import { createToken } from "@mlflow-auth/proxy";
import { anyUpstream } from "../choose-upstream.js";
import { bearLostOutput, endWith } from "../end-with.js";
import { exit, exitCodeOf } from "../exit-codes.js";
import { fileUsedAt, watchReads } from "../same-meaning.js";
import { serveProxy } from "../serve-proxy.js";
import { onStop } from "../stop-signals.js";
import { tell } from "./ask.js";
import { type Given, takeGiven } from "./given.js";
import { digestOf, installedNow, type Meaning, ownNamespaces } from "./judge.js";
import { removeSockets, share } from "./share.js";

bearLostOutput();
const given = takeGiven(process.env);
const starter = given.starter === null ? undefined : new Socket({ fd: given.starter });
// Whoever started this may be gone before it has begun.
starter?.on("error", () => undefined);
await endWith(await serveProcesses(given, starter));

/** Serves until nobody needs it. Returns the exit code, which nobody waits for. */
async function serveProcesses(given: Given, starter: Socket | undefined): Promise<number> {
  let say: (text: string) => void = (text) => void said.push(text);
  const said: string[] = [];
  try {
    const { env, reads } = watchReads(given.env);
    const cwd = given.cwd ?? undefined;
    // Before it is loaded: what changes meanwhile is a change.
    const used = await fileUsedAt({ cwd: cwd ?? "/", env: given.env });
    const file = used === undefined || used === "none" ? undefined : { path: used.file, text: used.text };
    let meaning: Meaning | undefined;
    const serving = {
      cwd,
      env,
      descriptor: given.listen,
      write: (text: string) => say(text),
      upstream: (authorizer: { readonly config: Meaning["config"] }) => {
        const { config } = authorizer;
        const { launched, cwd } = given;
        const installed = installedNow(config);
        meaning = { launched, cwd, namespaces: ownNamespaces(), file, config, env: given.env, reads, installed };
        return anyUpstream(authorizer);
      },
      token: () => tokenFor(given, meaning as Meaning),
    };
    return await serveProxy(serving, async ({ proxy, upstream }) => {
      const speak = (to: (text: string) => void) => {
        say = to;
        for (const text of said.splice(0)) say(text);
      };
      const shared = await share({ given, starter, meaning: meaning as Meaning, proxy, upstream, onStop, speak });
      // What is mounted where the program worked may be taken away.
      process.chdir("/");
      await shared.ended;
      return exit.fine;
    });
  } catch (thrown) {
    removeSockets(given);
    const code = isMlflowAuthError(thrown) ? thrown.code : thrownKind(thrown);
    const text = isMlflowAuthError(thrown) ? formatError(thrown) : `a defect of mlflow-auth: ${thrownKind(thrown)}`;
    if (starter !== undefined) {
      tell(starter, { failed: { code, text } });
      await new Promise<void>((resolve) => starter.end(resolve));
    }
    return exitCodeOf(code);
  }
}

/** That of the proxy before this one, if it was for the same. */
function tokenFor({ token, digest }: Given, meaning: Meaning) {
  return token !== undefined && digest === digestOf(meaning) ? token : createToken();
}
