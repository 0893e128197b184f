/** The servers of the demo: small ones that need nothing but Node, or the real ones. */
import { startStub } from "@mlflow-auth/mlflow-stub";
import type { Front } from "@mlflow-auth/test/servers/front";
import { startMlflow } from "@mlflow-auth/test/servers/mlflow";
import { startNginx } from "@mlflow-auth/test/servers/nginx";
import { startFront } from "@mlflow-auth/test/servers/node-front";
import { missing, type Tool } from "@mlflow-auth/test/servers/tools";
import type { CleanUp } from "./clean-up.ts";
import { type ProviderName, providers } from "./providers.ts";

/** What a proxy is called that is made for the demo. */
export const SMALL_FRONT = "a small proxy";

/** The MLflow server of the demo. */
export interface Backend {
  readonly uri: string;
  /** A Python that has `mlflow`; undefined with the small servers. */
  readonly python?: string;
}

/** How to start each server. The clean-up stops what was started. */
export interface Servers {
  startMlflow(): Promise<Backend>;
  /** The proxy in front of the MLflow server. It lets through requests with this Authorization header, and no others. */
  startFront(upstream: string, authorization: string): Promise<Front>;
  /** What that proxy is called. */
  readonly front: string;
}

/** @param real nginx and MLflow themselves; else small servers in this process */
export function chooseServers(real: boolean, cleanUp: CleanUp): Servers {
  const mlflow = real ? startMlflow : startSmallMlflow;
  const front = real ? startNginx : startFront;
  const stopping = async <T extends { stop(): unknown }>(server: Promise<T>): Promise<T> => {
    const started = await server;
    cleanUp.add(() => started.stop());
    return started;
  };
  return {
    startMlflow: () => stopping(mlflow()),
    startFront: (upstream, authorization) => stopping(front({ upstream, accepted: [authorization] })),
    front: real ? "nginx" : SMALL_FRONT,
  };
}

async function startSmallMlflow(): Promise<Backend & { stop(): Promise<void> }> {
  const { uri, close } = await startStub();
  return { uri, stop: close };
}

/** What the real servers need and this machine lacks: a sentence for each, which also says how to get it. */
export async function missingTools(provider: ProviderName): Promise<string[]> {
  const tools: readonly Tool[] = [...providers[provider].tools, "mlflow"];
  const sentences: string[] = [];
  for (const tool of tools) {
    const sentence = await missing(tool);
    if (sentence !== undefined) sentences.push(sentence);
  }
  return sentences;
}
