/** One proxy for many programs, from its first to its last. */
import { rmSync } from "node:fs";
import type { Socket } from "node:net";
import { type Clock, systemClock } from "@mlflow-auth/core/internal";
import { bridgeSettings } from "@mlflow-auth/proxy";
import type { Served } from "../serve-proxy.js";
import type { Ask, Told } from "./ask.js";
import { createControl } from "./control.js";
import type { Given } from "./given.js";
import { type Handover, startHandover } from "./handover.js";
import { differenceOf, digestOf, type Meaning } from "./judge.js";
import { createLeases, type Leases } from "./leases.js";

/** What is shared, and with whom. */
export interface ShareOptions extends Pick<Served, "proxy" | "upstream"> {
  readonly given: Given;
  /** The connection to the program that started this, if one did. */
  readonly starter: Socket | undefined;
  readonly meaning: Meaning;
  /** Whoever wants it to stop calls this function. Gives one that ends that. */
  readonly onStop: (stop: () => void) => () => void;
  /** The log speaks to them. */
  readonly speak: (say: Leases["say"]) => void;
  readonly clock?: Pick<Clock, "setTimeout" | "now"> | undefined;
}

/** Milliseconds that requests under way get once the proxy is told to stop. */
const GRACE = 10_000;

/** A proxy that is shared. */
export interface Shared {
  /** Resolves once nobody needs it any more, and it takes no more requests. */
  readonly ended: Promise<void>;
}

/** Answers the program that started it, and from then on everybody. */
export async function share(options: ShareOptions): Promise<Shared> {
  const { given, starter, meaning, proxy, upstream, onStop, speak, clock = systemClock } = options;
  const { config } = meaning;
  const digest = digestOf(meaning);
  const ending = Promise.withResolvers<void>();
  let isRetired = false;
  let isStopping = false;
  let handover: Handover | undefined;

  const leases = createLeases({ ended: () => end(0), clock });
  const control = createControl({ answer, leases, clock });

  async function answer(ask: Ask, isStarter: boolean): Promise<Told> {
    // The one that started this gave all that it has, also what is no text and in no ask.
    const difference = isStarter ? undefined : await differenceOf(ask, meaning);
    if (isRetired) return { no: "it ends" };
    if (difference !== undefined) return { no: difference };
    const displaced = { auth: null, sigv4: false };
    const settings = bridgeSettings({ config, proxyUrl: proxy.url, upstream: upstream.uri, addresses: {}, displaced });
    const fd = handover?.isRunning ? given.handoverSocket : null;
    return { settings: JSON.parse(settings), file: config.file ?? null, fd, digest };
  }

  function retire(): void {
    if (isRetired) return;
    isRetired = true;
    leases.again();
    removeSockets(given);
  }

  function end(grace: number): void {
    retire();
    if (isStopping) return void proxy.close();
    isStopping = true;
    const close = async () => {
      await handover?.farewell();
      await proxy.close({ grace });
      control.close();
      leases.close();
    };
    close().then(ending.resolve, ending.reject);
  }

  const endStop = onStop(() => end(GRACE));
  speak(leases.say);
  if (starter !== undefined) control.takeStarter(starter);
  if (given.control !== null) await control.listen(given.control);
  handover = startHandover({ given, token: new URL(proxy.url).pathname.slice(1), digest, clock });
  leases.expect();
  return { ended: ending.promise.finally(endStop) };
}

/** Nobody finds it from here on. They may be gone, with the folder that they were in. */
export function removeSockets({ socket, handoverSocket }: Given): void {
  for (const path of [socket, handoverSocket]) if (path !== null) rmSync(path, { force: true });
}
