/** Loads a file and opens its authorizer, as every way in does, with plugins that leave word of having run. */
import { isMlflowAuthError, loadConfig, openAuthorizer } from "../../core/src/internal.js";

/** Code calls `whoRan.push(NAME)`. */
const global = globalThis as { whoRan?: string[] };

/** What became of a start: the code and the message of its refusal, or who ran. */
export async function start(folder: string, configFile?: string): Promise<string> {
  global.whoRan = [];
  const told = () => [...new Set(global.whoRan)].sort().join(", ");
  try {
    const options = configFile === undefined ? {} : { configFile };
    const authorizer = await openAuthorizer(await loadConfig({ cwd: folder, env: {}, ...options }));
    await authorizer.close();
    return `ran: ${told()}`;
  } catch (error) {
    if (!isMlflowAuthError(error)) throw error;
    const { code, message } = error.problems[0] ?? error;
    return `${told()}${code} ${message}`;
  }
}
