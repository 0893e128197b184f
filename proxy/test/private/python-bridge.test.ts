import { spawn } from "node:child_process";
import { compileDestinations } from "@mlflow-auth/core/internal";
import { missing, mlflowPython } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { harmless, misleading, notTeam, readAsTeam } from "../../../core/test/http/path-table.js";
import { bridgeSettings, bridgeVariable, pythonWheel } from "../../src/index.js";

const lacking = await missing("mlflow");
const test = suite("the bridge in Python", { missing: lacking });

const server = (uri: string, auth = ["vault"]) => ({ uri, auth, headers: [], tags: [], allowInsecure: false });
const servers = [
  server("https://mlflow.example.com/base"),
  server("https://mlflow.example.com/base/open", []),
  server("http://127.0.0.1:5000"),
  server("http://[::1]:5000/six"),
  server("http://[::ffff:127.0.0.1]:5000"),
  server("https://*.staging.example.com"),
  server("https://ml-*.example.org:8443/a%20b"),
  server("https://apart.example.com/team"),
];

const settings = bridgeSettings({
  config: { servers, instances: [], warnings: [] },
  proxyUrl: "http://127.0.0.1:1/token",
  upstream: "https://mlflow.example.com/base",
  addresses: { MLFLOW_TRACKING_URI: { proxy: "http://127.0.0.1:1/token", real: "https://mlflow.example.com/base" } },
  displaced: { auth: null, sigv4: false },
});

