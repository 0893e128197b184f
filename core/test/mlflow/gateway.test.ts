import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import {
  basePathOf,
  bringsProviderKeys,
  gatewayAround,
  isBelowGateway,
  isGatewayOfListed,
  keepsAuthorization,
  readVersion,
  takesOwnHeader,
} from "../../src/mlflow/gateway.js";

const test = suite("MLflow's AI gateway");

/** Where MLflow, or a front that reads paths in its own way, may come below the gateway. */
const below = [
  "/gateway/mlflow/v1/models",
  "/gateway/",
  "/gateway",
  "/gateway?x=/y",
  "/gateway./x",
  "/\uff47ateway/x",
  "/g%c3%a1teway/x",
  "/gateway/proxy/name/api/2.0/mlflow/runs/create",
  "//gateway/x",
  "/gateway//x",
  "/%67ateway/x",
  "/%2567%2561teway/x",
  "/gateway%2fx",
  "/gateway%252fx",
  "/GATEWay/x",
  "/gateway;a=b/x",
  "/;/gateway/x",
  "/\\gateway\\x",
  "/gateway\\x",
  "/gateway%5cx",
  "/ga%09teway/x",
  "/gatew%0aay/x",
  "/gateway%20/x",
  "/gateway%c2%a0/x",
  "/%c1%a7ateway/x",
  // Where MLflow lies deeper than the address that is listed.
  "/team/gateway/x",
  "/a/b/gateway/x",
  "/api/gateway/x",
  "/gateway/gateway/x",
  "/team%2fgateway%2fx",
];

const beside = [
  "/",
  "",
  "/gateways/x",
  "/gateway-x/y",
  "/the-gateway/x",
  "/?next=/gateway/x",
  "/x#/gateway/x",
  "/api/2.0/mlflow/runs/get",
  "/api/3.0/mlflow/gateway/endpoints/list",
  "/ajax-api/2.0/mlflow/gateway-proxy",
  "/api/2.0/mlflow-artifacts/artifacts/1/gateway/model.bin",
  "/api/2.0/mlflow-artifacts/artifacts/my%20gateway/%67ateway/x",
  "/team/ajax-api/2.0/mlflow-artifacts/artifacts/gateway/x",
  "/v1/traces",
  "/graphql",
  "/version",
];

/** What MLflow serves itself, as its clients and its UI write it. */
const mlflowsOwn = [
  "",
  "/",
  "/?next=/gateway/x",
  "/#/experiments/1",
  "/api/2.0/mlflow/runs/get?run_id=1",
  "/api/3.0/mlflow/gateway/endpoints/list",
  "/ajax-api/2.0/mlflow/gateway-proxy",
  "/api/2.0/mlflow-artifacts/artifacts/1/gateway/model.bin",
  "/api/2.0/mlflow-artifacts/artifacts/my%20gateway/%67ateway/x",
  "/v1/traces",
  "/graphql",
  "/version",
  "/health",
  "/static-files/static/js/main.js",
  "/get-artifact?path=gateway/x",
  "/model-versions/get-artifact?path=x",
];

test("a path below it is known in every spelling, and at every depth that is not MLflow's own API", () => {
  for (const path of below) assert.ok(isBelowGateway(path, "https://mlflow.test"), path);
  for (const path of beside) assert.not.ok(isBelowGateway(path, "https://mlflow.test"), path);
});

/** Below a gateway, and not, or not surely, that of the MLflow at the listed address. */
function isBelowAnothers(path: string, server: string): void {
  assert.ok(isBelowGateway(path, server), path);
  assert.not.ok(isGatewayOfListed(path, server), path);
}

