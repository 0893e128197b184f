import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canary, revealedBy, secretSource } from "@mlflow-auth/core/testing";
import { type FakeVault, startFakeVault } from "@mlflow-auth/test/servers/vault-fake";
import { rejected } from "@mlflow-auth/test/start-provider";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { asked, seed, startProvider, write } from "./start-provider.ts";

const test = suite("how the vault plugin logs in by a JWT");

type Claims = Record<string, unknown>;

/** Keys of a cluster or an issuer, made for this run. */
function issuer() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    pem: publicKey.export({ type: "spki", format: "pem" }) as string,
    issue: (claims: Claims) => signed({ exp: seconds() + 600, iat: seconds(), ...claims }, privateKey),
  };
}

const seconds = () => Math.floor(Date.now() / 1000);
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function signed(claims: Claims, key: KeyObject): string {
  const body = `${encoded({ alg: "ES256", typ: "JWT" })}.${encoded(claims)}`;
  const signature = sign("sha256", Buffer.from(body), {
    key: createPrivateKey(key.export({ type: "pkcs8", format: "pem" })),
    dsaEncoding: "ieee-p1363",
  });
  return `${body}.${signature.toString("base64url")}`;
}

const pod = (name: string, namespace = "ml") => ({
  aud: ["vault"],
  iss: "https://kubernetes.default.svc",
  "kubernetes.io": { namespace, pod: { name: "train-1" }, serviceaccount: { name, uid: "5f0d" } },
});

let vault: FakeVault;
let folder: string;
let jwtFile: string;
const cluster = issuer();
const ci = issuer();

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), "vault-logins-"));
  jwtFile = join(folder, "token");
  vault = await startFakeVault();
  await seed(vault);
  await write(vault, "secret/mlflow/auth", { token: "t" });
  const { request } = vault;
  for (const mount of ["kubernetes", "clusters/blue"]) {
    await request("POST", `sys/auth/${mount}`, { type: "kubernetes" });
    await request("POST", `auth/${mount}/config`, { kubernetes_host: "https://10.0.0.1", pem_keys: [cluster.pem] });
    await request("POST", `auth/${mount}/role/trainer`, {
      bound_service_account_names: "trainer",
      bound_service_account_namespaces: "ml",
      audience: "vault",
      token_policies: "mlflow",
      token_ttl: "20m",
    });
  }
  await request("POST", "sys/auth/jwt", { type: "jwt" });
  await request("POST", "auth/jwt/config", {
    jwt_validation_pubkeys: [ci.pem],
    bound_issuer: "https://ci.example.com",
    default_role: "ci",
  });
  await request("POST", "auth/jwt/role/ci", {
    role_type: "jwt",
    bound_audiences: ["vault"],
    bound_claims: { ref: "main" },
    user_claim: "sub",
    token_policies: "mlflow",
  });
});
test.after(async () => {
  await vault?.stop();
  await rm(folder, { recursive: true, force: true });
});

const kubernetes = (given: { role?: string; mount?: string } = {}) =>
  startProvider(vault.address, {
    auth: { method: "kubernetes", role: "trainer", jwtFile, mount: "kubernetes", ...given },
  });

const job = { iss: "https://ci.example.com", aud: "vault", sub: "repo:train", ref: "main" };

const jwt = (token: string | (() => string), given: { role?: string; mount?: string } = {}) =>
  startProvider(vault.address, { auth: { method: "jwt", jwt: secretSource(token), mount: "jwt", ...given } });

test("a pod logs in with its service account's token, at any mount", async () => {
  await writeFile(jwtFile, `${cluster.issue(pod("trainer"))}\n`);
  for (const mount of ["kubernetes", "/kubernetes/", "clusters/blue"]) {
    assert.is(await (await kubernetes({ mount })).headers(), "Authorization: Bearer t");
  }
});

test("the service account's token is read again at each login, for the cluster rotates it", async () => {
  await writeFile(jwtFile, cluster.issue({ ...pod("trainer"), exp: seconds() - 3_600 }));
  const { fault, headers, provider, context } = await kubernetes();
  assert.is((await fault()).code, "LOGIN_FAILED");
  await writeFile(jwtFile, cluster.issue(pod("trainer")));
  await context.clock.advance(60_000);
  await headers();
  await writeFile(jwtFile, "outdated");
  await provider.invalidate("unauthorized", rejected);
  await headers();
  await writeFile(jwtFile, cluster.issue(pod("trainer")));
  vault.revoke(vault.logins().at(-1) as string);
  await provider.invalidate("unauthorized", rejected);
  assert.is(await headers(), "Authorization: Bearer t");
});

