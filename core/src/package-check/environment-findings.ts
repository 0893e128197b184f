/** What a package's environment files say: from which variables of other systems options are taken. */
import { readerOf } from "../discovery/check-manifest.js";
import { namesOf } from "../discovery/manifests.js";
import { rulesOf } from "../without-file/environment-rules.js";
import type { CheckedPackage } from "./checked-package.js";
import type { PackageFinding } from "./finding.js";
import { PluginRefusals } from "./refusals.js";

/** Whether each is a list of rules that core takes. */
export async function environmentFindings({ manifest }: CheckedPackage): Promise<PackageFinding[]> {
  if (manifest === undefined) return [];
  const refusals = new PluginRefusals();
  for (const plugin of namesOf(manifest)) {
    try {
      await rulesOf({ package: manifest, environment: readerOf(manifest, plugin) });
    } catch (thrown) {
      refusals.add(thrown);
    }
  }
  return refusals.findings;
}
