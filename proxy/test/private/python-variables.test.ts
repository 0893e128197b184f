/** MLFLOW_TRACKING_URI in Python under exec, with MLflow's inside as it is in several versions, and as it may become. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { missing, mlflowPython } from "@mlflow-auth/test/servers/tools";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { bridgeSettings, bridgeVariable, pythonWheel } from "../../src/index.js";

const test = suite("the tracking URI in Python", { missing: await missing("mlflow") });

const PROXY = "http://127.0.0.1:1/token";
const REAL = "https://mlflow.example.com/base";
const WEST = "https://west.example.com/x";
const server = (uri: string) => ({ uri, auth: ["vault"], headers: [], tags: [], allowInsecure: false });
const settings = bridgeSettings({
  config: { servers: [server(REAL), server(WEST)], instances: [], warnings: [] },
  proxyUrl: PROXY,
  upstream: REAL,
  addresses: { MLFLOW_TRACKING_URI: { proxy: PROXY, real: REAL } },
  displaced: { auth: null, sigv4: false },
});

/** As MLflow has it from 2.9 to 3.17. */
const VARIABLES = `
import os
class Variable:
    def __init__(self, name): self.name = name
    def get_raw(self): return os.environ.get(self.name)
    def set(self, value): os.environ[self.name] = str(value)
    def get(self): return self.get_raw()
MLFLOW_TRACKING_URI = Variable("MLFLOW_TRACKING_URI")
MLFLOW_REGISTRY_URI = Variable("MLFLOW_REGISTRY_URI")
`;
const LOADS =
  "import mlflow.environment_variables\nfrom mlflow_auth_bridge.provider import EarlyImport\nEarlyImport()\n";
const SERVICE = `
from mlflow.environment_variables import MLFLOW_TRACKING_URI
_tracking_uri = None
def set_tracking_uri(uri):
    global _tracking_uri
    _tracking_uri = uri
    MLFLOW_TRACKING_URI.set(uri)
def get_tracking_uri():
    return _tracking_uri or MLFLOW_TRACKING_URI.get()
`;

interface Mlflow {
  readonly env?: Record<string, string>;
  readonly variables?: string;
  /** One that asks plugins for authentication. */
  readonly asks?: boolean;
}

