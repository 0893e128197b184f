import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import type { Front } from "../servers/front.ts";
import { type RealMlflow, startOwnMlflow } from "../servers/mlflow.ts";
import { startNginx } from "../servers/nginx.ts";
import { missing } from "../servers/tools.ts";
import { type LlmProviders, PROVIDER_KEY, startLlmProviders } from "./fixture/llm-providers.ts";
import { addProgram, createProject, type Project } from "./fixture/project.ts";
import { startSidecar } from "./fixture/sidecar.ts";
import { basic, bearer } from "./fixture/stage.ts";
import { type StockedVault, startStockedVault } from "./fixture/stocked-vault.ts";
import { createWatch } from "./fixture/watch.ts";

const test = suite("MLflow's AI gateway and its LLM providers", {
  missing: await missing("mlflow", "mlflow-login", "vault", "nginx"),
});

const watch = createWatch();
const password = watch.secret();
const login = { Authorization: basic("admin", password) };
const token = watch.secret();
let vault: StockedVault;
let mlflow: RealMlflow;
let open: RealMlflow;
let providers: LlmProviders;
let openProviders: LlmProviders;
let front: Front;
/** A project that speaks to MLflow's own login, and one to a front that takes a Bearer token. */
let project: Project;
let fronted: Project;

const CLAUDE = "claude-cli/2.1.0 (external, cli)";
const theirs = "a-key-of-the-user";

test.before(async () => {
  const env = { MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS: "true", MLFLOW_GATEWAY_API_BASE_ALLOWED_SCHEMES: "http" };
  vault = await startStockedVault(watch);
  mlflow = await startOwnMlflow({ env, login: { username: "admin", password } });
  open = await startOwnMlflow({ env });
  providers = await startLlmProviders(mlflow.uri, login);
  openProviders = await startLlmProviders(open.uri);
  front = await startNginx({ upstream: open.uri, accepted: [bearer(token)] });
  await vault.put("secret/mlflow/login", { username: "admin", password });
  await vault.put("secret/mlflow/token", { token });
  const made = async (uri: string, secret: string, mode: string) => {
    const project = createProject({
      config: `
version: 1
trackingUri: ${uri}
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/${secret} }, credential: { mode: ${mode} } }
`,
      env: { MLFLOW_TRACKING_URI: uri, VAULT_ADDR: vault.address, VAULT_TOKEN: await vault.token() },
      python: mlflow.python,
      watch,
    });
    for (const program of ["ask-models.mjs", "ask-models.py"]) addProgram(project, program);
    return project;
  };
  project = await made(mlflow.uri, "login", "basic");
  fronted = await made(front.uri, "token", "bearer");
});
test.after(async () => {
  await Promise.all([providers.stop(), openProviders.stop(), front.stop()]);
  await Promise.all([mlflow.stop(), open.stop(), vault.stop()]);
  for (const made of [project, fronted]) made.remove();
});

interface Call {
  path: string;
  model: string;
  headers: Record<string, string>;
}
const anthropic = "/gateway/anthropic/v1/messages";
const openai = "/gateway/openai/v1/chat/completions";

const calls: Call[] = [
  { path: anthropic, model: "anthropic", headers: { "User-Agent": CLAUDE, "x-api-key": theirs } },
  { path: anthropic, model: "anthropic", headers: { "User-Agent": CLAUDE, Authorization: `Bearer ${theirs}` } },
  { path: anthropic, model: "anthropic", headers: { "User-Agent": CLAUDE } },
  { path: anthropic, model: "anthropic", headers: { "User-Agent": "anthropic-sdk", "X-Api-Key": theirs } },
  { path: openai, model: "openai", headers: { "User-Agent": "codex_cli_rs/1", Authorization: `Bearer ${theirs}` } },
  { path: openai, model: "openai", headers: { "User-Agent": "OpenAI/Python", Authorization: `Bearer ${theirs}` } },
  { path: openai, model: "compatible", headers: { "User-Agent": "codex-tui/1", Authorization: `Bearer ${theirs}` } },
  { path: openai, model: "compatible", headers: { "User-Agent": "curl/8", "Api-Key": theirs } },
  { path: openai, model: "compatible", headers: { "User-Agent": "curl/8" } },
  { path: "/gateway/mlflow/v1/chat/completions", model: "openai", headers: { "User-Agent": "curl/8" } },
  { path: "/gateway/proxy/openai/v1/chat/completions", model: "openai", headers: { "User-Agent": "curl/8" } },
];

