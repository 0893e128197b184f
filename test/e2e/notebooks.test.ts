/** mlflow-auth by pip in a real Jupyter kernel: what a person sees below a cell. The recipes are tried with the guides. */
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { type SmallStage, startSmallStage } from "../examples/small-stage.ts";
import { layeredEnvironment, ownNode } from "../packages/python/layered-environment.ts";
import { missing, notebooksPython } from "../servers/tools.ts";
import { addProgram, type Project } from "./fixture/project.ts";

const test = suite("mlflow-auth in a notebook", { missing: await missing("mlflow", "notebooks") });
const CONFIG = `
version: 1
trackingUri: \${MLFLOW_TRACKING_URI}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/auth } }
`;
const ON = "%env MLFLOW_TRACKING_AUTH=mlflow-auth";
const KERNEL = {
  display_name: "under exec",
  language: "python",
  argv: ["mlflow-auth", "exec", "--", "python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
};

let stage: SmallStage;
let python: string;
let project: Project;

test.before(async () => {
  stage = await startSmallStage();
  closeAfterwards(() => stage.stop());
  python = await layeredEnvironment(await notebooksPython(), ["vault"]);
});
test.beforeEach(() => {
  project = stage.createProject(CONFIG, { python, npm: false, env: ownNode });
  addProgram(project, "cells.py");
});

type Step = string | { interrupt: string } | { restart: true };

/** @returns what stands below each cell, without colours */
async function work(steps: readonly Step[], kernel = "python3"): Promise<string[]> {
  const { code, stdout, stderr } = await project.run(["python", "cells.py", kernel, JSON.stringify(steps)], {
    timeout: 200,
  });
  assert.is(code, 0, stderr);
  const shown: string[] = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: IPython's colours
  return shown.map((text) => text.replaceAll(/\x1b\[[\d;]*m/g, ""));
}

test("doctor() prints what the command prints, and nothing below that where all is well", async () => {
  const { stdout } = await project.run(["mlflow-auth", "doctor"]);
  assert.match(stdout, "All is well.\n");
  const [shown = ""] = await work([`${ON}\nimport mlflow_auth\nmlflow_auth.doctor()`]);
  assert.is(shown, `env: MLFLOW_TRACKING_AUTH=mlflow-auth\n${stdout}`);
});

test("where the chain breaks doctor() ends with one line, not with a traceback", async () => {
  const [, shown = "", wrong = ""] = await work([
    ON,
    "import mlflow_auth\nmlflow_auth.doctor('--config', 'no-such-file.yaml')",
    "mlflow_auth.doctor('--no-such-option')",
  ]);
  assert.match(wrong, "--no-such-option");
  assert.match(shown, "CONFIG_NOT_FOUND");
  assert.match(shown, /\nmlflow-auth: the chain breaks \(exit code 3\), see above\n$/);
  assert.not.match(shown, "Traceback");
});

test("doctor() says where MLflow of this very process would go bare", async () => {
  const [unset = "", another = "", signing = "", unknown = "", known = ""] = await work([
    "import mlflow_auth\nmlflow_auth.doctor()",
    "%env MLFLOW_TRACKING_AUTH=another\nmlflow_auth.doctor()",
    `${ON}\n%env MLFLOW_TRACKING_AWS_SIGV4=True\nmlflow_auth.doctor()`,
    `import os
del os.environ["MLFLOW_TRACKING_AWS_SIGV4"]
import mlflow.tracking.request_auth.registry as registry
found = registry._request_auth_provider_registry._registry
found[:] = [one for one in found if one.get_name() != "mlflow-auth"]
mlflow_auth.doctor()`,
    `registry._request_auth_provider_registry.register_entrypoints()\nmlflow_auth.doctor()`,
  ]);
  assert.match(unset, /FAIL {2}python {10}MLFLOW_TRACKING_AUTH is not set, .*\n.*Try this: os\.environ/);
  assert.match(another, /FAIL {2}python {10}MLFLOW_TRACKING_AUTH names another plugin/);
  assert.match(
    unknown,
    /FAIL {2}python {10}MLflow was imported before mlflow-auth was installed, .*\n.*restart the kernel/,
  );
  assert.match(signing, /FAIL {2}python {10}MLFLOW_TRACKING_AWS_SIGV4 is set, .*\n.*Try this: del os\.environ/);
  for (const shown of [unset, another, signing, unknown]) assert.not.match(shown, /All is well|Traceback/);
  assert.match(known, "All is well.");
});

test("a cell that waits for doctor() can be interrupted, and the kernel goes on", async () => {
  stage.vault.faults.hang = true;
  try {
    const [shown = "", next] = await work([
      { interrupt: `${ON}\nimport mlflow_auth\nprint("asking", flush=True)\nmlflow_auth.doctor("--timeout", "60")` },
      "print(1)",
    ]);
    assert.match(shown, "KeyboardInterrupt");
    assert.is(next, "1\n");
  } finally {
    stage.vault.faults.hang = false;
  }
});

const INTERRUPTED = `
import os, signal, threading, time, mlflow_auth
main = threading.main_thread().ident
threading.Timer(1, signal.pthread_kill, [main, signal.SIGINT]).start()
try:
    mlflow_auth.doctor("--timeout", "100")
except KeyboardInterrupt:
    try:
        # Asked for 5 seconds; what nobody ends asks the store for longer.
        for _ in range(50):
            os.waitpid(-1, os.WNOHANG)
            time.sleep(0.1)
        print("interrupted, and it goes on")
    except ChildProcessError:
        print("interrupted, and nothing is left")
`;

test("where the interrupt reaches nobody else, doctor() ends what it has started", async () => {
  stage.vault.faults.hang = true;
  try {
    const env = { MLFLOW_TRACKING_AUTH: "mlflow-auth" };
    const { stdout } = await project.run(["python", "-c", INTERRUPTED], { env, timeout: 50 });
    assert.match(stdout, /interrupted, and nothing is left\n$/);
  } finally {
    stage.vault.faults.hang = false;
  }
});

test("an interrupted and a restarted kernel go on with the same proxy", async () => {
  const SEARCH = "import mlflow\nprint(mlflow.search_experiments()[0].name)";
  const reads = () => stage.vault.requests.filter(({ path }) => path.endsWith("secret/data/mlflow/auth")).length;
  const before = reads();
  const [, first, interrupted = "", second, restarted, third] = await work([
    ON,
    SEARCH,
    { interrupt: "import time\nprint('sleeping', flush=True)\ntime.sleep(100)" },
    SEARCH,
    { restart: true },
    ON,
    SEARCH,
  ]);
  assert.match(interrupted, "KeyboardInterrupt");
  assert.equal([first, second, third], ["Default\n", "Default\n", "Default\n"]);
  assert.match(restarted as string, "mlflow-auth");
  assert.is(reads() - before, 1);
});

for (const [how, mode] of [
  ["by a message, as in the guide", { interrupt_mode: "message" }],
  ["by a signal, as Jupyter does unless told otherwise", {}],
] as const) {
  test(`a kernel under exec is interrupted ${how}, and goes on`, async () => {
    project.write("kernels/under-exec/kernel.json", JSON.stringify({ ...KERNEL, ...mode }));
    const { code, stderr } = await project.run(["jupyter", "kernelspec", "install", "--user", "kernels/under-exec"]);
    assert.is(code, 0, stderr);
    const own = "import os, requests\nprint(requests.get(os.environ['MLFLOW_TRACKING_URI'] + '/health').status_code)";
    const steps = [own, { interrupt: "import time\nprint('sleeping', flush=True)\ntime.sleep(100)" }, own];
    const [first, interrupted = "", second] = await work(steps, "under-exec");
    assert.match(interrupted, "KeyboardInterrupt");
    assert.equal([first, second], ["200\n", "200\n"]);
  });
}

test.run();
