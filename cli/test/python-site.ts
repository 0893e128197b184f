/** A file with two listed servers, and a Python program that asks them under exec as MLflow does. */
import { mlflowPython } from "@mlflow-auth/test/servers/tools";
import * as assert from "uvu/assert";
import { startUpstream, type Upstream } from "../../proxy/test/rig.js";
import { run } from "./command.js";
import { createSite, type Site } from "./project.js";

export interface PythonSite {
  /** Its server is listed with the base path `/base`, and gets the credential. */
  readonly site: Site;
  /** Listed, too, and gets none. */
  readonly open: Upstream;
  /** Not listed. */
  readonly elsewhere: Upstream;
  /** Runs a program, for which the three are `A`, `B` and `C`; its standard output is its result. */
  python(program: string, env?: Record<string, string>): Promise<{ lines: string[]; stderr: string }>;
  stop(): Promise<void>;
}

/** A session whose every request asks the bridge, as MLflow's do. */
const prelude = `
import json, os, sys
import requests
from mlflow_auth_bridge.provider import BridgeProvider
A, B, C = sys.argv[1:4]
session = requests.Session()
def send(url, method="GET", **more):
    return session.request(method, url, auth=BridgeProvider().get_auth(), **more)
`;

export async function createPythonSite(): Promise<PythonSite> {
  const site = await createSite();
  const open = await startUpstream();
  const elsewhere = await startUpstream();
  site.configure(
    `version: 1\nservers:\n  - uri: URI/base\n  - { uri: "${open.uri}", auth: [] }\nplugins:\n  test: { file: FILE }\n`,
  );
  const upstreams = [site.upstream, open, elsewhere];
  const urls = [`${site.upstream.uri}/base`, open.uri, elsewhere.uri] as const;
  return {
    site,
    open,
    elsewhere,
    async python(program, env = {}) {
      const tell = 'print(json.loads(os.environ["_MLFLOW_AUTH_BRIDGE"])["token"])\n';
      const command = [await mlflowPython(), "-c", prelude + tell + program, ...urls];
      const options = { cwd: site.project.folder, env };
      const { code, stdout, stderr } = await run(["exec", "--server", urls[0], "--", ...command], options);
      assert.is(code, 0, stderr);
      const [token = "", ...lines] = stdout.trim().split("\n");
      assert.ok(token.length > 20);
      assert.not(lines.join().includes(token), "the token is in the output");
      assert.not(stderr.includes(token), "the token is in the output");
      for (const { seen } of upstreams) assert.not(JSON.stringify(seen).includes(token), "a server got the token");
      return { lines, stderr };
    },
    async stop() {
      for (const one of [site, open, elsewhere]) await one.stop();
    },
  };
}

/** What a server was asked: the method, the path, and the credential. */
export const requestsOf = ({ seen }: Upstream) =>
  seen.map(({ method, url, headers }) => [method, url, headers.authorization]);
