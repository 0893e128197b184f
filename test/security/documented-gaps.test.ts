/** What docs/security.md says is not prevented. If one of these fails because a gap was closed, the document is to be changed. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadMlflowAuth } from "@mlflow-auth/core";
import { revealedBy } from "@mlflow-auth/core/testing";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { project as projectWith, write } from "../../core/test/discovery/plugin-packages.ts";
import { type Flow, secretFlows } from "./flows.ts";
import { type Scene, startScene } from "./scene.ts";

const test = suite("gaps that the security document names");
const token = secretFlows["a token"] as (secret: string) => Flow;

async function inScene(make: (secret: string) => Flow, act: (scene: Scene) => Promise<unknown>): Promise<void> {
  const scene = await startScene(make);
  try {
    await act(scene);
  } finally {
    await scene.stop();
  }
}

/** The server answers with the headers that it got; tells whether a credential was among them. */
const received = `
export const received = (text) => console.log("authorization" in JSON.parse(text));
export const url = process.env.MLFLOW_TRACKING_URI + "/api/2.0/mlflow/runs/get";
`;

function registered(name: string, program: string, carried: boolean): void {
  test(name, () =>
    inScene(token, async ({ project }) => {
      project.write("received.mjs", received);
      project.write("app.mjs", `import { received, url } from "./received.mjs";\n${program}`);
      const { stdout, stderr } = await project.run(["node", "--import", "@mlflow-auth/core/register", "app.mjs"]);
      assert.is(stdout.trim(), String(carried), stderr);
    }),
  );
}

registered(
  "for comparison: fetch under register carries the credential",
  `received(await (await fetch(url)).text());`,
  true,
);

registered(
  "node:http under register goes out bare",
  `import { get } from "node:http";
get(url, async (answer) => received(Buffer.concat(await answer.toArray()).toString()));`,
  false,
);

registered(
  "a dispatcher that a program gives with one request goes out bare",
  `import { Agent, request } from "undici";
const { body } = await request(url, { dispatcher: new Agent() });
received(await body.text());
process.exit(0);`,
  false,
);

test("whoever subscribes to undici's diagnostics channels in the process sees the headers", () =>
  inScene(token, async ({ project, env, uri }) => {
    const auth = await loadMlflowAuth({ cwd: project.folder, env });
    const { Authorization = "" } = await auth.headers(uri);
    const seen: string[] = [];
    const listen = (message: unknown) =>
      void seen.push(String((message as { request: { headers: unknown } }).request.headers));
    subscribe("undici:request:create", listen);
    await (await auth.fetch(`${uri}/api`)).arrayBuffer();
    unsubscribe("undici:request:create", listen);
    await auth.close();
    assert.ok(revealedBy(seen.join("\n"), Authorization) !== undefined, `${seen.length} requests`);
  }));

test("a plugin runs in the process: it sees the environment, and may send what it likes", async () => {
  const module = `export const create_auth = () => ({
  getAuth: () => ({ headers: { Authorization: process.env.PATH.length > 0 ? "seen" : "not" } }), invalidate() {},
});`;
  const folder = projectWith({ name: "p-curious", auth: "curious", module });
  const config = { version: 1, trackingUri: "https://mlflow.test", plugins: { curious: {} } };
  write(folder, { "mlflow-auth.json": config });
  const auth = await loadMlflowAuth({ cwd: folder, env: {} });
  assert.equal({ ...(await auth.headers("https://mlflow.test")) }, { Authorization: "seen" });
  await auth.close();
});

test("a variable for which a plugin looks by itself stays in the environment of the program under exec, unless the file names it", () =>
  inScene(token, async ({ project, env }) => {
    const program = `console.log(process.env.VAULT_TOKEN === undefined, process.env.MINE === undefined)`;
    const file = readFileSync(join(project.folder, "mlflow-auth.yaml"), "utf8");
    const run = () =>
      project.run(["mlflow-auth", "exec", "--", "node", "-e", program], { env: { MINE: env["VAULT_TOKEN"] ?? "" } });
    assert.is((await run()).stdout.trim(), "false false");
    project.write(
      "mlflow-auth.yaml",
      file.replace("vault: {", "vault: { auth: { method: token, token: { env: MINE } },"),
    );
    assert.is((await run()).stdout.trim(), "false true");
  }));

test("every process that knows the address of exec's proxy can use it while the program runs", () =>
  inScene(token, async ({ project }) => {
    project.write("received.mjs", received);
    project.write(
      "grandchild.mjs",
      `import { received, url } from "./received.mjs";\nreceived(await (await fetch(url)).text());`,
    );
    const program = `require("node:child_process").execFileSync("node", ["grandchild.mjs"], { stdio: "inherit" })`;
    const { stdout, stderr } = await project.run(["mlflow-auth", "exec", "--", "node", "-e", program]);
    assert.is(stdout.trim(), "true", stderr);
  }));

test("a process report holds the environment of the process", () => {
  process.env["REPORTED"] = ["re", "ported"].join("");
  const { environmentVariables } = process.report.getReport() as { environmentVariables?: Record<string, string> };
  assert.is(environmentVariables?.["REPORTED"], "reported");
});

test.run();
