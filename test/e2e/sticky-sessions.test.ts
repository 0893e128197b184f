/** A load balancer that keeps its clients by a cookie, in front of a real MLflow: its cookie must come back, and no other may. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Front } from "../servers/front.ts";
import { missing, mlflow2Python, mlflowPython } from "../servers/tools.ts";
import { addProgram, type Project } from "./fixture/project.ts";
import { bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("sessions of a load balancer", { missing: await missing("mlflow", "mlflow2", "vault", "nginx") });

let stage: Stage;
let project: Project;
let balancer: Balancer;

test.before(async () => {
  stage = await startStage();
  const secret = stage.watch.secret();
  await stage.vault.put("secret/mlflow/auth", { token: secret });
  balancer = await startBalancer(await stage.openFront(bearer(secret)));
  project = stage.createProject({
    config: `
version: 1
trackingUri: ${balancer.uri}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/auth } }
`,
    env: { VAULT_ADDR: stage.vault.address, VAULT_TOKEN: await stage.vault.token() },
  });
  addProgram(project, "one-run.py");
});
test.after(async () => {
  await balancer.stop();
  await stage.stop();
});

interface Balancer {
  readonly uri: string;
  /** The Cookie header of each request. */
  readonly cookies: (string | undefined)[];
  stop(): Promise<void>;
}

/** As AWS's does, it sets its cookie anew with each answer. */
async function startBalancer({ uri }: Front): Promise<Balancer> {
  const cookies: (string | undefined)[] = [];
  const server = createServer((incoming, outgoing) => {
    cookies.push(incoming.headers.cookie);
    const headers = { ...incoming.headers, host: new URL(uri).host };
    const onward = request(uri + incoming.url, { method: incoming.method, headers, agent: false }, (answer) => {
      answer.headers["set-cookie"] = [`AWSALB=${cookies.length}; Path=/`, `AWSALBCORS=${cookies.length}; Path=/`];
      outgoing.writeHead(answer.statusCode as number, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cookies,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

for (const [client, python] of Object.entries({ "MLflow 3": mlflowPython, "MLflow 2": mlflow2Python })) {
  test(`${client}: the balancer's cookie comes back from MLflow's session, and nothing is said of it`, async () => {
    balancer.cookies.length = 0;
    const command = [await python(), `${project.folder}/one-run.py`, `sticky ${client}`];
    const { code, stderr } = await project.run(["mlflow-auth", "exec", "--", ...command]);
    assert.is(code, 0, stderr);
    const kept = balancer.cookies.filter((cookie) => cookie !== undefined);
    assert.ok(kept.length > 0, "no session came back");
    for (const cookie of kept) assert.match(cookie as string, /^AWSALB=\d+; AWSALBCORS=\d+$/);
    assert.not.match(stderr, "was taken off");
  });
}

test.run();
