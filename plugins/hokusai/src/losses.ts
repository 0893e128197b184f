/** Tells what was not recorded: the first of each kind at once, and all of them in the end. */
import type { DispatchedRequest, PluginContext } from "@mlflow-auth/core/plugin";
import type { ApiCall } from "./api-call.js";

/** On every answer that is made here in MLflow's place: what it tells is known to nobody else. */
export const NOT_RECORDED = "X-MLflow-Auth-Not-Recorded";

/** What was not recorded so far. */
export interface Losses {
  /** Counts a call that was answered here. What only reads loses nothing. */
  add(request: DispatchedRequest, call: ApiCall, reason: string): void;
  /** Sums up, once. */
  tell(): void;
}

/** For one instance. */
export function createLosses({ instance, logger }: PluginContext): Losses {
  /** By server, then by name. */
  const counts = new Map<string, Map<string, number>>();
  return {
    add({ server }, { name, method }, reason) {
      if (method === "GET" || method === "HEAD") return;
      const byName = counts.get(server.uri) ?? new Map<string, number>();
      counts.set(server.uri, byName);
      const before = byName.get(name) ?? 0;
      byName.set(name, before + 1);
      if (before > 0) return;
      const message = `${name} is NOT RECORDED at ${server.uri}: ${reason}. The program goes on (plugins.${instance}: onUnavailable)`;
      logger.warn({ plugin: instance, server: server.uri }, message);
    },
    tell() {
      for (const [uri, byName] of counts) {
        const list = [...byName].map(([name, count]) => `${count} × ${name}`).join(", ");
        logger.warn({ plugin: instance, server: uri }, `NOT RECORDED at ${uri}, because it was unavailable: ${list}`);
      }
      counts.clear();
    },
  };
}
