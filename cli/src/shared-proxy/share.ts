/** One proxy for many programs, from its first to its last. */
import { rmSync } from "node:fs";
import type { Socket } from "node:net";
import { type Clock, formatError, isMlflowAuthError, type ServerConfig, systemClock } from "@mlflow-auth/core/internal";
import { bridgeSettings } from "@mlflow-auth/proxy";
import type { Served } from "../serve-proxy.js";
import type { Ask, Told } from "./ask.js";
import { createControl } from "./control.js";
import { PAUSE, watchFile } from "./file-watch.js";
import type { Given } from "./given.js";
import { type Handover, startHandover } from "./handover.js";
import { differenceOf, differenceOfAny, digestOf, type Meaning } from "./judge.js";
import { createLeases, type Leases } from "./leases.js";

/** What is shared, and with whom. */
export interface ShareOptions extends Pick<Served, "proxy" | "upstream" | "logger"> {
  readonly given: Given;
  /** The connection to the program that started this, if one did. */
  readonly starter: Socket | undefined;
  readonly meaning: Meaning;
  /** Loads and opens what the file says now, and closes it. Rejects with what is wrong with it. */
  readonly tryOut: () => Promise<void>;
  /** Whoever wants it to stop calls this function. Gives one that ends that. */
  readonly onStop: (stop: () => void) => () => void;
  /** The log speaks to them. */
  readonly speak: (say: Leases["say"]) => void;
  readonly clock?: Pick<Clock, "setTimeout" | "now"> | undefined;
}

/** Milliseconds that requests under way get once the proxy is told to stop, and where it ends by itself: an upload takes long. */
const GRACE = 10_000;
const LONG_GRACE = 3_600_000;

/**
 * Milliseconds for which connections are still taken: who looked at its lease just before, and has the listening socket as well, would
 * wait there for nobody.
 */
const LATE = 500;

/** Milliseconds without a request after which one that another has replaced ends: where nobody has a lease, and in any case. */
const UNUSED = 10_000;
const LONG_UNUSED = 60_000;

/**
 * Milliseconds between two looks whether the first credential has been given, and until they end. The program that started this has
 * begun with a request by then, or never will.
 */
const LOOK = 20;
const LONGEST_LOOK = 1_000;

/** A proxy that is shared. */
export interface Shared {
  /** Resolves once nobody needs it any more, and it takes no more requests. */
  readonly ended: Promise<void>;
}

