/** What is compared, a row each. Times are the best of several: whatever else the machine does can only add to them. */
import type { Sent } from "./client.ts";
import type { Contender } from "./contenders.ts";
import type { Place } from "./place.ts";

/** Processes whose first request is timed, of each kind. */
const STARTS = 8;
/** Requests in a row, and how often, with the contenders taking turns. */
const [REQUESTS, TURNS] = [60, 5];
const CHILDREN = 4;

const best = (times: readonly number[]) => Math.min(...times);

type Three = Record<"bare" | "old" | "own", Contender>;
export interface Row {
  readonly what: string;
  readonly old: string;
  readonly own: string;
}

/** What the first request of a process takes beside one with a token that somebody set; with mlflow-auth of the one that starts the proxy, and of those that join it. */
export async function firstRequests({ bare, old, own }: Three): Promise<Row> {
  const plain = await bare.start();
  const theirs = await old.start();
  const ours = await own.start();
  const alone = best((await plain.first(STARTS)).map(timeOf));
  const [first, starts] = [await theirs.first(STARTS), await ours.first(STARTS, "alone")];
  // The first of these has started it.
  const [, ...joins] = await ours.first(STARTS + 1);
  for (const client of [plain, theirs, ours]) await client.end();
  const more = (sent: readonly Sent[]) => `${(best(sent.map(timeOf)) - alone).toFixed(0)} ms more`;
  return {
    what: "first request of a process",
    old: `${more(first)} than the ${alone.toFixed(0)} ms without`,
    own: `${more(joins)}; ${more(starts)} where it starts the proxy`,
  };
}

/** What each further request takes beside one with a token that somebody set. */
export async function furtherRequests({ bare, old, own }: Three): Promise<Row> {
  const clients = await Promise.all([bare, old, own].map((one) => one.start()));
  const times: number[][] = [[], [], []];
  for (const client of clients) timeOf(await client.request());
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [index, client] of clients.entries()) times[index]?.push(await client.requests(REQUESTS));
  }
  for (const client of clients) await client.end();
  const [alone = 0, theirs = 0, ours = 0] = times.map(best);
  const more = (time: number) => `${(time - alone).toFixed(1)} ms more than the ${alone.toFixed(1)} ms without`;
  return { what: "each further request", old: more(theirs), own: more(ours) };
}

export async function whenVaultIsDown({ old, own }: Three, place: Place): Promise<Row> {
  const [theirs, ours] = [await outcomeOf(old, place), await outcomeOf(own, place)];
  return { what: "Vault is down, first request", old: theirs, own: ours };
}

async function outcomeOf(one: Contender, place: Place): Promise<string> {
  await place.renewVault();
  const client = await one.start();
  place.vault().goDown();
  const { length } = await place.front.requests();
  const { outcome } = await client.request();
  const bare = (await place.front.requests()).slice(length).filter(({ credential }) => !credential).length;
  await client.end();
  const answer = typeof outcome === "number" ? `MLflow answers ${outcome}` : `\`${outcome}\``;
  return `${bare > 0 ? "sent without a credential" : "not sent"}: ${answer}`;
}

export async function whenTheTokenRotates({ old, own }: Three, place: Place): Promise<Row> {
  const said: string[] = [];
  for (const one of [old, own]) {
    await place.renewVault();
    const client = await one.start();
    timeOf(await client.request());
    await place.rotate();
    const { outcome } = await client.request();
    said.push(outcome === 200 ? "the next request passes, sent twice" : `the next request fails: ${outcome}`);
    await client.end();
  }
  const [theirs = "", ours = ""] = said;
  return { what: "the token rotates", old: theirs, own: ours };
}

/** Children of one process, which has sent a request before. */
export async function children({ old, own }: Three, place: Place, method: "fork" | "spawn"): Promise<Row> {
  const said: string[] = [];
  for (const one of [old, own]) {
    await place.renewVault();
    const client = await one.start();
    timeOf(await client.request());
    place.vault().taken();
    const outcomes = await client.children(method, CHILDREN);
    const { logins, reads } = place.vault().taken();
    const passed = outcomes.filter((outcome) => outcome === 200).length;
    said.push(`${passed} of ${CHILDREN} pass, ${logins} logins and ${reads} reads at Vault`);
    await client.end();
  }
  const [theirs = "", ours = ""] = said;
  return { what: `${CHILDREN} children by ${method}`, old: theirs, own: ours };
}

/** @throws Error if the server did not let it through: then the time is that of something else */
function timeOf({ milliseconds, outcome }: Sent): number {
  if (outcome !== 200) throw new Error(`a request ended with ${outcome}`);
  return milliseconds;
}
