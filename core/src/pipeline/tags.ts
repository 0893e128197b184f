/** The run-context pipeline: what every tag provider of one server adds to a run that is about to be created. */
import type { ServerConfig } from "../config/config.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import { tagFault } from "../mlflow/tag-limits.js";
import type { Logger } from "../provider/context.js";
import type { Run, RunContextProvider } from "../provider/provider.js";
import type { Clock } from "../time/clock.js";
import { type BoundProvider, createProviderAsker } from "./ask-provider.js";

/** A tag provider in its place. */
export type BoundTags = BoundProvider<RunContextProvider>;

/** Both have no prototype and the same keys. */
export interface RunTags {
  readonly tags: Readonly<Record<string, string>>;
  /** Tag key to the instance that gave the tag. */
  readonly sources: Readonly<Record<string, string>>;
}

/** The tag providers of one server. */
export interface TagPipeline {
  /**
   * Asks every provider, all at once. Of two that give the same key the later in the list wins, with one warning.
   *
   * @throws MlflowAuthError of the first provider in the list that fails and is not optional: the run must not be created
   */
  resolve(run: Run): Promise<RunTags>;
  /**
   * Warns that a run is created without the tags, every time.
   *
   * @param why the end of a sentence, such as "its body is compressed"
   */
  warnUntagged(why: string): void;
}

/** Whose tags, and whom to tell of them. */
export interface TagPipelineOptions {
  readonly server: ServerConfig;
  /** In the order of the server's `tags`. */
  readonly providers: readonly BoundTags[];
  readonly clock: Clock;
  readonly logger: Logger;
}

type Tags = readonly (readonly [key: string, value: string])[];

/** A pipeline that asks all providers of a server for the tags of each run. */
export function createTagPipeline({ server, providers, clock, logger }: TagPipelineOptions): TagPipeline {
  const asker = createProviderAsker(server.uri, clock, logger);
  const collisions = new Set<string>();

  async function resolve(run: Run): Promise<RunTags> {
    const settled = await Promise.allSettled(providers.map((bound) => tagsOf(bound, run)));
    const tags: Record<string, string> = Object.create(null);
    const sources: Record<string, string> = Object.create(null);
    for (const [index, result] of settled.entries()) {
      const bound = providers[index] as BoundTags;
      if (result.status === "rejected") throw noRun(result.reason as MlflowAuthError, bound, server);
      for (const [key, value] of result.value ?? []) {
        const owner = sources[key];
        if (owner !== undefined) warnOfCollision(key, owner, bound.instance);
        tags[key] = value;
        sources[key] = bound.instance;
      }
    }
    if (providers.length > 0 && logger.isLevelEnabled?.("debug") !== false) trace(sources);
    return Object.freeze({ tags: Object.freeze(tags), sources: Object.freeze(sources) });
  }

  function tagsOf(bound: BoundTags, run: Run): Promise<Tags | undefined> {
    const checkedTags = async () => {
      const { provider } = bound;
      if (provider.inContext !== undefined && !(await provider.inContext())) return [];
      return checked(await provider.tags(run), bound);
    };
    return asker.askUnlessOptional(bound, checkedTags, "runs are created without its tags");
  }

  /** Keys alone: a value may be about a person. */
  function trace(sources: Readonly<Record<string, string>>): void {
    const given = Object.entries(sources).map(([key, instance]) => `${key} from ${instance}`);
    logger.debug(
      { server: server.uri, reason: "run tags" },
      `a run on ${server.uri}: ${given.join(", ") || "no tags"}`,
    );
  }

  function warnOfCollision(key: string, loser: string, winner: string): void {
    const collision = `${loser}\n${winner}\n${key}`;
    if (collisions.has(collision)) return;
    collisions.add(collision);
    const message = `plugins ${loser} and ${winner} both set the run tag ${key} for ${server.uri}; that of ${winner}, the later in the list, is sent`;
    logger.warn({ plugin: winner, server: server.uri, reason: "tag collision" }, message);
  }

  function warnUntagged(why: string): void {
    const names = providers.map(({ instance }) => instance).join(", ");
    logger.warn(
      { server: server.uri, reason: "untagged run" },
      `a run is created on ${server.uri} without the tags of ${names}: ${why}`,
    );
  }

  return { resolve, warnUntagged };
}

function checked(given: unknown, { instance }: BoundTags): Tags {
  const wrong = (what: string) =>
    new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} ${what}`, {
      plugin: instance,
      remedy: "report this to the plugin's author",
    });
  // A list or a Map has no tags as properties: it would pass for an empty answer.
  if (typeof given !== "object" || given === null || Symbol.iterator in given) {
    throw wrong("answered tags() with something that is not an object of tags");
  }
  const entries = Object.entries(given);
  for (const [key, value] of entries) {
    if (typeof value !== "string") throw wrong("gave a run tag a value that is not a string");
    const fault = tagFault(key, value);
    if (fault !== undefined) {
      throw new MlflowAuthError("TAG_INVALID", `plugin ${instance} gave ${fault}, which MLflow does not take`, {
        plugin: instance,
        remedy: `check what the plugin behind plugins.${instance} makes its tags of`,
      });
    }
  }
  return entries;
}

/** The code is that of the provider's failure, which may be one of a login; so these are known by themselves. */
const failures = new WeakSet<object>();

/** Whether it was for a failure of a tag provider, and not for want of a credential, that nothing was sent. */
export function isTagFailure(error: object): boolean {
  return failures.has(error);
}

function noRun(error: MlflowAuthError, { instance }: BoundTags, { uri }: ServerConfig): MlflowAuthError {
  const { code, message, remedy, transient } = error;
  const leave = `or set \`optional: true\` in plugins.${instance} to create runs without its tags`;
  const failure = new MlflowAuthError(code, `no run is created on ${uri} without the tags of ${instance}: ${message}`, {
    plugin: instance,
    server: uri,
    transient,
    cause: error,
    remedy: remedy === undefined ? leave.replace("or ", "") : `${remedy}, ${leave}`,
  });
  failures.add(failure);
  return failure;
}
