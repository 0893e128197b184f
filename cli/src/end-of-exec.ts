/** What `exec` says once the program has ended. */
import type { RunningProxy } from "@mlflow-auth/proxy";
import { explainMiss, type ListedServers } from "./explain-miss.js";
import type { LeftProgram } from "./left-programs.js";

/** @param upstream the base URL to which the proxy led. Returns texts of one line or more. */
export function endOfExec(
  { uses, createdRuns, unlisted }: Pick<RunningProxy, "uses" | "createdRuns" | "unlisted">,
  upstream: string,
  listed: ListedServers,
  { interrupted = false } = {},
): string[] {
  // Who stopped it knows why it did nothing.
  if (uses === 0 && interrupted && unlisted.length === 0) return [];
  if (uses === 0) return [unused(upstream, unlisted, listed)];
  const near = unlisted.filter((address) => listed.nearMiss(address) !== undefined);
  return [...near.map((address) => `without a credential: ${missed(address, listed)}`), ...runLinks(createdRuns)];
}

/** How many programs are named. */
const MOST_NAMED = 5;

/** What there is to know of programs that live on, at least one: without the proxy no request of theirs reaches the server. */
export function leftRunning(programs: readonly Pick<LeftProgram, "pid" | "name">[], upstream: string): string {
  const named = programs.slice(0, MOST_NAMED).map(({ pid, name }) => `${pid} (${name})`);
  if (programs.length > named.length) named.push(`and ${programs.length - named.length} more`);
  const [them, own] = programs.length === 1 ? ["it", "its"] : ["them", "their"];
  return [
    `left in the background, with no way to ${upstream} from here on: ${named.join(", ")}`,
    `  Try this: let the program behind \`exec --\` wait for ${them}, or start ${them} by an exec of ${own} own`,
  ].join("\n");
}

function runLinks({ count, links }: RunningProxy["createdRuns"]): string[] {
  if (count === 0) return [];
  const lines = links.map((link) => `  ${link}`);
  if (count > links.length) lines.push(`  and ${count - links.length} more`);
  return [[count === 1 ? "1 run was created:" : `${count} runs were created:`, ...lines].join("\n")];
}

function unused(upstream: string, unlisted: readonly string[], listed: ListedServers): string {
  const first = `the program never used the proxy, so exec gave no request of it to ${upstream} a credential.`;
  if (unlisted.length > 0) {
    return [first, ...unlisted.map((address) => `  It went elsewhere, without: ${missed(address, listed)}`)].join("\n");
  }
  return [
    first,
    "  This happens where it does not use MLflow at all or logs to local files, and where it has a tracking URI of its own but is",
    "  no Python program, has an MLflow older than 2.9, or runs with -E or -I: let it take MLFLOW_TRACKING_URI from its environment.",
  ].join("\n");
}

function missed(address: string, listed: ListedServers): string {
  const { message, remedy } = explainMiss(address, listed);
  return `${message}\n  Try this: ${remedy}`;
}