/** Answers the program that started it, and from then on everybody. */
export async function share(options: ShareOptions): Promise<Shared> {
  const { given, starter, meaning, proxy, upstream, logger, clock = systemClock } = options;
  const { config, file, reads } = meaning;
  const digest = digestOf(meaning);
  const ending = Promise.withResolvers<void>();
  let isRetired = false;
  let isEnding = false;
  let handover: Handover | undefined;

  let usesBefore = proxy.uses;
  const noteUses = () => {
    usesBefore = proxy.uses;
  };
  const leases = createLeases({ ended: unneeded, left: noteUses, clock });
  const control = createControl({ answer, leases, clock });

  async function answer(ask: Ask, isStarter: boolean): Promise<Told> {
    // The one that started this gave all that it has.
    const difference = isStarter ? undefined : await differs(ask);
    if (isRetired) return { no: "it ends" };
    if (difference !== undefined) return { no: difference };
    const displaced = { auth: null, sigv4: false };
    const settings = bridgeSettings({ config, proxyUrl: proxy.url, upstream: upstream.uri, addresses: {}, displaced });
    const fd = handover?.isRunning ? given.handoverSocket : null;
    return { settings: JSON.parse(settings), file: config.file ?? null, fd, digest };
  }

  /** Whether each plugin that gives credentials has been asked for one: another server's may read what nobody has read yet. */
  function haveAllBeenAsked(): boolean {
    const { forwardedTo } = proxy;
    if (forwardedTo.size === 0) return false;
    const givers = ({ auth, headers }: ServerConfig) => [...auth, ...headers];
    const asked = new Set(config.servers.filter(({ uri }) => forwardedTo.has(uri)).flatMap(givers));
    return config.servers.flatMap(givers).every((name) => asked.has(name));
  }

  const allReads = () => new Set([...reads, ...(given.known ?? [])]);

  /** Plugins may read variables only as they give their first credential: until then all of them count. */
  async function differs(ask: Ask): Promise<string | undefined> {
    for (let left = LONGEST_LOOK; ; left -= LOOK) {
      // Before it is judged: what has been read by now counts.
      const isKnown = given.known !== null || haveAllBeenAsked();
      const difference = await differenceOf(ask, { ...meaning, reads: allReads() });
      if (isKnown || difference !== undefined) return difference;
      const unsure = await differenceOfAny(ask, meaning);
      if (unsure === undefined || left <= 0) return unsure;
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, LOOK));
    }
  }

  /** Nobody has had a lease for a while; but a request that is sent again, as to a successor, is sent without one. */
  function unneeded(): void {
    if (isRetired) return;
    const isUsed = proxy.uses !== usesBefore;
    noteUses();
    if (isUsed) leases.expect();
    else end(LONG_GRACE);
  }

  function retire(): void {
    if (isRetired) return;
    isRetired = true;
    leases.again();
    removeSockets(given);
  }

  /** Another one is to take its place: it serves on for those who have not seen that yet. */
  function giveWay(): void {
    retire();
    let { uses } = proxy;
    let usedAt = clock.now();
    const look = () => {
      if (proxy.uses !== uses) usedAt = clock.now();
      uses = proxy.uses;
      const unused = clock.now() - usedAt;
      if (unused >= (leases.size === 0 ? UNUSED : LONG_UNUSED)) end(LONG_GRACE);
      else if (!isEnding) clock.setTimeout(look, PAUSE);
    };
    clock.setTimeout(look, PAUSE);
  }

  function sayBad(thrown: unknown): void {
    const why = isMlflowAuthError(thrown) ? `\n${formatError(thrown)}` : "";
    const text = "the file was changed and can't be used as it is now: requests go on with what it said before";
    logger.warn(file === undefined ? {} : { file: file.path }, `${text}${why}`);
  }

  /** A variable that a plugin asks for once it works may have another value for a program that was let in before. */
  function watchReads(): void {
    const known = reads.size;
    const wereAsked = haveAllBeenAsked();
    const look = () => {
      if (isRetired) return;
      if (reads.size > known) leases.again(starter);
      if (haveAllBeenAsked() && (reads.size > known || !wereAsked)) handover?.know([...allReads()]);
      watchReads();
    };
    clock.setTimeout(look, PAUSE);
  }

  function end(grace: number): void {
    retire();
    // Whoever asks a second time means now.
    if (isEnding) return void proxy.close();
    isEnding = true;
    watch?.close();
    const close = async () => {
      // First, for it would take the place of a proxy that is killed while it ends.
      await handover?.farewell();
      if (leases.size > 0) await new Promise<void>((resolve) => clock.setTimeout(resolve, LATE));
      await proxy.close({ grace });
      control.close();
      leases.close();
    };
    close().then(ending.resolve, ending.reject);
  }

  const { tryOut } = options;
  const watch = file && watchFile({ file, tryOut, good: giveWay, bad: sayBad, clock });
  const endStop = options.onStop(() => end(GRACE));
  options.speak(leases.say);
  if (starter !== undefined) control.take(starter, true);
  if (given.control !== null) await control.listen(given.control);
  handover = startHandover({ given, token: new URL(proxy.url).pathname.slice(1), digest, clock });
  watchReads();
  leases.expect();
  return { ended: ending.promise.finally(endStop) };
}

/** Nobody finds it from here on. They may be gone, with the folder that they were in. */
export function removeSockets({ socket, handoverSocket }: Given): void {
  for (const path of [socket, handoverSocket]) if (path !== null) rmSync(path, { force: true });
}
