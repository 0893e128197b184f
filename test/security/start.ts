/** Loads a file and opens its authorizer, as every way in does, with plugins that leave word of having run. */
import { isMlflowAuthError, loadConfig, openAuthorizer } from "../../core/src/internal.js";

/** Code calls `whoRan.push(NAME)`. */
const global = globalThis as { whoRan?: string[] };

/** How to start. */
export interface Start {
  /** Named, rather than found in the folder. */
  readonly configFile?: string | undefined;
  /** As `exec` and `proxy` do it; default: as in the user's program. */
  readonly ownProcess?: boolean;
}

/** What became of a start and a first request: the code and the message of its refusal, or who ran. */
export async function start(folder: string, { configFile, ownProcess = false }: Start = {}): Promise<string> {
  global.whoRan = [];
  const told = () => [...new Set(global.whoRan)].sort().join(", ");
  try {
    const options = configFile === undefined ? {} : { configFile };
    const config = await loadConfig({ cwd: folder, env: {}, ...options });
    const authorizer = await openAuthorizer(config, ownProcess ? { agents: {} } : {});
    try {
      await authorizer.authorize({ url: config.servers[0]?.uri ?? "", method: "GET" });
    } finally {
      await authorizer.close();
    }
    return `ran: ${told()}`;
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    const { code, message } = error.problems[0] ?? error;
    return `${told()}${code} ${message}`;
  }
}
