/** The links of one server, from the secret backend to the clock. */
import { clockFinding } from "./clock.js";
import { examineCredential } from "./credential.js";
import type { Examination } from "./examination.js";
import type { Finding } from "./finding.js";
import { examineNetwork } from "./network.js";
import { requestFinding } from "./request.js";
import { tagsFinding } from "./run-tags.js";

/** Links that do not need each other are examined side by side: a broken secret backend does not hide a broken certificate. */
export async function examineServer(given: Omit<Examination, "since">): Promise<Finding[]> {
  const examination = { ...given, since: given.wire.answers.length };
  const [credential, tags, network] = await Promise.all([
    examineCredential(examination),
    tagsFinding(examination),
    examineNetwork(examination),
  ]);
  try {
    const clock = clockFinding(examination);
    const clocksApart = clock.warnings.length > 0;
    const request = await requestFinding(examination, { ...credential, ...network, clocksApart });
    return [...credential.findings, tags, ...network.findings, request, clock];
  } finally {
    // A server that hangs would hold up a close.
    await network.agent?.destroy();
  }
}