/** What each provider got: nothing of ours, the user's key from a coding agent, and else MLflow's own. */
function checkTaken(taken: ReturnType<LlmProviders["taken"]>): void {
  assert.is(taken.length, calls.length);
  for (const [index, headers] of taken.entries()) {
    const text = JSON.stringify(headers);
    watch.check(text, `what a provider got in call ${index}`);
    assert.is(headers["x-mlflow-authorization"], undefined);
    const { headers: sent } = calls[index] as Call;
    const isAgent = /claude|codex/.test(sent["User-Agent"] as string);
    const hasKey = Object.keys(sent).length > 1;
    const expected = isAgent && hasKey ? theirs : PROVIDER_KEY;
    const keys = [headers["x-api-key"], headers.authorization, headers["api-key"]].flatMap((key) => key ?? []);
    assert.ok(
      keys.some((key) => String(key).includes(expected)),
      `call ${index}: ${keys}`,
    );
  }
}

function checkStatuses({ stdout, stderr }: { stdout: string; stderr: string }, expected: readonly number[]): void {
  assert.ok(stdout.startsWith("["), stderr);
  assert.equal(JSON.parse(stdout), expected, stderr);
}
const allFine = calls.map(() => 200);
const asked = JSON.stringify(calls);

test("exec: users keep their keys, and no provider gets MLflow's credential", async () => {
  for (const program of [
    ["node", "ask-models.mjs"],
    ["python", "ask-models.py"],
  ]) {
    const ended = await project.run(["mlflow-auth", "exec", "--", ...program, asked]);
    checkStatuses(ended, allFine);
    checkTaken(providers.taken());
  }
});

test("proxy: the same", async () => {
  const { url, stop } = await startSidecar(project);
  const ended = await project.run(["node", "ask-models.mjs", asked], {
    env: { MLFLOW_TRACKING_URI: url },
  });
  checkStatuses(ended, allFine);
  checkTaken(providers.taken());
  await stop();
});

test("register: the same", async () => {
  for (const sender of ["fetch", "undici"]) {
    const command = ["node", "--import", "@mlflow-auth/core/register", "ask-models.mjs", asked, sender];
    const ended = await project.run(command);
    checkStatuses(ended, allFine);
    checkTaken(providers.taken());
  }
});

test("a front that takes Authorization lets those through that have no key of their own", async () => {
  const ended = await fronted.run(["mlflow-auth", "exec", "--", "node", "ask-models.mjs", asked]);
  const expected = calls.map(({ headers }) =>
    Object.keys(headers).length > 1 || headers["User-Agent"] === CLAUDE ? 401 : 200,
  );
  checkStatuses(ended, expected);
  const taken = openProviders.taken();
  assert.is(taken.length, expected.filter((status) => status === 200).length);
  for (const headers of taken) watch.check(JSON.stringify(headers), "what a provider got");
});

test("a front that takes a header of its own and takes it off gets the credential in that header", async () => {
  const own = await startNginx({ upstream: open.uri, accepted: [bearer(token)], header: "X-Front" });
  const config = (uri: string) => `
version: 1
servers:
  - { uri: ${uri}, gateway: { header: X-Front } }
plugins:
  vault: { address: "\${VAULT_ADDR}", secret: { path: mlflow/token } }
`;
  fronted.write("mlflow-auth.yaml", config(own.uri));
  const env = { MLFLOW_TRACKING_URI: own.uri };
  const ended = await fronted.run(["mlflow-auth", "exec", "--", "node", "ask-models.mjs", asked], { env });
  checkStatuses(ended, allFine);
  checkTaken(openProviders.taken());
  await own.stop();
});

test.run();
