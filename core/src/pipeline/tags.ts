/** The run-context pipeline: what every tag provider of one server adds to a run that is about to be created. */
import type { ServerConfig } from "../config/config.js";
import { MlflowAuthError } from "../errors/mlflow-auth-error.js";
import type { Logger } from "../provider/context.js";
import type { Run, RunContextProvider } from "../provider/provider.js";
import type { Clock } from "../time/clock.js";
import { pluginFault, type Slot, withTimeout } from "./slot.js";
import { tagFault } from "./tag-limits.js";

export type TagSlot = Slot<RunContextProvider>;

/** Both have no prototype and the same keys. */
export interface RunTags {
  readonly tags: Readonly<Record<string, string>>;
  /** Tag key to the instance that gave the tag. */
  readonly sources: Readonly<Record<string, string>>;
}

export interface TagPipeline {
  /**
   * Asks every provider, all at once. Of two that give the same key the later in the list wins, with one warning.
   *
   * @throws MlflowAuthError of the first provider in the list that fails and is not optional: the run must not be created
   */
  resolve(run: Run): Promise<RunTags>;
  /**
   * Reports that a run is created without the tags, every time.
   *
   * @param why a sentence's end, such as "its body is compressed"
   */
  leftOut(why: string): void;
}

export interface TagPipelineOptions {
  readonly server: ServerConfig;
  /** In the order of the server's `tags`. */
  readonly slots: readonly TagSlot[];
  readonly clock: Clock;
  readonly logger: Logger;
}

type Given = readonly (readonly [key: string, value: string])[];

export function createTagPipeline({ server, slots, clock, logger }: TagPipelineOptions): TagPipeline {
  const reported = new WeakSet<MlflowAuthError>();
  const collisions = new Set<string>();

  async function resolve(run: Run): Promise<RunTags> {
    const settled = await Promise.allSettled(slots.map((slot) => withTimeout(ask(slot, run), slot, clock)));
    const tags: Record<string, string> = Object.create(null);
    const sources: Record<string, string> = Object.create(null);
    for (const [index, result] of settled.entries()) {
      const slot = slots[index] as TagSlot;
      const given = result.status === "fulfilled" ? result.value : forgiven(slot, result.reason);
      for (const [key, value] of given) {
        const owner = sources[key];
        if (owner !== undefined) warnOfCollision(key, owner, slot.instance);
        tags[key] = value;
        sources[key] = slot.instance;
      }
    }
    if (slots.length > 0 && logger.isLevelEnabled?.("debug") !== false) trace(sources);
    return Object.freeze({ tags: Object.freeze(tags), sources: Object.freeze(sources) });
  }

  /** Keys alone: a value may be about a person. */
  function trace(sources: Readonly<Record<string, string>>): void {
    const given = Object.entries(sources).map(([key, instance]) => `${key} from ${instance}`);
    logger.debug(
      { server: server.uri, reason: "run tags" },
      `a run on ${server.uri}: ${given.join(", ") || "no tags"}`,
    );
  }

  /** No tags in place of the failure of an optional provider; any other failure is thrown. */
  function forgiven(slot: TagSlot, thrown: unknown): Given {
    const error = pluginFault(thrown, slot.instance);
    if (!slot.optional) throw refusal(error, slot, server);
    if (!reported.has(error)) {
      reported.add(error);
      const message = `${error.message}; runs are created without its tags, for plugins.${slot.instance} is optional`;
      logger.warn({ code: error.code, plugin: slot.instance, server: server.uri }, message);
    }
    return [];
  }

  function warnOfCollision(key: string, loser: string, winner: string): void {
    const collision = `${loser}\n${winner}\n${key}`;
    if (collisions.has(collision)) return;
    collisions.add(collision);
    const message = `plugins ${loser} and ${winner} both set the run tag ${key} for ${server.uri}; that of ${winner}, the later in the list, is sent`;
    logger.warn({ plugin: winner, server: server.uri, reason: "tag collision" }, message);
  }

  function leftOut(why: string): void {
    const names = slots.map(({ instance }) => instance).join(", ");
    logger.warn(
      { server: server.uri, reason: "untagged run" },
      `a run is created on ${server.uri} without the tags of ${names}: ${why}`,
    );
  }

  return { resolve, leftOut };
}

async function ask(slot: TagSlot, run: Run): Promise<Given> {
  if (!(await slot.provider.inContext())) return [];
  return checked(await slot.provider.tags(run), slot);
}

function checked(given: unknown, { instance }: TagSlot): Given {
  const wrong = (what: string) =>
    new MlflowAuthError("PLUGIN_RESULT", `plugin ${instance} ${what}`, {
      plugin: instance,
      remedy: "report this to the plugin's author",
    });
  // A list or a Map has no tags as properties: it would pass for an empty answer.
  if (typeof given !== "object" || given === null || Symbol.iterator in given) {
    throw wrong("answered tags() with something that is no object of tags");
  }
  const entries = Object.entries(given);
  for (const [key, value] of entries) {
    if (typeof value !== "string") throw wrong("gave a run tag a value that is no string");
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
const refusals = new WeakSet<object>();

/** Whether it was for a failure of a tag provider, and not for want of a credential, that nothing was sent. */
export function isTagRefusal(error: object): boolean {
  return refusals.has(error);
}

function refusal(error: MlflowAuthError, { instance }: TagSlot, { uri }: ServerConfig): MlflowAuthError {
  const { code, message, remedy, transient } = error;
  const leave = `or set \`optional: true\` in plugins.${instance} to create runs without its tags`;
  const refused = new MlflowAuthError(code, `no run is created on ${uri} without the tags of ${instance}: ${message}`, {
    plugin: instance,
    server: uri,
    transient,
    cause: error,
    remedy: remedy === undefined ? leave.replace("or ", "") : `${remedy}, ${leave}`,
  });
  refusals.add(refused);
  return refused;
}
