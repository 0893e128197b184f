/** Descope: a small double of a project, and a proxy in which Descope's own SDK judges sessions. */
import { startFakeDescope } from "@mlflow-auth/test/servers/descope-fake";
import { startDescopeFront } from "@mlflow-auth/test/servers/descope-front";
import type { StartProvider } from "./provider.ts";

export const startProvider: StartProvider = async (_mode, _real, cleanUp) => {
  const descope = await startFakeDescope();
  cleanUp.add(descope.stop);
  descope.user = { email: "ann@example.com" };
  return {
    title: "An access key of Descope",
    sentences: [
      `A small Descope, at ${descope.url}, gives a session for it; Descope's own SDK judges sessions in front of MLflow.`,
      "The environment has it as DESCOPE_ACCESS_KEY. Each run is tagged with whose session it was.",
    ],
    server: { name: "Descope", address: descope.url },
    wanted: "a session of Descope",
    async front(upstream) {
      const front = await startDescopeFront(descope, upstream);
      cleanUp.add(front.stop);
      return front;
    },
    options: [`projectId: ${descope.projectId}`, `baseUrl: ${descope.url}`, "accessKey: { env: DESCOPE_ACCESS_KEY }"],
    tags: {
      "descope.user_id": "U2ann",
      "descope.username": "U2ann",
      "descope.email": "ann@example.com",
    },
    settings: { DESCOPE_ACCESS_KEY: descope.accessKey },
  };
};