test("of an address with a gateway in its path, all but what is plainly MLflow's own is below it, in every spelling", () => {
  for (const server of [
    "https://mlflow.test/gateway",
    "https://mlflow.test/gateway/",
    "https://mlflow.test/gateway/mlflow",
    "https://mlflow.test/base/gateway/anthropic/",
    "https://*.test/apis/gateway/a",
    "https://mlflow.test/%67ateway",
    "https://mlflow.test/GATEWAY/anthropic",
    "https://mlflow.test/x%2fgateway%2Fopenai/v1",
    "https://mlflow.test//gateway;a/openai",
    "https://mlflow.test/%EF%BD%87ateway/openai",
  ]) {
    const base = basePathOf(server);
    assert.is(gatewayAround(server), "passes some on", server);
    for (const path of below) assert.ok(isBelowGateway(base + path, server), base + path);
    for (const path of [
      "/v1/messages",
      "/x",
      "/gateways/x",
      "/API/2.0/x",
      "/%61pi/2.0/x",
      "//api/2.0/x",
      "/api;a/2.0/x",
    ])
      isBelowAnothers(base + path, server);
    // Where it may be that of a whole route, what goes to the address itself is below the gateway, too.
    const own = /%|;|v1/.test(base) ? mlflowsOwn.filter((path) => /^.[^?#]/.test(path)) : mlflowsOwn;
    for (const path of own) assert.not.ok(isBelowGateway(base + path, server), base + path);
    assert.ok(isGatewayOfListed(`${base}/gateway/openai/v1/models`, server));
  }
});

test("the address of a whole route is below it by itself", () => {
  for (const base of [
    "/gateway/openai/v1/models",
    "/base/gateway/x/mlflow/invocations",
    "/gateway/gemini/v1beta/models/m:generateContent",
    "/gateway/openai/%761/models",
  ]) {
    for (const end of ["", "/", "?x=1"])
      assert.ok(isBelowGateway(base + end, `https://mlflow.test${base}`), base + end);
  }
});

test("of an address below /gateway/proxy/, which passes every path on, all is below it", () => {
  for (const server of [
    "https://mlflow.test/gateway/proxy",
    "https://mlflow.test/base/gateway/proxy/openai/",
    "https://mlflow.test/%67ateway/prox%79/a",
    "https://mlflow.test/gateway/team/gateway/proxy/a",
  ]) {
    const base = basePathOf(server);
    assert.is(gatewayAround(server), "passes all on", server);
    for (const path of [...below, ...beside]) isBelowAnothers(base + path, server);
  }
});

test("an address of which gateway is no segment, or one that a user named, is as any other", () => {
  for (const [server, base] of [
    ["https://mlflow.test/api/2.0", "/api/2.0"],
    ["https://mlflow.test/gateways/mlflow", "/gateways/mlflow"],
    ["https://gateway.test/my-gateway", "/my-gateway"],
    ["https://mlflow.test/%67ateways", "/%67ateways"],
  ] as const) {
    assert.is(gatewayAround(server), "none", server);
    for (const path of below) assert.ok(isBelowGateway(base + path, server), path);
    for (const path of beside) assert.not.ok(isBelowGateway(base + path, server), base + path);
  }
});

const brings = (...headers: [string, unknown][]) =>
  bringsProviderKeys((visit) => {
    for (const [name, value] of headers) visit(name, value);
  });

test("coding agents and clients with a provider's key are known, in any spelling", () => {
  for (const agent of [
    "claude-cli/2.1.0 (external, cli)",
    "codex_cli_rs/0.20.0",
    "codex-tui/1",
    "GeminiCLI/0.9/gemini-2.5-pro (linux; x64)",
    "Mozilla/5.0 (CODEX)",
  ]) {
    assert.ok(brings(["User-Agent", agent]), agent);
    assert.ok(brings(["accept", "*/*"], ["USER_AGENT", agent]), agent);
    assert.ok(brings(["user-agent", ["curl/8", agent]]), agent);
  }
  for (const key of [
    "Authorization",
    "authorization",
    "X-API-Key",
    "x_api_key",
    "X-Goog-Api-Key",
    "Api-Key",
    "API_KEY",
  ]) {
    assert.ok(brings([key, "k"], ["User-Agent", "curl/8"]), key);
    assert.ok(brings([key, ""]), key);
  }
  assert.not.ok(brings());
  assert.not.ok(brings(["User-Agent", "claude"], ["X-Authorization", "x"], ["X-MLflow-Authorization", "Basic x"]));
});

test("versions say where a credential is safe, and what comes before X.Y.0 counts as older", () => {
  const judged = (text: string) => {
    const version = readVersion(text);
    return version && [takesOwnHeader(version), keepsAuthorization(version)];
  };
  for (const text of [
    "3.17.0",
    "3.17.2",
    "3.17.2\n",
    "3.18.0rc1",
    "3.17.1.dev0",
    "3.100.0",
    "4.0.0",
    "3.17.2+corp.1",
  ]) {
    assert.equal(judged(text), [true, true], text);
  }
  for (const text of ["3.15.0", "3.16.9", "3.17.0rc0", "3.17.0.dev0", "3.17.0a1"])
    assert.equal(judged(text), [true, false], text);
  for (const text of ["3.14.9", "3.15.0rc1", "2.22.5", "2.99.0", "0.9.0", "3.0.0rc1"]) {
    assert.equal(judged(text), [false, false], text);
  }
  for (const text of ["", "3", "3.17", "v3.17.2", "<html>3.17.2</html>", "3.17.2 nginx", "3.17.x", "99999.1.1"]) {
    assert.is(judged(text), undefined, text);
  }
});

test.run();
