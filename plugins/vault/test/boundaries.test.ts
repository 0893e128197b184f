import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import type { HttpClient, HttpRequest, Secret } from "@mlflow-auth/core/plugin";
import { canary, revealedBy, secretSource } from "@mlflow-auth/core/testing";
import { withVariables } from "@mlflow-auth/test/process-variables";
import { createAuthority } from "@mlflow-auth/test/servers/certificates";
import { startFakeVault } from "@mlflow-auth/test/servers/vault-fake";
import { rejected } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { appRole, seed, startProvider, token, write } from "./start-provider.ts";

const test = suite("what the vault plugin takes in and lets out");

// Read when node-vault is loaded, which is at the first fetch.
process.env["DEBUG"] = "*";

/** A client that keeps what it was asked, and answers as Vault with one secret does. */
function recorder() {
  const requests: HttpRequest[] = [];
  const settings: unknown[] = [];
  const answer = (url: string) =>
    url.endsWith("/login")
      ? { auth: { client_token: "given", lease_duration: 60 } }
      : url.includes("/sys/internal/")
        ? { data: { path: "secret/", options: { version: "2" } } }
        : { data: { data: { token: "t" }, metadata: { version: 1 } } };
  const http: HttpClient = {
    async send(request) {
      requests.push(request);
      const text = JSON.stringify(answer(String(request.url)));
      return { status: 200, headers: {}, text, bytes: Buffer.from(text), origin: new URL(request.url).origin };
    },
    with(tls) {
      settings.push(tls);
      return http;
    },
  };
  return { http, requests, settings };
}

test("nothing of process.env reaches Vault", async () => {
  const foreign = canary();
  const variables = {
    VAULT_ADDR: `http://${foreign}.invalid`,
    VAULT_TOKEN: foreign,
    VAULT_NAMESPACE: foreign,
    VAULT_PREFIX: `/${foreign}`,
    VAULT_SKIP_VERIFY: "true",
    VAULT_ROLE_ID: foreign,
    VAULT_SECRET_ID: foreign,
    HOME: `/${foreign}`,
  };
  await withVariables(variables, async () => {
    for (const env of [{ VAULT_TOKEN: "mine" }, { VAULT_ROLE_ID: "role", VAULT_SECRET_ID: "id" }]) {
      const { http, requests, settings } = recorder();
      const { headers } = await startProvider("https://vault.example.com/base/", {}, { http, env });
      await headers();
      assert.is(revealedBy(inspect([requests, settings], { depth: 9 }), foreign), undefined);
      assert.ok(requests.every(({ headers }) => headers?.["X-Vault-Request"] === "true"));
      assert.ok(requests.every(({ url }) => String(url).startsWith("https://vault.example.com/base/v1/")));
      const tokens = requests.map(({ headers }) => (headers?.["X-Vault-Token"] as Secret | undefined)?.reveal());
      assert.equal(tokens, "VAULT_TOKEN" in env ? ["mine", "mine", "mine"] : [undefined, "given", "given"]);
    }
    const { fault } = await startProvider("https://vault.example.com", {}, { http: recorder().http });
    assert.is((await fault()).code, "SECRET_SOURCE");
  });
});

test("TLS settings go to the client once, its files as paths with the names of their options", async () => {
  const { http, settings } = recorder();
  const files = { caFile: "/tls/ca.pem", certFile: "/tls/cert.pem", keyFile: "/tls/key.pem" };
  const given = { tls: { ...files, insecureSkipVerify: false }, allowInsecure: true };
  const context = { http, env: { VAULT_TOKEN: "t" } };
  const { headers, provider } = await startProvider("https://vault.example.com", given, context);
  await headers();
  await provider.invalidate("unauthorized", rejected);
  await headers();
  assert.equal(settings, [
    {
      ca: files.caFile,
      cert: files.certFile,
      key: files.keyFile,
      allowInsecure: true,
      insecureSkipVerify: false,
      tlsNames: {
        ca: "tls.caFile (VAULT_CACERT)",
        cert: "tls.certFile (VAULT_CLIENT_CERT)",
        key: "tls.keyFile (VAULT_CLIENT_KEY)",
      },
    },
  ]);
});

