import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject, type Project } from "../../proxy/test/project.ts";
import { builtCommand } from "../built-command.ts";
import { type ConnectProxy, startConnectProxy } from "../servers/connect-proxy.ts";
import { killAtEnd } from "../servers/process/lifeline.ts";
import { missing, nodeBinary, undiciFolder } from "../servers/tools.ts";
import { ways } from "../transport/ways.ts";
import { type RotatingServer, startRotatingServer } from "./rotating-server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const programs = join(root, "test", "nodes", "programs");

const nodes = [
  { name: "Node 22.19", missing: await missing("node22", "undici"), binary: () => nodeBinary("node22") },
  { name: "Node 24", missing: await missing("undici"), binary: () => process.execPath },
  { name: "Node 26", missing: await missing("node26", "undici"), binary: () => nodeBinary("node26") },
];

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(node: string, args: readonly string[], cwd: string, env: Record<string, string>): Promise<Ended> {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(node, args, { cwd, env: { PATH, HOME, ...env }, detached: true });
  const forget = killAtEnd(child.pid as number);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) child[name].on("data", (chunk) => (output[name] += chunk));
  const [code] = await once(child, "close");
  forget();
  return { code, ...output };
}

/** A project whose programs find our packages and every undici. */
function projectOn(server: RotatingServer): Project {
  const project = createProject("first");
  mkdirSync(join(project.folder, "node_modules", "@mlflow-auth"));
  symlinkSync(join(root, "core"), join(project.folder, "node_modules", "@mlflow-auth", "core"));
  symlinkSync(join(root, "test", "node_modules", "undici"), join(project.folder, "node_modules", "undici"));
  for (const name of ["undici-6", "undici-7"] as const) {
    symlinkSync(undiciFolder(name), join(project.folder, "node_modules", name));
  }
  const config = { version: 1, trackingUri: `${server.origin}/base`, plugins: { test: project.options } };
  project.write("mlflow-auth.yaml", JSON.stringify(config));
  return project;
}

for (const { name, missing: lacking, binary } of nodes) {
  const test = suite(name, { missing: lacking });
  let server: RotatingServer;
  let project: Project;
  let proxy: ConnectProxy;

  test.before(async () => {
    proxy = await startConnectProxy({ routes: {} });
  });
  test.after(() => proxy.stop());
  test.beforeEach(async () => {
    server = await startRotatingServer((credential) => project.setCredential(credential));
    project = projectOn(server);
  });
  test.afterEach(async () => {
    project.remove();
    await server.close();
  });

  /** Runs a program of `programs/`, which throws if something is not as it should be. */
  async function program(file: string, before: readonly string[] = [], env: Record<string, string> = {}) {
    // In the project, so that it finds what is installed there.
    project.write("bodies.mjs", readFileSync(join(programs, "bodies.mjs"), "utf8"));
    const path = project.write(file, readFileSync(join(programs, file), "utf8"));
    const ended = await run(binary(), [...before, path], project.folder, { ORIGIN: server.origin, ...env });
    assert.is(ended.code, 0, ended.stderr);
    return ended;
  }

  test(`${name}: the library's headers, fetch and interceptor, over a rotation`, async () => {
    await program("library.mjs");
  });

  test(`${name}: register under fetch and undici 6, 7 and 8, over a rotation`, async () => {
    const { stderr } = await program("register.mjs", ["--import", "@mlflow-auth/core/register"]);
    assert.match(stderr, /^mlflow-auth: warning: a request to the host of \S+ goes out without credentials: [^\n]*\n$/);
  });

  test(`${name}: with NODE_USE_ENV_PROXY other traffic stays with Node's own proxy, and the listed server on loopback is reached without`, async () => {
    const env = { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: `http://${proxy.host}` };
    const { stdout } = await program("other-traffic.mjs", ["--import", "@mlflow-auth/core/register"], env);
    const { proxied } = JSON.parse(stdout);
    // Node has had it since 22.21.
    assert.is(proxied, name !== "Node 22.19");
    assert.is(
      proxy.heard.some((heard) => heard.includes("other.example.test")),
      proxied,
    );
    for (const heard of proxy.heard) assert.not.match(heard, /127\.0\.0\.1:\d+\/base|Bearer/);
  });

  test(`${name}: the commands`, async () => {
    const url = `${server.origin}/base/api`;
    const validated = await run(binary(), [builtCommand, "validate"], project.folder, {});
    assert.is(validated.code, 0, validated.stderr);
    const headers = await run(binary(), [builtCommand, "headers", url, "--json"], project.folder, {});
    assert.equal(JSON.parse(headers.stdout).headers, { Authorization: "[secret]" }, headers.stderr);
    const uri = `${server.origin}/base`;
    for (const way of ["exec", "proxy"] as const) {
      const outcome = await ways[way]?.({ uri, folder: project.folder, env: {}, node: binary() });
      assert.is(outcome?.status, 200, outcome?.told);
    }
  });

  test.run();
}

const old = suite("Node 20", { missing: await missing("node20") });

old("Node 20 is refused in one sentence, by the command, register and the library", async () => {
  const node = nodeBinary("node20");
  const sentence = (who: string) => `${who} needs Node 22.19 or newer; this is Node 20.20.2.\n`;
  const bin = await run(node, [builtCommand, "validate"], root, {});
  assert.equal([bin.code, bin.stderr, bin.stdout], [2, sentence("mlflow-auth"), ""]);
  const register = join(root, "core", "dist", "register.js");
  const registered = await run(node, ["--import", register, "-e", "console.log('started')"], root, {});
  assert.equal([registered.code, registered.stderr, registered.stdout], [2, sentence("@mlflow-auth/core"), ""]);
  const library = JSON.stringify(join(root, "core", "dist", "index.js"));
  const script = `import(${library}).catch(({ code, message }) => console.log(code + " " + message))`;
  assert.is((await run(node, ["-e", script], root, {})).stdout, `NODE_VERSION ${sentence("@mlflow-auth/core")}`);
});

old.run();
