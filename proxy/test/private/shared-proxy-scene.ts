/** Programs in Python that share a proxy, with a small one in the command's place. */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { socketFolder } from "@mlflow-auth/test/servers/process/temporary-folder";
import { mlflowPython } from "@mlflow-auth/test/servers/tools";
import { closeAfterwards } from "@mlflow-auth/test/suite";
import { pythonWheel } from "../../src/index.js";
import { type PythonOptions, runPython } from "./run-python.js";

const fake = fileURLToPath(new URL("programs/fake-shared-proxy.py", import.meta.url));

/** What each program begins with. `get()` is a request as MLflow sends it, again where that fails, and gives what the proxy saw of it. */
export const PRELUDE = `
import json, os, signal, socket, subprocess, sys, threading, time
import requests
from mlflow_auth_bridge.provider import BridgeProvider
def get(path="/x"):
    from urllib3.util import Retry
    with requests.Session() as session:
        retries = Retry(total=5, connect=5, read=5, allowed_methods=None, backoff_factor=0.1)
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))
        return session.get("http://listed.test" + path, auth=BridgeProvider().get_auth(), timeout=20).json()
def failure(ask=get):
    try: ask()
    except RuntimeError as error: return str(error)
def child(code, **more):
    return subprocess.Popen([sys.executable, "-c", os.environ["PRELUDE"] + code], stdout=subprocess.PIPE, text=True, **more)
def told(one): return json.loads(one.communicate()[0].strip().split("\\n")[-1])
`;

/** A proxy that was started, as it says itself. */
export interface Started {
  readonly pid: number;
  readonly socket: string | null;
  readonly cwd: string | null;
  readonly digest: string | null;
  readonly handoverProgram: string;
  readonly python: string;
  readonly launched: object;
  /** Whether stdin and stdout lead nowhere. */
  readonly streams: readonly boolean[];
}

/** What the proxy saw of a request. */
export interface Seen {
  readonly pid: number;
  readonly port: number;
  readonly path: string;
  readonly is_led: boolean;
  readonly token: string;
  readonly leases: number;
}

export interface Scene {
  readonly folder: string;
  /** Of the user's sockets. */
  readonly runtime: string;
  /** Runs a program to its end, and returns the last line that it prints. */
  run<T>(program: string, options?: Omit<PythonOptions, "path">): Promise<T>;
  /** The proxies that were started so far. */
  started(): Started[];
}

/** An empty one, which goes with the test. */
export async function openScene(): Promise<Scene> {
  const { path: folder, remove } = socketFolder("shared");
  const runtime = join(folder, "run");
  mkdirSync(runtime);
  const log = join(folder, "started");
  const started = () =>
    existsSync(log)
      ? readFileSync(log, "utf8")
          .trim()
          .split("\n")
          .map((line): Started => JSON.parse(line))
      : [];
  closeAfterwards(() => {
    for (const { pid } of started()) killIfThere(pid);
    remove();
  });
  const python = await mlflowPython();
  const launch = {
    argv: [python, fake],
    plugins: ["/plugin"],
    prefix: "/prefix",
    version: "1",
    bridge: pythonWheel,
    python,
  };
  const env = {
    _MLFLOW_AUTH_LAUNCH: JSON.stringify(launch),
    FAKE_LOG: log,
    XDG_RUNTIME_DIR: runtime,
    HOME: join(folder, "home"),
    PRELUDE,
  };
  return {
    folder,
    runtime,
    started,
    run: (program, options = {}) => runPython(PRELUDE + program, { ...options, env: { ...env, ...options.env } }),
  };
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