for (const [what, claims, key] of [
  ["another service account", pod("notebook"), cluster],
  ["another namespace", pod("trainer", "default"), cluster],
  ["another audience", { ...pod("trainer"), aud: ["https://kubernetes.default.svc"] }, cluster],
  ["another cluster", pod("trainer"), issuer()],
  ["no service account", { aud: ["vault"] }, cluster],
] as const) {
  test(`${what} is refused, in words that help`, async () => {
    const token = key.issue(claims);
    await writeFile(jwtFile, token);
    const { fault } = await kubernetes();
    const error = await fault();
    assert.is(error.code, "LOGIN_FAILED");
    assert.match(error.message, "refused the service account's token at auth/kubernetes");
    assert.match(error.remedy as string, "vault read auth/kubernetes/role/ROLE");
    assert.not.ok(`${error.stack}${error.remedy}`.includes(token));
  });
}

test("outside a pod the missing file is named", async () => {
  const given = { method: "kubernetes" as const, role: "trainer", jwtFile: join(folder, "none"), mount: "kubernetes" };
  const error = await (await startProvider(vault.address, { auth: given })).fault();
  assert.is(error.code, "SECRET_SOURCE");
  assert.match(error.message, join(folder, "none"));
});

test("a role that does not exist is told from a refused token, for both", async () => {
  await writeFile(jwtFile, cluster.issue(pod("trainer")));
  for (const [mount, started] of [
    ["kubernetes", kubernetes({ role: "nobody" })],
    ["jwt", jwt(ci.issue(job), { role: "nobody" })],
  ] as const) {
    const error = await (await started).fault();
    assert.is(error.code, "LOGIN_FAILED");
    assert.is(error.message, `Vault does not know the role at auth/${mount}`);
    assert.is(error.remedy, `check auth.role: \`vault list auth/${mount}/role\``);
  }
});

test("a mount that is none is told with where to look", async () => {
  await writeFile(jwtFile, cluster.issue(pod("trainer")));
  for (const started of [kubernetes({ mount: "nowhere" }), jwt(ci.issue(job), { mount: "nowhere" })]) {
    const error = await (await started).fault();
    assert.is(error.code, "LOGIN_FAILED");
    assert.match(error.message, "auth/nowhere");
    assert.match(error.remedy as string, "vault auth list");
  }
});

test("a job logs in with its JWT, to the role that it names or to the default one", async () => {
  for (const role of [{}, { role: "ci" }]) {
    assert.is(await (await jwt(`${ci.issue(job)}\n`, role)).headers(), "Authorization: Bearer t");
  }
});

test("the JWT is read again at each login", async () => {
  const given = [ci.issue(job), ci.issue(job)];
  const { headers, provider } = await jwt(() => given.shift() ?? "none");
  await headers();
  vault.revoke(vault.logins().at(-1) as string);
  await provider.invalidate("unauthorized", rejected);
  const requests = await asked(vault, headers);
  assert.equal(requests.slice(1, 2), ["POST auth/jwt/login 200"]);
});

for (const [what, token] of [
  ["an expired JWT", () => ci.issue({ ...job, exp: seconds() - 3_600 })],
  ["another issuer's name", () => ci.issue({ ...job, iss: "https://evil.example.com" })],
  ["another issuer's key", () => issuer().issue(job)],
  ["another audience", () => ci.issue({ ...job, aud: "other" })],
  ["another branch", () => ci.issue({ ...job, ref: "feature" })],
  ["no JWT at all", () => canary()],
] as const) {
  test(`${what} is refused, and the JWT not repeated`, async () => {
    const text = token();
    const error = await (await jwt(text)).fault();
    assert.is(error.code, "LOGIN_FAILED");
    assert.match(error.message, "refused the JWT in the test at auth/jwt");
    assert.match(error.remedy as string, "vault read auth/jwt/role/ROLE");
    const printed = `${error.stack}${error.remedy}`;
    assert.not.ok(printed.includes(text));
    assert.is(revealedBy(printed, text.split(".").at(-1) as string), undefined);
  });
}

test.run();
