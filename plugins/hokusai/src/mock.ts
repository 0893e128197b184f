/** Mock mode: a server in memory answers in MLflow's place. */
import type { DispatchedAnswer, DispatchedRequest, PluginContext, RequestAuthProvider } from "@mlflow-auth/core/plugin";
import type { StubHandler } from "@mlflow-auth/mlflow-stub";
import { NOT_RECORDED } from "./losses.js";

/** Answers every request of the instance, with a memory for each server; nothing is sent. */
export function createMock({ instance, logger }: PluginContext): Pick<RequestAuthProvider, "dispatch"> {
  const servers = new Map<string, Promise<StubHandler>>();

  /** For each host of a wildcard another one. */
  function serverOf({ url, server }: DispatchedRequest): Promise<StubHandler> {
    const basePath = new URL(server.uri).pathname.replace(/\/+$/, "");
    const uri = url.origin + basePath;
    let handler = servers.get(uri);
    if (handler === undefined) {
      const message = `MOCK MODE: nothing reaches ${uri}. A server in memory answers, and all that is logged is gone when this process ends (plugins.${instance}: mock, or HOKUSAI_MOCK_MODE)`;
      logger.warn({ plugin: instance, server: server.uri }, message);
      // Loaded where it is needed alone.
      handler = import("@mlflow-auth/mlflow-stub").then(({ createHandler }) => createHandler({ basePath }));
      servers.set(uri, handler);
    }
    return handler;
  }

  return {
    async dispatch(request) {
      const handler = await serverOf(request);
      const { method, url } = request;
      const bytes = await request.body();
      if (bytes === undefined) return tooLong();
      const path = url.pathname + url.search;
      const answer = await handler({
        method,
        url: path,
        headers: headersOf(request),
        body: bytes.length === 0 ? undefined : once(bytes),
      });
      return { ...answer, headers: { ...answer.headers, [NOT_RECORDED]: "true" } };
    },
  };
}

/** The stub keeps web pages off a server on their visitor's machine, by Host and Origin. This one has no address. */
function headersOf({ headers }: DispatchedRequest): Record<string, string> {
  const kept = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return { ...Object.fromEntries(kept.filter(([name]) => name !== "origin")), host: "localhost" };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function tooLong(): DispatchedAnswer {
  const message = "mlflow-auth: mock mode takes no body that is longer than 1 MiB, and no form";
  return {
    status: 413,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ error_code: "INVALID_PARAMETER_VALUE", message }),
  };
}
