/** Which of Hokusai's two endpoints a server is, and which requests need no key at the direct one. */
import type { ProviderRequest } from "@mlflow-auth/core/plugin";
import type { HokusaiOptions } from "./generated/options.js";

/** Whether this is the endpoint whose reads are open: the file says so, or it is the one that Hokusai documents. */
export function isDirect({ protocol, host, pathname }: URL, { access }: Pick<HokusaiOptions, "access">): boolean {
  if (access !== undefined) return access === "direct";
  return protocol === "https:" && host === "registry.hokus.ai" && /^\/mlflow(?:\/|$)/.test(pathname);
}

const READING_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Calls of MLflow's API that read although they are POSTs: their last segment. */
const READING_CALLS = /\/(?:search|search-datasets|get-latest-versions)$/;

/** Anything that is not known to read counts as a write. */
export function reads({ method, url }: Pick<ProviderRequest, "method" | "url">): boolean {
  return READING_METHODS.has(method) || (method === "POST" && READING_CALLS.test(url.pathname));
}