/** What a program prints as JSON, with an MLflow that is as small as that. */
async function python<T>(program: string, { env, variables = VARIABLES, asks = true }: Mlflow = {}): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "mlflow-auth-variables-"));
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  write("mlflow/__init__.py", LOADS);
  write("mlflow/environment_variables.py", variables);
  write("mlflow/tracking/_tracking_service/utils.py", SERVICE);
  if (asks) mkdirSync(join(folder, "mlflow/tracking/request_auth"));
  const child = spawn(await mlflowPython(), ["-W", "error", "-c", `import json, os\n${program}`], {
    env: {
      PYTHONPATH: pythonWheel + delimiter + folder,
      PYTHONDONTWRITEBYTECODE: "1",
      [bridgeVariable]: settings,
      MLFLOW_TRACKING_URI: PROXY,
      MLFLOW_TRACKING_AUTH: "mlflow-auth",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (chunk) => (output[name] += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  rmSync(folder, { recursive: true });
  assert.equal([code, output.stderr], [0, ""]);
  return JSON.parse(output.stdout) as T;
}

const LOOK = `
from mlflow.tracking._tracking_service import utils
print(json.dumps([os.environ["MLFLOW_TRACKING_URI"], utils.get_tracking_uri()]))
`;

/** What the program and its children see, and what MLflow has. */
const seen = (program: string, mlflow?: Mlflow) => python<[string, string]>(program + LOOK, mlflow);

test("is the proxy's for the program, and the server's own for MLflow", async () => {
  assert.equal(await seen("import mlflow"), [PROXY, REAL]);
});

const west = `${PROXY}/~https:west.example.com/x`;
const settingsInCode: Record<string, [program: string, program: string, mlflow: string]> = {
  "the server's own address": [`utils.set_tracking_uri("${REAL}")`, PROXY, REAL],
  "the server's own address with a slash": [`utils.set_tracking_uri("${REAL}/")`, `${PROXY}/`, `${REAL}/`],
  "the variable's value": ['utils.set_tracking_uri(os.environ["MLFLOW_TRACKING_URI"])', PROXY, REAL],
  "another listed server": [`utils.set_tracking_uri("${WEST}")`, west, WEST],
  "another listed server, and the variable's value then": [
    `utils.set_tracking_uri("${WEST}"); utils.set_tracking_uri(os.environ["MLFLOW_TRACKING_URI"])`,
    west,
    WEST,
  ],
  "a server that is not listed": [
    'utils.set_tracking_uri("https://own.example.com")',
    "https://own.example.com",
    "https://own.example.com",
  ],
  "a user in the address": [
    'utils.set_tracking_uri("https://a:b@mlflow.example.com/base")',
    "https://a:b@mlflow.example.com/base",
    "https://a:b@mlflow.example.com/base",
  ],
  "a folder": ['utils.set_tracking_uri("/tmp/runs")', "/tmp/runs", "/tmp/runs"],
  "the proxy's port without the token": [
    'utils.set_tracking_uri("http://127.0.0.1:1/other")',
    "http://127.0.0.1:1/other",
    "http://127.0.0.1:1/other",
  ],
};

for (const [what, [set, program, mlflow]] of Object.entries(settingsInCode)) {
  test(`set in code to ${what}`, async () => {
    const code = `import mlflow\nfrom mlflow.tracking._tracking_service import utils\n${set}\n`;
    assert.equal(await seen(code), [program, mlflow]);
  });
}

test("a child that was told the server's own address gets the proxy's again", async () => {
  assert.equal(await seen("import mlflow", { env: { MLFLOW_TRACKING_URI: REAL } }), [PROXY, REAL]);
  assert.equal(await seen("import mlflow", { env: { MLFLOW_TRACKING_URI: WEST } }), [west, WEST]);
});

test("an address that the program set itself stays", async () => {
  const own = "https://own.example.com";
  assert.equal(await seen("import mlflow", { env: { MLFLOW_TRACKING_URI: own } }), [own, own]);
});

test("without a variable there is none", async () => {
  const program = `del os.environ["MLFLOW_TRACKING_URI"]\nimport mlflow\nprint(json.dumps("MLFLOW_TRACKING_URI" in os.environ))`;
  assert.is(await python(program), false);
});

const others: Record<string, string> = {
  "reads the variable by another method": VARIABLES.replaceAll("get_raw", "read"),
  "does not ask the method": VARIABLES.replace("return self.get_raw()", "return os.environ.get(self.name)"),
  "has objects whose class is fixed": VARIABLES.replace(
    "def get_raw",
    `def __setattr__(self, name, value):
        if name == "__class__": raise TypeError("it is fixed")
        object.__setattr__(self, name, value)
    def get_raw`,
  ),
  "has no such object": VARIABLES.replaceAll(/^MLFLOW_.*$/gm, ""),
};

for (const [what, variables] of Object.entries(others)) {
  test(`where MLflow's inside is another, its links are the server's own all the same: it ${what}`, async () => {
    const look = "import mlflow\nprint(json.dumps(os.environ['MLFLOW_TRACKING_URI']))";
    assert.is(await python(look, { variables }), REAL);
  });
}

const kept: Record<string, Mlflow> = {
  "another plugin was chosen since": { env: { MLFLOW_TRACKING_AUTH: "other" } },
  "MLflow signs by itself, whatever the plugin": { env: { MLFLOW_TRACKING_AWS_SIGV4: "true" } },
  "MLflow is too old to ask anybody": { asks: false },
};

for (const [why, mlflow] of Object.entries(kept)) {
  test(`MLflow has the proxy's address where the bridge would not be asked: ${why}`, async () => {
    assert.equal(await seen("import mlflow", mlflow), [PROXY, PROXY]);
  });
}

test("the bridge changes nothing where MLflow is not there yet", async () => {
  const program = `from mlflow_auth_bridge.provider import EarlyImport\nEarlyImport()\n${LOOK.replace("from mlflow", "import mlflow\nfrom mlflow")}`;
  assert.equal(await python(program), [PROXY, REAL]);
});

test.run();
