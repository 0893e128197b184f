/** A proxy in front of MLflow that lets in whom Descope's own SDK finds to have a valid session of the project. */
import createSdk from "@descope/node-sdk";
import type { FakeDescope } from "./descope-fake.ts";
import type { Front } from "./front.ts";
import { startFront } from "./node-front.ts";

export interface DescopeFront extends Front {
  /** Lets these sessions in no more, as where their user was logged out. */
  refuse(sessions: readonly string[]): void;
}

/** @param upstream the URI of the server behind it */
export async function startDescopeFront({ projectId, url }: FakeDescope, upstream: string): Promise<DescopeFront> {
  const sdk = createSdk({ projectId, baseUrl: url });
  const refused = new Set<string>();
  async function judge(value: string): Promise<boolean> {
    const session = /^Bearer (\S+)$/.exec(value)?.[1] ?? "";
    if (refused.has(session)) return false;
    return await sdk.validateSession(session).then(
      () => true,
      () => false,
    );
  }
  const front = await startFront({ upstream, accepted: [], judge });
  return {
    ...front,
    refuse(sessions) {
      for (const session of sessions) refused.add(session);
    },
  };
}
