/** Every plugin as its Python package holds it, bundled with its SDK: it reads its credential from a store, through the command from pip. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { startStub } from "@mlflow-auth/mlflow-stub";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { createCleanUp } from "../../demo/clean-up.ts";
import { type ProviderName, providers } from "../../demo/providers.ts";
import { findPython } from "../servers/installation/python.ts";
import { startFront } from "../servers/node-front.ts";
import { missing } from "../servers/tools.ts";
import { distributions } from "./python/distributions.ts";
import { emptyProject, runIn, virtualEnvironment } from "./python/environment.ts";

const test = suite("every plugin from pip", { missing: await missing("python") });
let environment: string;
const env = { MLFLOW_AUTH_NODE: process.execPath };

test.before(async () => {
  const python = (await findPython())?.path as string;
  const links = await distributions();
  const names = ["aws", "azure", "datadog", "descope", "hokusai", "token", "vault"];
  const packages = ["mlflow-auth", ...names.map((name) => `mlflow-auth-${name}`)];
  environment = await virtualEnvironment(python, links, ["--no-deps", ...packages]);
});

for (const plugin of Object.keys(providers) as ProviderName[]) {
  test(`${plugin}: the credential that its store gives opens the server`, async () => {
    const cleanUp = createCleanUp();
    closeAfterwards(() => cleanUp.run());
    const stub = await startStub();
    cleanUp.add(() => stub.close());
    const { startProvider } = await providers[plugin].load();
    const given = await startProvider("bearer", false, cleanUp);
    const front =
      typeof given.front === "string"
        ? await startFront({ upstream: stub.uri, accepted: [given.front] })
        : await given.front(stub.uri);
    cleanUp.add(front.stop);
    const cwd = emptyProject();
    const options = given.options.map((line) => `    ${line}\n`).join("");
    writeFileSync(
      join(cwd, "mlflow-auth.yaml"),
      `version: 1\ntrackingUri: ${front.uri}\nplugins:\n  ${plugin}:\n${options}`,
    );
    const checked = await runIn(environment, { cwd, env: { ...env, ...given.settings } }, "mlflow-auth", "doctor");
    assert.is(checked.code, 0, checked.stdout + checked.stderr);
    assert.match(checked.stdout, "All is well");
  });
}

test("token and datadog: headers that need no store", async () => {
  const cwd = emptyProject();
  const credential = crypto.randomUUID();
  const plugins = { token: { command: ["printenv", "GIVEN"] }, datadog: { apiKey: { env: "GIVEN" } } };
  const file = { version: 1, trackingUri: "https://mlflow.example.com", plugins };
  writeFileSync(join(cwd, "mlflow-auth.yaml"), JSON.stringify(file));
  const place = { cwd, env: { ...env, GIVEN: credential } };
  const { stdout, stderr } = await runIn(
    environment,
    place,
    "mlflow-auth",
    "headers",
    file.trackingUri,
    "--show-secrets",
  );
  assert.match(stdout, `Bearer ${credential}`, stderr);
  assert.match(stdout.toLowerCase(), "dd-api-key");
});

test("sigv4: requests are signed", async () => {
  const asked: IncomingHttpHeaders[] = [];
  const server = createServer(({ headers }, res) => {
    asked.push(headers);
    res.end("{}");
  }).listen(0, "127.0.0.1");
  closeAfterwards(() => server.close());
  await once(server, "listening");
  const cwd = emptyProject();
  const file = {
    version: 1,
    trackingUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plugins: { sigv4: { arn: "arn:aws:sagemaker:eu-central-1:111122223333:mlflow-tracking-server/team" } },
  };
  writeFileSync(join(cwd, "mlflow-auth.yaml"), JSON.stringify(file));
  const keys = { AWS_ACCESS_KEY_ID: crypto.randomUUID(), AWS_SECRET_ACCESS_KEY: crypto.randomUUID() };
  const ask = "import os, urllib.request; urllib.request.urlopen(os.environ['MLFLOW_TRACKING_URI'] + '/version')";
  const place = { cwd, env: { ...env, ...keys } };
  const { code, stderr } = await runIn(environment, place, "mlflow-auth", "exec", "--", "python", "-c", ask);
  assert.is(code, 0, stderr);
  assert.match(asked.at(-1)?.authorization ?? "", /^AWS4-HMAC-SHA256 Credential=/);
});

test("a plugin's own command runs as well", async () => {
  const { code, stdout, stderr } = await runIn(
    environment,
    { cwd: emptyProject(), env },
    "mlflow-auth",
    "hokusai",
    "--help",
  );
  assert.is(code, 0, stderr);
  assert.match(stdout, "hokusai");
});

test.run();
