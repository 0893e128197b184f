/** Calls of a site, and what came of each: its server got the credential and nobody else did, or nothing arrived. */
import * as assert from "uvu/assert";
import { canary, type Site } from "./site.ts";
import { callBy, type Outcome } from "./ways.ts";

/** @param site asked for with each call, for a suite opens it before its first test */
export function callsOf(site: () => Site) {
  return {
    call: (way: string, uri: string, env: Record<string, string> = {}) =>
      callBy(way, { uri, folder: site().project.folder, env }),

    /** @param path that arrived, where the address has one of its own */
    answered(way: string, { status, told }: Outcome, path = "/api"): void {
      assert.is(status, 200, `${way}: ${told}`);
      assert.equal(
        site()
          .server.received.splice(0)
          .map(({ headers, url }) => [headers.authorization, url]),
        [[`Bearer ${canary}`, path]],
        way,
      );
    },

    /** @param patterns of what the program got to know */
    failed(way: string, { status, told }: Outcome, ...patterns: RegExp[]): void {
      assert.is.not(status, 200, way);
      for (const pattern of patterns) assert.match(told, pattern, way);
      assert.not.match(told, canary, way);
      assert.is(site().server.received.length, 0, way);
    },
  };
}
