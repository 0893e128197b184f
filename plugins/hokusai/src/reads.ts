/** Which requests only read. */
import type { ProviderRequest } from "@mlflow-auth/core/plugin";

const READING_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Calls of MLflow's API that read although they are POSTs: their last segment. */
const READING_CALLS = /\/(?:search|search-datasets|get-latest-versions)$/;

/** Anything that is not known to read counts as a write. */
export function reads({ method, url }: Pick<ProviderRequest, "method" | "url">): boolean {
  return READING_METHODS.has(method) || (method === "POST" && READING_CALLS.test(url.pathname));
}
