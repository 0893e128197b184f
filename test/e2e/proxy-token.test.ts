/** The token of the proxy with real clients: where it works, and that it gets nowhere else. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { missing, mlflow2Python, mlflowPython } from "../servers/tools.ts";
import { runsOf } from "./fixture/mlflow-api.ts";
import { addProgram, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";
import { createWatch } from "./fixture/watch.ts";

const test = suite("the proxy's token, with real clients", {
  missing: await missing("mlflow", "mlflow2", "vault", "nginx", "curl"),
});
const clients = { "MLflow 3": mlflowPython, "MLflow 2": mlflow2Python };

let stage: Stage;
let project: Project;
/** Apart from the other secrets, for the proxy itself prints it. */
const watch = createWatch();
let token: string;
/** All that the server was sent: heads and bodies. */
const sent: string[] = [];

test.before(async () => {
  stage = await startStage();
  const { vault } = stage;
  const secret = stage.watch.secret();
  await vault.put("secret/mlflow/auth", { token: secret });
  const front = await stage.openFront(bearer(secret));
  const recorder = await startRecorder(front.uri);
  project = stage.createProject({
    config: `
version: 1
trackingUri: ${recorder}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/auth } }
`,
    env: { VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token() },
  });
  token = watch.add("the token of the proxy", randomBytes(32).toString("base64url"));
  project.write("token", token);
  await project.run(["chmod", "600", "token"]);
  for (const name of ["train.py", "one-run.py", "npm-mlflow.cjs"]) addProgram(project, name);
});
test.after(() => stage.stop());

/** A server that passes everything on, and keeps what it was sent. */
async function startRecorder(target: string): Promise<string> {
  const server = createServer((req, res) => {
    const { method, url, headers, rawHeaders } = req;
    sent.push(`${method} ${url}\n${rawHeaders.join("\n")}`);
    const onward = request(target + url, { method, headers: { ...headers, host: new URL(target).host } }, (answer) => {
      res.writeHead(answer.statusCode as number, answer.headers);
      answer.pipe(res);
    });
    req.on("data", (chunk: Buffer) => void sent.push(chunk.toString("latin1")));
    req.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs with the address without the token, and the token beside it. */
async function withBearer(use: (env: Record<string, string>) => Promise<void>): Promise<void> {
  const sidecar = await startSidecar(project, ["--token-file", "token", "--log-level", "debug"]);
  const { origin } = new URL(sidecar.url);
  await use({ MLFLOW_TRACKING_URI: origin, MLFLOW_TRACKING_TOKEN: token });
  const { code, stderr } = await sidecar.stop();
  assert.is(code, 0);
  watch.check(stderr, "the proxy's log");
  watch.check(sent.join("\n"), "what the server was sent");
}

test("MLFLOW_TRACKING_TOKEN and a bare address are all that a training script needs, and its links hold no token", () =>
  withBearer(async (env) => {
    const { code, stdout, stderr } = await project.run(["python", "train.py", "bearer"], { env });
    assert.is(code, 0, stderr);
    watch.check(stdout + stderr, "the program");
    assert.match(stdout + stderr, `${env["MLFLOW_TRACKING_URI"]}/#/experiments/`);
    assert.is((await runsOf(stage.mlflow, "bearer"))?.length, 2);
  }));

test("where the token is in the address, the server is sent it all the same nowhere, and stores it nowhere", async () => {
  const sidecar = await startSidecar(project, ["--token-file", "token"]);
  const env = { MLFLOW_TRACKING_URI: sidecar.url };
  const { code, stderr } = await project.run(["python", "train.py", "in-the-path"], { env });
  assert.is(code, 0, stderr);
  watch.check(sent.join("\n"), "what the server was sent");
  await sidecar.stop();
});

test("a bearer token serves npm's mlflow and curl as well", () =>
  withBearer(async (env) => {
    const npm = await project.run(["node", "npm-mlflow.cjs", "bearer-npm"], { env });
    assert.is(npm.code, 0, npm.stderr);
    project.write("config", `header = "Authorization: Bearer ${token}"`);
    const curl = await project.run([
      "curl",
      "--silent",
      "--fail",
      "--config",
      "config",
      `${env["MLFLOW_TRACKING_URI"]}/health`,
    ]);
    assert.equal([curl.code, curl.stdout], [0, "OK"]);
  }));

for (const [name, python] of Object.entries(clients)) {
  test(`${name}: mlflow doctor under exec prints nothing that holds the token`, async () => {
    project.write("doctor.sh", 'printf %s "$MLFLOW_TRACKING_URI" > address; "$1" -m mlflow doctor');
    const command = ["mlflow-auth", "exec", "--", "sh", "doctor.sh", await python()];
    const { code, stdout, stderr } = await project.run(command);
    assert.is(code, 0, stderr);
    const [, secret = ""] = new URL(readFileSync(join(project.folder, "address"), "utf8")).pathname.split("/");
    assert.match(secret, /^[\w-]{43}$/);
    assert.match(stdout, "MLFLOW_TRACKING_AUTH: mlflow-auth");
    assert.not((stdout + stderr).includes(secret));
  });

  test(`${name}: what the server stores of a run under exec holds no token, and neither does any command line`, async () => {
    project.write(
      "run.sh",
      'printf %s "$MLFLOW_TRACKING_URI" > address; "$1" one-run.py "$2"; cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\\\0" " " > commands; true',
    );
    const from = sent.length;
    const { code, stderr } = await project.run([
      ...["mlflow-auth", "exec", "--", "sh", "run.sh"],
      ...[await python(), `stored-${name}`],
    ]);
    assert.is(code, 0, stderr);
    const [, secret = ""] = new URL(readFileSync(join(project.folder, "address"), "utf8")).pathname.split("/");
    assert.match(secret, /^[\w-]{43}$/);
    const stored = sent.slice(from).join("\n");
    assert.match(stored, "mlflow.source.name");
    assert.not(stored.includes(secret));
    assert.not(readFileSync(join(project.folder, "commands"), "utf8").includes(secret));
    assert.not(stderr.includes(secret));
  });
}

test.run();
