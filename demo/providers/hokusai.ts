/** Hokusai: a small double of its proxy, which asks for an API key and stands in front of MLflow itself. */
import type { Front } from "@mlflow-auth/test/servers/front";
import { type FakeHokusai, makeKey, startFakeHokusai } from "@mlflow-auth/test/servers/hokusai-fake";
import type { StartProvider } from "./provider.ts";

export const startProvider: StartProvider = async (_mode, _real, cleanUp) => {
  const key = makeKey();
  return {
    title: "An API key of Hokusai",
    sentences: ["The environment has it as HOKUSAI_API_KEY: no MLflow client would send it as X-API-Key."],
    wanted: "an API key",
    async front(upstream) {
      const hokusai = await startFakeHokusai({ upstream, key });
      cleanUp.add(hokusai.stop);
      return asFront(hokusai);
    },
    options: ["apiKey: { env: HOKUSAI_API_KEY }"],
    settings: { HOKUSAI_API_KEY: key },
  };
};

function asFront({ proxy, seen, stop }: FakeHokusai): Front {
  return {
    uri: proxy,
    setAccepted: () => Promise.reject(new Error("its key stays the same")),
    requests: async () =>
      seen.map(({ method, path, status, keyIn }) => ({
        method,
        path: path.replace(/\?.*/s, ""),
        status,
        credential: keyIn !== undefined,
      })),
    stop: async () => stop(),
  };
}
