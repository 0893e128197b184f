/** Makes the answers of two servers comparable: what differs from one run to the next is replaced, order that nobody promises is made equal. */
export function withoutChance(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(/\b[0-9a-f]{32}\b/g, "an id");
  if (Array.isArray(value)) return isTagged(value) ? value.map(withoutChance).sort(byKey) : value.map(withoutChance);
  if (typeof value !== "object" || value === null) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, field(name, (value as Record<string, unknown>)[name])]));
}

interface Entry {
  readonly key: string;
  readonly value: unknown;
}

/** Metrics of one key, as in a history, keep their order. */
function isTagged(values: readonly unknown[]): values is Entry[] {
  const keys = values.map((entry) => (entry as Partial<Entry> | null)?.key);
  return keys.every((key) => key !== undefined) && new Set(keys).size === keys.length;
}

function byKey(a: unknown, b: unknown): number {
  return (a as Entry).key < (b as Entry).key ? -1 : 1;
}

function field(name: string, value: unknown): unknown {
  if (name === "creation_time" || name === "last_update_time") return `a ${typeof value}`;
  // A run without a name gets two words and a number.
  const isMadeUp = typeof value === "string" && /^[a-z]+-[a-z]+-\d+$/.test(value);
  if ((name === "run_name" || name === "value") && isMadeUp) return "a name";
  return withoutChance(value);
}
