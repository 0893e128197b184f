/** Which runs the clients create, learned from the answers as they pass by: nothing waits for it, and nothing fails because of it. */
import type { IncomingMessage } from "node:http";
import { isBelowGateway, runCreationBase } from "@mlflow-auth/core/internal";
import type { Reading } from "./answer-reader.js";
import type { Upstream } from "./upstream.js";

/** The runs that clients have created through this front. */
export interface CreatedRuns {
  readonly count: number;
  /** Where the first of them are to be seen, on the server itself. */
  readonly links: readonly string[];
}

/** Reads along the answers by which runs are created. */
export interface RunWatch extends CreatedRuns {
  /** What reads the answer to a request that creates a run; undefined for any other. */
  readingOf(req: IncomingMessage, upstream: Upstream): Reading | undefined;
}

const MOST_LINKS = 5;

/** What MLflow's ids consist of: it can be printed as it is, and needs no escaping in a link. */
const ID = /^[\w-]{1,128}$/;

/** Keeps the links of the first five runs, and counts all. */
export function createRunWatch(): RunWatch {
  const links: string[] = [];
  let count = 0;

  return {
    get count() {
      return count;
    },
    links,
    readingOf(req, { origin, path, server }) {
      const base = runCreationBase({ method: req.method as string, url: path });
      if (base === undefined || isBelowGateway(path, server.uri)) return undefined;
      const read = (body: string) => {
        const run = pathOfRun(body);
        if (run === undefined) return;
        count++;
        if (links.length < MOST_LINKS) links.push(origin + escaped(base) + run + workspaceOf(req));
      };
      return { read };
    },
  };
}

/** The part of a link that MLflow's own clients print behind the tracking URI; undefined if the answer tells of no run. */
function pathOfRun(body: string): string | undefined {
  const { run_id, experiment_id } = (JSON.parse(body) as { run?: { info?: Record<string, unknown> } }).run?.info ?? {};
  const isId = (id: unknown) => typeof id === "string" && ID.test(id);
  return isId(run_id) && isId(experiment_id) ? `/#/experiments/${experiment_id}/runs/${run_id}` : undefined;
}

/** A path that was decoded to one character a byte, as it can be printed and followed. */
function escaped(path: string): string {
  return path.replace(
    /[^\w!$&'()*+,\-./:;=@~]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

function workspaceOf({ headers }: IncomingMessage): string {
  const workspace = headers["x-mlflow-workspace"];
  return typeof workspace !== "string" || workspace === "default" ? "" : `?workspace=${encodeURIComponent(workspace)}`;
}
