import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import {
  CODING_AGENTS,
  GATEWAY_AUTHORIZATION,
  isBelowGateway,
  isGatewayOfListed,
  keepsAuthorization,
  PROVIDER_KEYS,
  readVersion,
} from "../../core/src/mlflow/gateway.ts";
import { run } from "../servers/installation/run.ts";
import { missing, mlflowPython } from "../servers/tools.ts";

const test = suite("what is known of MLflow's AI gateway is what the installed MLflow does", {
  missing: await missing("mlflow"),
});

const program = `
import json
from mlflow.gateway.constants import MLFLOW_GATEWAY_AUTH_HEADER
from mlflow.gateway.providers.base import _CLIENT_AUTH_HEADERS, _USER_CREDENTIAL_AGENTS
from mlflow.gateway.providers.utils import _STRIPPED_HEADERS
from mlflow.server import app as flask_app
from mlflow.server import fastapi_app
from mlflow.version import VERSION
routers = [getattr(route, "original_router", None) for route in fastapi_app.app.routes]
routes = [route for router in routers if router for route in router.routes]
print(json.dumps({
    "version": VERSION,
    "agents": _USER_CREDENTIAL_AGENTS,
    "keys": _CLIENT_AUTH_HEADERS,
    "header": MLFLOW_GATEWAY_AUTH_HEADER,
    "stripped": sorted(_STRIPPED_HEADERS),
    "routes": [[route.path, route.endpoint.__module__] for route in routes],
    "rules": [rule.rule for rule in flask_app.url_map.iter_rules()],
}))
`;

let installed: {
  version: string;
  agents: string[];
  keys: string[];
  header: string;
  stripped: string[];
  routes: [path: string, module: string][];
  rules: string[];
};
test.before(async () => {
  const python = await mlflowPython();
  installed = JSON.parse((await run(python, ["-c", program])).trim().split("\n").at(-1) as string);
});

test("the coding agents, the headers of their keys, and the header of its own", () => {
  assert.equal([...installed.agents].sort(), [...CODING_AGENTS].sort());
  assert.equal([...installed.keys].sort(), [...PROVIDER_KEYS].sort());
  assert.is(installed.header, GATEWAY_AUTHORIZATION);
  assert.ok(installed.stripped.includes(GATEWAY_AUTHORIZATION.toLowerCase()));
  assert.ok(keepsAuthorization(readVersion(installed.version) as NonNullable<ReturnType<typeof readVersion>>));
});

/** All of the server's, with `x` for what they leave open. */
function routes(): { path: string; module: string }[] {
  const rules = installed.rules.map((path) => ({ path: path.replaceAll(/<[^>]*>/g, "x"), module: "flask" }));
  const routers = installed.routes.map(([path, module]) => ({ path: path.replaceAll(/\{[^}]*\}/g, "x"), module }));
  assert.ok(rules.length > 100);
  return [...rules, ...routers];
}

test("its routes, and no other route of the server", () => {
  const all = routes();
  const gateway = all.filter(({ module }) => module === "mlflow.server.gateway_api");
  assert.ok(gateway.length > 8, JSON.stringify(installed.routes));
  for (const { path, module } of all) {
    assert.is(isBelowGateway(path, "https://mlflow.test"), module === "mlflow.server.gateway_api", path);
  }
});

test("behind a front that serves it at /gateway/mlflow all of its own is its own, and of no address in its gateway a route is", () => {
  const served = "https://mlflow.test/gateway/mlflow";
  for (const { path, module } of routes()) {
    const isGateway = module === "mlflow.server.gateway_api";
    // Of this one the prefix, which is the API's, is given where it is put in.
    if (module === "mlflow.server.mcp_server_api") continue;
    assert.is(isBelowGateway(`/gateway/mlflow${path}`, served), isGateway, path);
    if (!isGateway) continue;
    assert.ok(isGatewayOfListed(`/gateway/mlflow${path}`, served), path);
    const segments = path.split("/").slice(1);
    for (let length = 1; length <= segments.length; length++) {
      const base = `/${segments.slice(0, length).join("/")}`;
      assert.ok(isBelowGateway(path, `https://mlflow.test${base}`), `${path} of a server listed as ${base}`);
    }
  }
});

test.run();
