/** A proxy that the environment names and that requests to a server do not take: why that server may not be found, or not be reached. */
import { ignoredProxy, sparedProxy } from "@mlflow-auth/core/internal";
import type { Examination } from "./examination.js";
import type { Finding } from "./finding.js";

/**
 * The finding of a link that did not come about, with the proxy first: who has one in his company mostly needs it.
 *
 * @param finding broken; given back as it is where no proxy is passed by
 */
export function withPassedProxy(
  finding: Finding,
  { target: { uri }, env }: Pick<Examination, "target" | "env">,
): Finding {
  const { found, remedy = "" } = finding;
  const ignored = ignoredProxy(uri, env);
  if (ignored !== undefined) {
    return {
      ...finding,
      found: `${found}; ${ignored.variable} names a proxy and is not followed`,
      remedy: `${ignored.remedy}. If none is needed, ${remedy}`,
    };
  }
  const spared = sparedProxy(uri, env);
  if (spared === undefined) return finding;
  return {
    ...finding,
    found: `${found}; NO_PROXY, by \`${spared.entry}\`, keeps it from the proxy of ${spared.variable}`,
    remedy: `take \`${spared.entry}\` out of NO_PROXY if that proxy leads there. If it does not, ${remedy}`,
  };
}