/** Runs a program with the bridge on its path, and returns what it printed as JSON. */
async function python<T>(program: string, env: Record<string, string> = {}, args: readonly string[] = []): Promise<T> {
  const child = spawn(await mlflowPython(), ["-W", "error", "-c", program, ...args], {
    env: { PYTHONPATH: pythonWheel, PYTHONDONTWRITEBYTECODE: "1", [bridgeVariable]: settings, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (chunk) => (output[name] += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal([code, output.stderr], [0, ""]);
  return JSON.parse(output.stdout) as T;
}

interface Way {
  /** As `requests` would send it. */
  readonly url: string;
  readonly listed: boolean;
  readonly auth: boolean;
}

const waysOf = (urls: readonly string[]) =>
  python<Way[]>(
    `
import json, sys
import requests
from mlflow_auth_bridge.provider import bridge
def way(url):
    prepared = requests.Request("GET", url).prepare().url
    server = bridge.server_of(prepared)
    return {"url": prepared, "listed": server is not None, "auth": server is not None and server.has_auth}
print(json.dumps([way(url) for url in json.loads(sys.argv[1])]))
`,
    {},
    [JSON.stringify(urls)],
  );

const listed = [
  "https://mlflow.example.com/base",
  "https://mlflow.example.com/base/",
  "https://mlflow.example.com/base?x",
  "https://mlflow.example.com/base/api/2.0/mlflow/runs/create",
  "HTTPS://MLflow.Example.COM:443/base/x",
  "https://mlflow.example.com/x/../base/y",
  "https://mlflow.example.com/b%61se/x",
  "http://127.0.0.1:5000",
  "http://127.1:5000/x",
  "http://127.0.0.1.:5000/x",
  "http://0x7f000001:5000/x",
  "http://[::1]:5000/six/x",
  "http://[0:0:0:0:0:0:0:1]:5000/six",
  "https://a.staging.example.com/x",
  "https://ml-1.example.org:8443/a b/x",
  "https://mlflow.example.com/%2e/base/x",
  "https://mlflow.example.com/x/%2e%2e/base/x",
  "http://[::ffff:127.0.0.1]:5000",
];

const unlisted = [
  "http://mlflow.example.com/base",
  "https://mlflow.example.com:8443/base",
  "https://mlflow.example.com/",
  "https://mlflow.example.com/bases/x",
  "https://mlflow.example.com/Base/x",
  "https://mlflow.example.com./base",
  "https://user:password@mlflow.example.com/base",
  "https://mlflow.example.com.evil.com/base",
  "https://evil.com/https://mlflow.example.com/base",
  "http://127.0.0.1:5001",
  "http://127.0.0.2:5000",
  "http://localhost:5000",
  "https://127.0.0.1:5000",
  "http://[::1]:5000/",
  "https://staging.example.com/x",
  "https://a.b.staging.example.com/x",
  "https://ml-.example.org:8443/a%20b",
  "https://bucket.s3.amazonaws.com/base?X-Amz-Signature=1",
];

test("knows every spelling of a listed server, and takes nothing else for one: as the authorizer judges it", async () => {
  const { match } = compileDestinations(servers);
  for (const [urls, expected] of [
    [listed, true],
    [unlisted, false],
  ] as const) {
    const ways = await waysOf(urls);
    assert.equal(
      ways.map((way, index) => [urls[index], way.listed]),
      urls.map((url) => [url, expected]),
    );
    assert.equal(
      ways.map(({ url }) => [url, match(url) !== undefined]),
      ways.map(({ url }) => [url, expected]),
    );
  }
});

test("leaves what servers read differently to the proxy", async () => {
  const urls = ["https://mlflow.example.com/base/..%2fother", "https://mlflow.example.com/base/%2e%2e%5cother"];
  for (const { listed } of await waysOf(urls)) assert.ok(listed);
});

test("leads every odd path to the proxy that the authorizer would not let go bare: out of a base, and into one", async () => {
  const { match, misled } = compileDestinations(servers);
  const into = [
    "%2e%2e/",
    "%252e%252e/",
    "..%2f",
    "..%252f..%252f",
    "..%5c",
    "..;/",
    "..%20/",
    ".%00./",
    "%c0%ae%c0%ae/",
  ];
  const paths = [
    ...[...misleading, ...harmless].map((path) => `/base${path}`),
    ...into.map((way) => `/x/${way}base/y`),
    ...into.map((way) => `/x/${way}other`),
    ...["/b%2561se/x", "/x;/../base/y", "/%2fbase/x", "//base/x", "/base%2fx"],
  ];
  const urls = [
    ...paths.map((path) => `https://mlflow.example.com${path}`),
    ...[...readAsTeam, ...notTeam].map((path) => `https://apart.example.com${path}`),
  ];
  const ways = await waysOf(urls);
  let odd = 0;
  for (const [index, { url, listed }] of ways.entries()) {
    const { origin } = new URL(url);
    const path = url.slice(origin.length);
    if (match(url) === undefined && misled(origin, path) === undefined) continue;
    odd++;
    assert.ok(listed, `${urls[index]}, sent as ${url}`);
  }
  assert.ok(odd > misleading.length + readAsTeam.length / 2);
  for (const { url, listed } of ways.slice(-notTeam.length)) assert.not(listed, url);
});

test("takes the server with the longest path for whether the file has a credential", async () => {
  const ways = await waysOf(["https://mlflow.example.com/base/open/x", "https://mlflow.example.com/base/opened"]);
  assert.equal(
    ways.map(({ auth }) => auth),
    [false, true],
  );
});

const unreadable = {
  "cut off": settings.slice(0, -5),
  "of another form": "{}",
  "of a form that breaks a reader": settings.replace(/"host":"[^"]*"/, '"host":1'),
  "nested without end": "[".repeat(100_000),
  none: "",
};

for (const [name, value] of Object.entries(unreadable)) {
  test(`settings ${name}: a program without MLflow goes on, and with it hears why nothing is sent`, async () => {
    const program = `
import json
from mlflow_auth_bridge.provider import BridgeProvider
try:
    BridgeProvider().get_auth()
except RuntimeError as error:
    print(json.dumps(str(error)))
`;
    const message = await python<string>(program, { [bridgeVariable]: value });
    assert.match(message, "_MLFLOW_AUTH_BRIDGE is missing or cut off");
    assert.not(message.includes("token"));
  });
}

test("parses as Python 3.9, and imports only the standard library as it loads", async () => {
  const program = `
import ast, json, pathlib, sys
import mlflow_auth_bridge
sources = [path.read_text() for folder in mlflow_auth_bridge.__path__ for path in pathlib.Path(folder).glob("*.py")]
assert len(sources) > 1, mlflow_auth_bridge.__path__
sources.append(mlflow_auth_bridge.__loader__.get_source("mlflow_auth_bridge"))
tree = [node for source in sources for node in ast.parse(source, feature_version=(3, 9)).body]
names = [a.name for n in tree if isinstance(n, ast.Import) for a in n.names]
names += [n.module for n in tree if isinstance(n, ast.ImportFrom) and n.level == 0]
print(json.dumps([name for name in names if name.split(".")[0] not in sys.stdlib_module_names]))
`;
  assert.equal(await python(program), []);
});

test("is in nobody's list of packages that modules come from, such as a model's requirements", async () => {
  const program = `
import importlib.metadata, json
print(json.dumps(importlib.metadata.packages_distributions().get("mlflow_auth_bridge")))
`;
  assert.equal(await python(program), null);
});

test("has a version that no public package index holds, for what lists it as a requirement", async () => {
  const program = `
import importlib.metadata, json
(bridge,) = [one for one in importlib.metadata.distributions() if one.metadata["Name"] == "mlflow-auth-bridge"]
print(json.dumps([bridge.version, sorted(entry.group for entry in bridge.entry_points)]))
`;
  assert.equal(await python(program), ["1+exec", ["mlflow.request_auth_provider", "mlflow.run_context_provider"]]);
});

test.run();
