import { suite } from "@mlflow-auth/test/suite";
import fc from "fast-check";
import * as assert from "uvu/assert";
import type { ServerConfig } from "../../src/config/config.js";
import { createDetours } from "../../src/pipeline/detours.js";
import type { Rewrite } from "../../src/provider/provider.js";
import { fakeClock } from "../../src/testing.js";
import { boundAuth, serverConfig } from "./authorizer-fixture.js";

const test = suite("detours of requests");

const origin = "https://mlflow.test";

/** A server that serves only its UI's endpoints. */
const uiOnly: Rewrite = {
  to: (url) => changed(url, url.pathname.replace(/^\/base\/api\//, "/base/ajax-api/")),
  back: (url) => changed(url, url.pathname.replace(/^\/base\/ajax-api\//, "/base/api/")),
};

function changed(url: URL, pathname: string): URL {
  url.pathname = pathname;
  return url;
}

function rewriting(rewrite: Rewrite) {
  const bound = boundAuth("ui-only", () => undefined);
  const server: ServerConfig = serverConfig(`${origin}/base`, [bound]);
  const auth = [{ ...bound, provider: { ...bound.provider, rewrite } }];
  const serverOf = (_: string, path: string) => (/^\/base(?:[/?]|$)/.test(path) ? server : undefined);
  return createDetours([{ server, auth }], serverOf, fakeClock()).get(server)?.rewriting;
}

/** What a rewrite could take for its own, what URLs escape, and what they do not. */
const piece = fc.constantFrom("/", "api", "/api/", "a", "%2F", "%20", "+", "%", "é", "%C3%A9", '"', "|", "~", "=", "&");
const path = fc
  .tuple(fc.constantFrom("", "/api", "/api/2.0/mlflow", "/health"), fc.array(piece, { maxLength: 8 }))
  .map(([start, pieces]) => `/base${start}/${pieces.join("")}`);
const query = fc.array(fc.oneof(piece, fc.constant("?")), { maxLength: 6 }).map((pieces) => pieces.join(""));

test("back(to(u)) is u: what a server says of the address that it was asked for is the client's address", () => {
  const { to, back } = rewriting(uiOnly) as NonNullable<ReturnType<typeof rewriting>>;
  let led = 0;
  fc.assert(
    fc.property(path, query, (asked, search) => {
      const target = search === "" ? asked : `${asked}?${search}`;
      const sent = to(origin, target);
      if (sent !== target) led++;
      const url = new URL(origin + sent);
      assert.is((back(url) ?? url).href, new URL(origin + target).href);
      assert.is(to(origin, sent), sent, "what was rewritten is not rewritten again");
    }),
    { numRuns: 2_000 },
  );
  assert.ok(led > 200, `${led} were rewritten`);
});

test.run();