test("a CA file is read again at each fetch, and one that can't be used is an error before anything is sent", async () => {
  const folder = await mkdtemp(join(tmpdir(), "vault-ca-"));
  const caFile = join(folder, "ca.pem");
  const { fault, context } = await startProvider(
    "https://127.0.0.1:1",
    { tls: { caFile, insecureSkipVerify: false } },
    { env: { VAULT_TOKEN: "t" } },
  );
  try {
    const missing = await fault();
    assert.is(missing.code, "SECRET_SOURCE");
    assert.match(missing.message, `${caFile} can't be read: ENOENT`);
    assert.match(missing.remedy as string, "tls.caFile (VAULT_CACERT)");
    await writeFile(caFile, "no certificate");
    await context.clock.advance(60_000);
    assert.match((await fault()).message, `${caFile} holds no PEM`);
    await writeFile(caFile, `Bag Attributes\n${(await createAuthority()).cert}`);
    await context.clock.advance(60_000);
    assert.is((await fault()).code, "SECRET_UNREACHABLE", "the file is good, and nobody listens there");
  } finally {
    await context.close();
    await rm(folder, { recursive: true });
  }
});

test("http to another machine is refused before anything is sent", async () => {
  for (const env of [{ VAULT_TOKEN: "t" }, { VAULT_ROLE_ID: "r", VAULT_SECRET_ID: "s" }]) {
    const { fault } = await startProvider("http://vault.example.invalid:8200", {}, { env });
    assert.is((await fault()).code, "SERVER_CLEARTEXT");
  }
});

for (const status of [301, 302, 303, 307, 308]) {
  test(`a redirect (${status}) is not followed: no token and no secret id leaves`, async () => {
    const reached: string[] = [];
    const thief = await listen((request) => void reached.push(`${request.url} ${inspect(request.headers)}`));
    const vault = await listen((request, response) =>
      response.writeHead(status, { Location: `${originOf(thief)}${request.url}` }).end(),
    );
    try {
      for (const env of [{ VAULT_TOKEN: canary() }, { VAULT_ROLE_ID: "r", VAULT_SECRET_ID: canary() }]) {
        const { fault } = await startProvider(originOf(vault), {}, { env });
        assert.is((await fault()).code, "SECRET_UNREACHABLE");
      }
      assert.equal(reached, []);
    } finally {
      vault.close();
      thief.close();
    }
  });
}

test("no credential shows on any console, whatever is switched on, working or failing", async () => {
  const vault = await startFakeVault();
  await seed(vault);
  const secret = canary();
  await write(vault, "secret/mlflow/auth", { token: secret });
  const machine = await appRole(vault);
  const person = await token(vault);
  const written: string[] = [];
  const { stdout, stderr } = process;
  const originals = [stdout.write, stderr.write] as const;
  const capture = (chunk: unknown) => written.push(String(chunk)) > 0;
  stdout.write = capture as typeof stdout.write;
  stderr.write = capture as typeof stderr.write;
  try {
    for (const env of [machine, { VAULT_TOKEN: person }]) {
      const { headers, provider, context, fault } = await startProvider(vault.address, {}, { env });
      await headers();
      await provider.invalidate("unauthorized", rejected);
      vault.faults.status = 500;
      const error = await fault();
      vault.faults.status = undefined;
      written.push(inspect([provider, context.logs, error], { depth: 20, showHidden: true }));
    }
  } finally {
    [stdout.write, stderr.write] = originals;
    await vault.stop();
  }
  const text = written.join("");
  for (const one of [secret, person, machine.VAULT_SECRET_ID]) assert.is(revealedBy(text, one), undefined);
});

test("the same frozen object answers until the secret is fetched anew", async () => {
  const { http } = recorder();
  const { auth, provider } = await startProvider("https://vault.example.com", {}, { http, env: { VAULT_TOKEN: "t" } });
  const first = await auth();
  assert.ok(Object.isFrozen(first) && Object.isFrozen(first.headers));
  assert.is(await auth(), first);
  await provider.invalidate("unauthorized", rejected);
  assert.is.not(await auth(), first);
});

test("a token that can't stand in a header is refused before it is sent", async () => {
  for (const bad of ["a\r\nX-Evil: 1", "töken", " "]) {
    const { http, requests } = recorder();
    const auth = { method: "token" as const, token: secretSource(bad, "the file x") };
    const error = await (await startProvider("https://vault.example.com", { auth }, { http })).fault();
    assert.is(error.code, "SECRET_FORMAT");
    assert.match(error.message, "the Vault token in the file x");
    assert.is(requests.length, 0);
  }
});

function listen(handler: Parameters<typeof createServer>[1]): Promise<Server> {
  const server = createServer(handler);
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test.run();
