/** Which version of MLflow answers at a listed server: asked once, for it decides where a credential is safe. */
import { type MlflowVersion, readVersion } from "../mlflow/gateway.js";
import type { Clock } from "../time/clock.js";

/** What a server answered, or why it did not, as the end of a sentence. */
export type ServerAnswer =
  | {
      readonly status: number;
      /** The beginning of the body. */
      readonly text: string;
    }
  | { readonly unanswered: string };

/** A version, or why it is not known, as the end of a sentence. */
export type VersionFound = MlflowVersion | { readonly unknown: string };

/** @param ask GETs a URL with the credential of its server, within a time limit; never rejects */
export type ServerVersions = (
  base: string,
  ask: (url: string) => Promise<ServerAnswer>,
) => VersionFound | Promise<VersionFound>;

/** Milliseconds for which it is not asked again after an answer that was no version: time enough to put it right. */
const FAILURE_HOLDS = 5_000;
/** A wildcard may stand for any number of servers. */
const MOST_SERVERS = 256;

interface Memory {
  found: VersionFound | Promise<VersionFound>;
  until: number;
}

/** A version holds as long as the process, an answer that is none for 5 seconds. Whoever comes while it is asked waits for the same answer. */
export function createServerVersions(clock: Clock): ServerVersions {
  const known = new Map<string, Memory>();

  return (base, ask) => {
    const remembered = known.get(base);
    if (remembered !== undefined && clock.now() < remembered.until) return remembered.found;
    if (known.size >= MOST_SERVERS) known.delete(known.keys().next().value as string);
    const memory: Memory = { found: find(base, ask), until: Number.POSITIVE_INFINITY };
    known.set(base, memory);
    memory.found = Promise.resolve(memory.found).then((found) => {
      memory.found = found;
      if ("unknown" in found) memory.until = clock.now() + FAILURE_HOLDS;
      return found;
    });
    return memory.found;
  };
}

async function find(base: string, ask: (url: string) => Promise<ServerAnswer>): Promise<VersionFound> {
  const url = `${base}/version`;
  const answer = await ask(url);
  if ("unanswered" in answer) return { unknown: `${url} gives no answer: ${answer.unanswered}` };
  if (answer.status !== 200) return { unknown: `${url} answers ${answer.status}` };
  return readVersion(answer.text) ?? { unknown: `what ${url} answers is no version of MLflow` };
}
