/** The body of `runs/create`: what it says of the run, and the same body with more tags. */
import { isUtf8 } from "node:buffer";
import type { Run } from "../provider/provider.js";
import { elements, members, type Place, skipSpace, stringAt } from "./json-text.js";

/** A body of `runs/create` that could be read. */
export interface RunBody {
  /** What the client says of the run, its own tags among it. */
  readonly run: Run;
  /**
   * The body with these tags behind the client's own. A tag whose key the client has set is left out. Every byte stays as it was,
   * but for those that come into the list of tags; without any to add, it is the same object.
   */
  withTags(tags: Readonly<Record<string, string>>): Buffer;
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const RUN_NAME_TAG = "mlflow.runName";

/** @returns undefined for a body that MLflow would not read as a run: no JSON object, or `tags` that are no list */
export function readRunBody(body: Buffer): RunBody | undefined {
  // MLflow reads over the mark, as Python's json module does with bytes.
  const begin = body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  if (!isUtf8(body) || !isJson(body.toString("utf8", begin))) return undefined;
  const text = body.toString("latin1");
  const open = skipSpace(text, begin);
  if (text[open] !== "{") return undefined;

  const fields = lastOf(text, open);
  const list = fields.get("tags");
  const kind = list === undefined || text.startsWith("null", list.start) ? "none" : text[list.start];
  if (kind !== "none" && kind !== "[") return undefined;

  const own = kind === "[" ? ownTags(text, (list as Place).start) : { keys: new Set<string>(), tags: noTags };
  const runName = textOf(text, fields.get("run_name") ?? fields.get("runName")) || own.tags[RUN_NAME_TAG];
  // The server refuses a run whose name and whose tag with the name differ (mlflow/store/tracking/sqlalchemy_store.py: create_run).
  if (runName) own.keys.add(RUN_NAME_TAG);
  const experimentId = textOf(text, fields.get("experiment_id") ?? fields.get("experimentId"));
  const insertionPoint = kind === "[" ? behindLast(text, (list as Place).start) : list;

  return {
    run: Object.freeze({ experimentId, runName, tags: own.tags }),
    withTags(tags) {
      const added = Object.entries(tags).filter(([key]) => !own.keys.has(key));
      if (added.length === 0) return body;
      const items = added.map(([key, value]) => JSON.stringify({ key, value })).join(",");
      if (kind === "[") return spliced(body, insertionPoint as InsertionPoint, items);
      if (insertionPoint !== undefined) return spliced(body, insertionPoint, `[${items}]`);
      return spliced(body, behindLast(text, open), `"tags":[${items}]`);
    },
  };
}

/** A place for a further element or member; `after`: one stands before it, so that a comma is needed. */
interface InsertionPoint extends Place {
  readonly after?: boolean;
}

function spliced(body: Buffer, { start, end, after = false }: InsertionPoint, text: string): Buffer {
  return Buffer.concat([body.subarray(0, start), Buffer.from(after ? `,${text}` : text), body.subarray(end)]);
}

function behindLast(text: string, open: number): InsertionPoint {
  let last: Place | undefined;
  for (const place of text[open] === "[" ? elements(text, open) : members(text, open)) last = place;
  const at = last?.end ?? open + 1;
  return { start: at, end: at, after: last !== undefined };
}

/** Of a key that is repeated the last counts, in any spelling; MLflow's server reads it so, too. */
function lastOf(text: string, open: number): ReadonlyMap<string, Place> {
  return new Map([...members(text, open)].map((member) => [member.key, member]));
}

const noTags: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

/** The client's tags, and every key that it sets, also those without a text for their value. */
function ownTags(text: string, open: number): { keys: Set<string>; tags: Readonly<Record<string, string>> } {
  const keys = new Set<string>();
  const tags: Record<string, string> = Object.create(null);
  for (const { start } of elements(text, open)) {
    if (text[start] !== "{") continue;
    const tag = lastOf(text, start);
    const key = textOf(text, tag.get("key"));
    if (key === undefined) continue;
    keys.add(key);
    const value = textOf(text, tag.get("value"));
    if (value !== undefined) tags[key] = value;
  }
  return { keys, tags: Object.freeze(tags) };
}

/** A string as it is meant, a number as it is written (no digit of a 64-bit integer is lost); undefined for anything else. */
function textOf(text: string, place: Place | undefined): string | undefined {
  if (place === undefined) return undefined;
  const literal = text.slice(place.start, place.end);
  return /^-?\d/.test(literal) ? literal : stringAt(text, place);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
