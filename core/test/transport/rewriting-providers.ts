/** Providers that send requests to other addresses of their server than clients ask for. */
import type { ProviderRequest, Rewrite } from "../../src/provider/provider.js";
import { Secret } from "../../src/secret/secret.js";
import { boundAuth } from "../pipeline/authorizer-fixture.js";

export const changed = (url: URL, pathname: string): URL => Object.assign(url, { pathname });

/** MLflow's API in another folder than MLflow's clients ask for, in both directions. */
export const moved: Rewrite = {
  to: (url) => changed(url, url.pathname.replace(/^\/api\//, "/inner/api/")),
  back: (url) => changed(url, url.pathname.replace(/^\/inner\/api(\/|$)/, "/api$1")),
};

/** One provider, and the addresses with which it was asked for its credential. */
export function rewriter(rewrite: Rewrite = moved) {
  const asked: string[] = [];
  const bound = boundAuth("moved", ({ url }: ProviderRequest) => {
    asked.push(url.pathname + url.search);
    return { headers: { Authorization: new Secret("Bearer ours") } };
  });
  return { asked, bound: { ...bound, provider: { ...bound.provider, rewrite } } };
}
