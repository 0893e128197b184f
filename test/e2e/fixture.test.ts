/** Tests the fixture: what the other tests take for granted. */
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createProject } from "./fixture/project.ts";
import { createWatch } from "./fixture/watch.ts";

const test = suite("a project of the end-to-end tests");

test("its programs get nothing of this machine's settings for MLflow and Vault", async () => {
  Object.assign(process.env, {
    MLFLOW_TRACKING_TOKEN: "ambient",
    VAULT_TOKEN: "ambient",
    HTTP_PROXY: "http://127.0.0.1:9",
  });
  const project = createProject({ config: "", env: { GIVEN: "yes" }, watch: createWatch() });
  const { stdout } = await project.run(["env"], { env: { MORE: "yes" } });
  assert.match(stdout, /^GIVEN=yes$/m);
  assert.match(stdout, /^MORE=yes$/m);
  assert.not.match(stdout, /ambient|PROXY/);
  project.remove();
});

test("a secret in a program's output fails the run, in whatever spelling, and is not repeated", async () => {
  const watch = createWatch();
  const project = createProject({ config: "", watch });
  const secret = watch.secret();
  for (const script of [`echo "x ${secret}"`, `echo ${btoa(`ci:${secret}`)} >&2`]) {
    const failure = await project.run(["sh", "-c", script]).then(
      () => undefined,
      (error: Error) => error.message,
    );
    assert.match(failure as string, /^std(out|err) of sh reveals secret 1 \((raw|base64 at offset 0)\)$/);
  }
  project.remove();
});

test("a program that does not end is killed, with what it started", async () => {
  const project = createProject({ config: "", watch: createWatch() });
  const failure = await project.run(["sh", "-c", "echo begun; sleep 600"], { timeout: 0.3 }).catch(String);
  assert.match(failure as string, "did not end within 0.3 s:\nbegun");
  project.remove();
});

test.run();
