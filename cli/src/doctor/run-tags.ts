import { isMlflowAuthError, MlflowAuthError } from "@mlflow-auth/core/internal";
import { type Examination, PLUGIN_FACTOR } from "./examination.js";
import { brokenBy, type Finding, fine, skipped } from "./finding.js";
import { inWords, within } from "./with-timeout.js";

/** Whether a run could be created: what the tag plugins give it, or which of them stops it. */
export async function tagsFinding({ opened, target, timeout }: Examination): Promise<Finding> {
  if (target.server.tags.length === 0) return skipped("tags", "no plugin gives any");
  if (!("open" in opened)) return skipped("tags", "not judged: the plugins can't be used");
  const limit = PLUGIN_FACTOR * timeout;
  const asked = opened.open.tags(target.server, { experimentId: undefined, runName: undefined, tags: {} });
  try {
    const { tags } = await within(limit, asked, () => {
      throw new MlflowAuthError("PLUGIN_TIMEOUT", `no run tags from the plugins within ${inWords(limit)}`, {
        remedy: "see what the plugin needs to answer, or give it longer with --timeout",
      });
    });
    return fine("tags", Object.keys(tags).join(", ") || "none here");
  } catch (thrown) {
    if (!isMlflowAuthError(thrown)) throw thrown;
    return brokenBy("tags", thrown);
  }
}
