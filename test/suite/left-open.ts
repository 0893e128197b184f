/** What keeps this process alive, and since which test. */

/** Kinds of resources with the test after which they were there first. */
const since = new Map<string, string>();
const atStart = count();

function count(): Map<string, number> {
  const counted = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counted.set(kind, (counted.get(kind) ?? 0) + 1);
  return counted;
}

/** Of each kind as many as were opened since this module was loaded, which is before any test. */
function opened(): [kind: string, number: number][] {
  return [...count()]
    .map(([kind, number]): [string, number] => [kind, number - (atStart.get(kind) ?? 0)])
    .filter(([, number]) => number > 0);
}

/** Remembers after each test what is open, so that {@link leftOpen} can tell who left it. */
export function noteOpen(test: string): void {
  const now = new Set(opened().map(([kind]) => kind));
  for (const kind of since.keys()) if (!now.has(kind)) since.delete(kind);
  for (const kind of now) if (!since.has(kind)) since.set(kind, test);
}

/** For people, such as `2 TCPSocketWrap (since "a client that stalls"), 1 Timeout`; `nothing` if there is nothing. */
export function leftOpen(): string {
  const list = opened().map(([kind, number]) => {
    const test = since.get(kind);
    return `${number} ${kind}${test === undefined ? "" : ` (since "${test}")`}`;
  });
  return list.join(", ") || "nothing";
}
