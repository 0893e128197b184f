/** `method: none`, behind an agent of Vault's and before any Vault. */
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RealVault } from "@mlflow-auth/test/servers/vault";
import { startVaultAgent } from "@mlflow-auth/test/servers/vault-agent";
import { closeAfterwards, type Suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { startProvider, token, write } from "./start-provider.ts";

const none = { auth: { method: "none" as const }, secret: { path: "mlflow/agent" } };

export function agentCases(test: Suite, running: () => RealVault): void {
  async function startAgent(added: () => string | undefined, socket?: string) {
    const agent = await startVaultAgent({ vault: running().address, added, socket });
    closeAfterwards(agent.stop);
    return agent;
  }

  test("behind an agent, no token is sent and none is looked for", async () => {
    await write(running(), "secret/mlflow/agent", { token: "a" });
    const own = await token(running());
    const agent = await startAgent(() => own);
    const env = { VAULT_TOKEN: "canary-ambient", VAULT_ROLE_ID: "r", VAULT_SECRET_ID: "s" };
    const { headers } = await startProvider(agent.address, none, { env });
    assert.is(await headers(), "Authorization: Bearer a");
    assert.equal(agent.tokens, [undefined, undefined]);
  });

  test("the agent may be a Unix socket, past any corporate proxy", async () => {
    await write(running(), "secret/mlflow/agent", { token: "s" });
    const own = await token(running());
    const socket = join(tmpdir(), `vault-agent-${process.pid}-${Math.random().toString(36).slice(2)}.sock`);
    closeAfterwards(() => rmSync(socket, { force: true }));
    const agent = await startAgent(() => own, socket);
    const env = { HTTP_PROXY: "http://127.0.0.1:1", HTTPS_PROXY: "http://127.0.0.1:1" };
    const { headers } = await startProvider(`unix://${socket}`, none, { env });
    assert.is(await headers(), "Authorization: Bearer s");
    assert.equal(agent.tokens, [undefined, undefined]);
  });

  test("a socket that is not there is named, with what an agent needs", async () => {
    const error = await (await startProvider("unix:///nowhere/agent.sock", none)).fault();
    assert.is(error.code, "SECRET_UNREACHABLE");
    assert.match(error.message, "unix:/nowhere/agent.sock can't be reached: there is no such socket (ENOENT)");
    assert.match(error.remedy as string, "a listener with the socket of address (VAULT_ADDR)");
    assert.is(error.transient, true);
  });

  test("without an agent's token, or with one that has ended, the agent is named", async () => {
    for (const address of [running().address, (await startAgent(() => undefined)).address]) {
      const bare = await (await startProvider(address, none)).fault();
      assert.is(bare.code, "LOGIN_FAILED");
      assert.is(bare.message, `nobody added a token to the request to ${address}, as method: none expects`);
      assert.match(bare.remedy as string, "api_proxy { use_auto_auth_token = true }");
    }
    const { address } = await startAgent(() => "canary-ended");
    const ended = await (await startProvider(address, none)).fault();
    assert.is(ended.code, "LOGIN_FAILED");
    assert.match(ended.message, `Vault does not accept the token that the agent at ${address} added`);
  });

  test("what the agent's token may not read is a denial, whose policy is the agent's", async () => {
    const own = await token(running());
    const { address } = await startAgent(() => own);
    const error = await (await startProvider(address, { ...none, secret: { path: "others/auth" } })).fault();
    assert.is(error.code, "SECRET_DENIED");
    assert.match(
      error.remedy as string,
      /^check secret.mount .* give the agent's token a policy with: `path "secret\/data\/others/,
    );
  });
}
