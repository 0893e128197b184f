/**
 * Hokusai in front of MLflow, as strict as the real one: both endpoints, its key check in the documented order, its answers word for
 * word, and nothing of a key or of an identity that MLflow gets to see.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { registerModel } from "./hokusai-fake/baseline.ts";
import { type Forwarding, forward } from "./hokusai-fake/forward.ts";
import { type HokusaiKeys, judgeKey } from "./hokusai-fake/keys.ts";

/** What happens in place of the answer. */
export type HokusaiFault =
  | "rate-limited"
  | "key-service"
  | "bad-gateway"
  | "gateway-timeout"
  | "artifacts-off"
  | "hang"
  | "reset"
  | "html"
  | { readonly redirect: string };

export interface HokusaiRequest {
  readonly method: string;
  /** As it was asked for, with its query. */
  readonly path: string;
  readonly status: number;
  /** Where a key stood, as it was judged; undefined where there was none. */
  readonly keyIn: string | undefined;
  /** What MLflow was asked, if it was, with the names of the headers. */
  readonly forwarded?: { readonly path: string; readonly headers: readonly string[] } | undefined;
}

export interface FakeHokusai {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Where reads are open and only `/ajax-api` is served. */
  readonly direct: string;
  /** Where every request needs the key of an administrator. */
  readonly proxy: string;
  /** Of Hokusai's own API. */
  readonly endpoint: string;
  readonly keys: HokusaiKeys;
  /** Of every request from now on, until it is undefined again. */
  fault: HokusaiFault | undefined;
  readonly seen: HokusaiRequest[];
  /** The bodies of registrations. */
  readonly registered: unknown[];
  stop(): Promise<void>;
}

export interface HokusaiOptions {
  /** The MLflow server behind it. */
  readonly upstream: string;
  /** `registry`: the server behind it has only `/ajax-api`. Default: `plain`. */
  readonly behind?: "plain" | "registry";
  /** Keys, made with a watch where a test looks for them. Default: made up. */
  readonly key?: string;
}

/** A key of the form that Hokusai gives, and nobody's. */
export const makeKey = () => ["hk", "test", randomBytes(12).toString("hex")].join("_");

export async function startFakeHokusai({
  upstream,
  behind = "plain",
  key = makeKey(),
}: HokusaiOptions): Promise<FakeHokusai> {
  const seen: HokusaiRequest[] = [];
  const registered: unknown[] = [];
  const keys: HokusaiKeys = { admin: key, member: makeKey() };
  const server = createServer({ requestTimeout: 0 }, (request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    const { fault } = fake;
    const judged = judgeKey(request, keys);
    const note = (status: number, forwarded?: HokusaiRequest["forwarded"]) =>
      void seen.push({ method, path: url, status, keyIn: judged.keyIn, forwarded });
    const say = (status: number, body: object | string, headers: Record<string, string> = {}) => {
      note(status);
      request.resume();
      const type = typeof body === "string" ? "text/html" : "application/json";
      const text = typeof body === "string" ? body : JSON.stringify(body);
      response.writeHead(status, { "Content-Type": type, ...headers }).end(text);
    };
    if (fault === "hang") return note(0);
    if (fault === "reset") {
      note(0);
      return void request.socket.resetAndDestroy();
    }
    if (fault === "html") return say(200, "<!doctype html><title>Welcome</title>");
    if (typeof fault === "object") return say(307, {}, { Location: fault.redirect });
    const direct = /^\/mlflow(\/.*)$/s.exec(url)?.[1];
    const isRead = ["GET", "HEAD", "OPTIONS"].includes(method) || /\/search(?:\?|$)/.test(url);
    if (!(direct !== undefined && isRead && judged.keyIn === undefined)) {
      if (fault === "key-service")
        return say(503, { detail: "Authentication service timeout" }, { "Retry-After": "1" });
      if (judged.refusal !== undefined) return say(401, { detail: judged.refusal });
      if (fault === "rate-limited") return say(429, { detail: "Rate limit exceeded" }, { "Retry-After": "60" });
    }
    if (url === "/api/api/v1/models/baseline") {
      if (fault === "bad-gateway") return say(502, { detail: "Bad gateway" });
      return say(...(await registerModel(request, registered)));
    }
    if (direct === undefined && !judged.isAdmin) {
      return say(403, { detail: "Admin access required for the model registry", error: "REGISTRY_ADMIN_REQUIRED" });
    }
    if (fault === "bad-gateway") return say(502, { detail: "MLflow refused the connection" });
    if (fault === "gateway-timeout") return say(504, { detail: "MLflow timed out" });
    if (fault === "artifacts-off" && url.includes("/mlflow-artifacts/")) {
      return say(503, { detail: { error: "ARTIFACTS_DISABLED", message: "Artifact storage is switched off" } });
    }
    const path = direct ?? /^\/api\/mlflow(\/.*)$/s.exec(url)?.[1];
    // The direct endpoint is the registry host as it is.
    if (path === undefined || (direct !== undefined && /^\/api\//.test(path))) {
      return say(404, { error_code: "RESOURCE_NOT_FOUND", message: "Not found" });
    }
    const onward: Forwarding = { request, response, upstream, path: behind === "registry" ? belowAjax(path) : path };
    forward(onward, (status, headers) => note(status, { path: onward.path, headers }), say);
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeHokusai = {
    origin,
    direct: `${origin}/mlflow`,
    proxy: `${origin}/api/mlflow`,
    endpoint: `${origin}/api`,
    keys,
    fault: undefined,
    seen,
    registered,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;
}

function belowAjax(path: string): string {
  return path.replace(/^\/api\/(?=\d)/, "/ajax-api/");
}
