/** Every code of the table, brought about from the outside as a user can: by a file, an environment, a plugin, a server or a command. */
import { chmodSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { closeAfterwards, suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { codes, type ErrorCode } from "../../core/src/errors/codes.ts";
import { createWatch } from "../e2e/fixture/watch.ts";
import type { Held, StoreFault } from "../matrix/store.ts";
import { startVaultStore } from "../matrix/stores/vault.ts";
import { selfSigned } from "../servers/certificates.ts";
import { run } from "../servers/installation/run.ts";
import { startTlsFront } from "../servers/tls-front.ts";
import { missing, nodeBinary } from "../servers/tools.ts";
import { Trial, URI } from "./trial.ts";

const without = await missing("node20");
const core = JSON.stringify(fileURLToPath(new URL("../../core/dist/index.js", import.meta.url)));
const IMPORT_CORE = `import(${core}).catch(({ code }) => console.log(code))`;

const test = suite("every error code", { timeout: 60 });

type Provoke = () => Promise<readonly string[]>;

const token = "{ version: 1, trackingUri: https://mlflow.example.com, plugins: { PLUGINS } }";
const file = (text: string, env?: Record<string, string>) => () => new Trial().file(text, env);
const plugins = (given: string, env?: Record<string, string>) => file(token.replace("PLUGINS", given), env);
const VAULT =
  "vault: { address: https://vault.example.com, secret: { path: a }, auth: { method: token, token: TOKEN } }";

/** What the provider of the only plugin does, asked for the headers of a request. */
const provider =
  (auth: string, options: object = {}) =>
  () =>
    new Trial()
      .plugin({ name: "made", auth })
      .library({ trackingUri: URI, plugins: { made: options } }, (library) => library.headers(`${URI}/x`));
const fixed = 'getAuth: () => ({ headers: { Authorization: "Bearer t" } }), invalidate() {}';

/** Vault that holds this, and fails so. */
const store = (held: Held, fault?: StoreFault) => async () => {
  const vault = await startVaultStore(createWatch());
  closeAfterwards(() => vault.stop());
  await vault.hold(held);
  if (fault !== undefined) await vault.fail(fault);
  const config = { trackingUri: URI, plugins: { vault: { ...vault.options } } };
  return new Trial().library(config, (library) => library.headers(`${URI}/x`), vault.env);
};

async function answering(status: number): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const MADE = { made: {} };
const madeAuth = () => new Trial().plugin({ name: "made", auth: fixed });

const provocations: Record<ErrorCode, Provoke> = {
  CONFIG_NOT_FOUND: () => new Trial().command(["validate", "--config", "none.yaml"]),
  CONFIG_UNREADABLE: file(""),
  CONFIG_UNTRUSTED: async () => {
    const trial = new Trial();
    chmodSync(trial.write("mlflow-auth.yaml", "version: 1\n"), 0o666);
    return trial.command(["validate"]);
  },
  CONFIG_SYNTAX: file("version: [1"),
  CONFIG_INVALID: file("version: 1\nservers: 5\n"),
  ENVIRONMENT_INVALID: () => new Trial().command(["validate"], { MLFLOW_AUTH_PLUGINS: "vault" }),
  SWITCH_IGNORED: file(`version: 1\ntrackingUri: ${URI}\n`, { MLFLOW_SECRETS_AUTH_ENABLE: "vault" }),
  UNKNOWN_FIELD: file(`version: 1\ntrackingUri: ${URI}\ntrackinguri: x\n`),
  MISSING_FIELD: file(`trackingUri: ${URI}\n`),
  FIELD_CONFLICT: file(`version: 1\ntrackingUri: ${URI}\nservers: [{ uri: ${URI} }]\n`),
  WRONG_TYPE: file(`version: 1\ntrackingUri: ${URI}\nallowInsecure: { a: 1 }\n`),
  WRONG_VALUE: file(`version: 7\ntrackingUri: ${URI}\n`),
  VARIABLE_MISSING: file("version: 1\ntrackingUri: ${NOWHERE}\n"),
  VARIABLE_SYNTAX: file("version: 1\ntrackingUri: https://${MLFLOW HOST}\n"),
  VARIABLE_SECRET: file("version: 1\ntrackingUri: https://${API_TOKEN}.example.com\n", { API_TOKEN: "t" }),
  PLUGIN_VERSION: () =>
    new Trial()
      .plugin({ name: "made", auth: fixed, core: "^999.0.0" })
      .file(`{ version: 1, trackingUri: ${URI}, plugins: { made: {} } }`),
  SECRET_LITERAL: plugins(VAULT.replace("TOKEN", "in-the-file")),
  SERVER_URI: file("version: 1\ntrackingUri: ftp://mlflow.example.com\n"),
  SERVER_CLEARTEXT: file("version: 1\ntrackingUri: http://mlflow.example.com\n"),
  SERVER_DUPLICATE: file(`version: 1\nservers: [{ uri: "${URI}" }, { uri: "${URI}/" }]\n`),
  SERVER_TLS: async () => {
    const front = await startTlsFront({ upstream: "http://127.0.0.1:9", certificate: await selfSigned() });
    closeAfterwards(() => front.stop());
    return madeAuth().library({ trackingUri: front.address, plugins: MADE }, (library) => library.fetch(front.address));
  },
  SERVER_UNREACHABLE: () => {
    const uri = "http://127.0.0.1:1";
    const command = `await (await context.openFile()).send({ url: "${uri}/x", tries: "once" });`;
    const trial = new Trial().plugin({ name: "made", auth: fixed, command });
    trial.write("mlflow-auth.yaml", `version: 1\ntrackingUri: ${uri}\nplugins: { made: {} }\n`);
    return trial.command(["made"]);
  },
  TLS_FILE: () =>
    madeAuth().library({ trackingUri: URI, tls: { ca: "none.pem" }, plugins: MADE }, (library) => library.fetch(URI)),
  HTTP_PROXY: () =>
    madeAuth().library({ trackingUri: URI, plugins: MADE }, (library) => library.fetch(URI), {
      HTTPS_PROXY: "http://127.0.0.1:1",
    }),
  PLUGIN_NOT_INSTALLED: plugins("acme: {}"),
  PLUGIN_AMBIGUOUS: () =>
    new Trial()
      .plugin({ name: "made", auth: fixed })
      .plugin({ name: "made", auth: fixed, package: "mlflow-auth-plugin-other" })
      .file(token.replace("PLUGINS", "made: {}")),
  PLUGIN_MANIFEST: () =>
    new Trial().plugin({ name: "made", auth: fixed, apiVersion: 99 }).file(token.replace("PLUGINS", "made: {}")),
  PLUGIN_UNTRUSTED: () => {
    const trial = madeAuth();
    chmodSync(`${trial.folder}/node_modules/mlflow-auth-plugin-made/index.js`, 0o666);
    return trial.file(token.replace("PLUGINS", "made: {}"));
  },
  PLUGIN_UNKNOWN: file(`version: 1\ntrackingUri: ${URI}\nauth: nobody\nplugins: { datadog: {} }\n`),
  PLUGIN_INTERFACE: file(`version: 1\ntrackingUri: ${URI}\nauth: datadog\nplugins: { datadog: {} }\n`),
  AUTH_AMBIGUOUS: () =>
    new Trial()
      .plugin({ name: "made", auth: fixed })
      .plugin({ name: "other", auth: fixed })
      .file(token.replace("PLUGINS", "made: {}, other: {}")),
  PLUGIN_LOAD: () =>
    new Trial()
      .plugin({ name: "made", auth: fixed, top: 'throw new Error("not today");' })
      .library({ trackingUri: URI, plugins: MADE }, async () => undefined),
  PLUGIN_TIMEOUT: provider("getAuth: () => new Promise(() => undefined), invalidate() {}", { timeout: "1s" }),
  PLUGIN_RESULT: provider("getAuth: () => 5, invalidate() {}"),
  PLUGIN_FAILED: provider('getAuth() { throw new Error("not today"); }, invalidate() {}'),
  AUTH_FAILED: provider("getAuth: () => undefined, invalidate() {}"),
  ANONYMOUS_REFUSED: provider('getAuth: () => Symbol.for("mlflow-auth.anonymous"), invalidate() {}'),
  HEADER_COLLISION: () =>
    new Trial()
      .plugin({ name: "made", headers: 'requestHeaders: () => ({ "X-Team": "a" })' })
      .plugin({ name: "other", headers: 'requestHeaders: () => ({ "x-team": "b" })' })
      .library({ trackingUri: URI, plugins: { made: {}, other: {} } }, (library) => library.headers(`${URI}/x`)),
  HEADER_INVALID: provider('getAuth: () => ({ headers: { "X Y": "t" } }), invalidate() {}'),
  SIGNATURE_NEEDED: provider(`${fixed}, signRequest: () => ({})`),
  BODY_UNSIGNABLE: async () => {
    const uri = await answering(200);
    const auth = `${fixed}, longBodies: "refuse", async signRequest(request) { return { "X-Hash": await request.sha256() }; }`;
    const body = new Blob([new Uint8Array(3 * 1024 * 1024)]).stream();
    return new Trial()
      .plugin({ name: "made", auth })
      .library({ trackingUri: uri, plugins: MADE }, (library) =>
        library.fetch(uri, { method: "POST", body, duplex: "half" } as RequestInit),
      );
  },
  TAG_INVALID: () =>
    new Trial()
      .plugin({ name: "made", auth: fixed, tags: 'tags: () => ({ "": "x" })' })
      .library({ trackingUri: URI, plugins: MADE }, (library) => library.tags()),
  SECRET_UNREACHABLE: store({ token: "t" }, "down"),
  SECRET_DENIED: store({ token: "t" }, "denied"),
  SECRET_NOT_FOUND: store({ token: "t" }, "missing"),
  SECRET_SOURCE: () =>
    new Trial().library({ trackingUri: URI, plugins: { vault: { address: URI, secret: { path: "a" } } } }, (library) =>
      library.headers(`${URI}/x`),
    ),
  SECRET_EXPIRED: () =>
    new Trial()
      .plugin({
        name: "made",
        auth: "...credentialProvider(async () => ({ token: 't', expiresAt: Date.now() - 3_600_000 }))({}, context)",
        top: 'import { credentialProvider } from "@mlflow-auth/core/plugin";',
      })
      .library({ trackingUri: URI, plugins: MADE }, (library) => library.headers(`${URI}/x`)),
  SECRET_FORMAT: store({ a: "1", b: "2" }),
  LOGIN_FAILED: store({ token: "t" }, "expired"),
  UPLOAD_REJECTED: async () => {
    const uri = await answering(401);
    const auth = `getAuth: () => ({ headers: { Authorization: "Bearer " + n } }), invalidate() { n++; }`;
    const body = new Blob([new Uint8Array(3 * 1024 * 1024)]).stream();
    return new Trial()
      .plugin({ name: "made", auth, top: "let n = 0;" })
      .library({ trackingUri: uri, plugins: MADE }, (library) =>
        library.fetch(uri, { method: "POST", body, duplex: "half" } as RequestInit),
      );
  },
  FETCH_REPLACED: async () => {
    const own = globalThis.fetch;
    try {
      return await madeAuth().library({ trackingUri: URI, plugins: MADE }, (library) => {
        globalThis.fetch = (async () => new Response()) as typeof fetch;
        return library.fetch(URI);
      });
    } finally {
      globalThis.fetch = own;
    }
  },
  PATH_MISLEADING: () =>
    madeAuth().library({ trackingUri: `${URI}/ml`, plugins: MADE }, (library) => library.headers(`${URI}/ml/..%2fx`)),
  GATEWAY_CREDENTIAL: () =>
    madeAuth().library({ trackingUri: URI, plugins: MADE }, (library) => library.headers(`${URI}/gateway/x`)),
  DESTINATION_UNLISTED: () =>
    madeAuth().library({ trackingUri: URI, plugins: MADE }, (library) => library.headers("https://other.example.com")),
  SERVER_AMBIGUOUS: () =>
    madeAuth().library({ servers: [{ uri: URI }, { uri: `${URI}:8443` }], plugins: MADE }, (library) => library.tags()),
  USAGE: () => new Trial().command(["validate", "--nonsense"]),
  PROXY_LISTEN: async () => {
    const trial = madeAuth();
    trial.write("mlflow-auth.yaml", token.replace("PLUGINS", "made: {}"));
    return trial.command(["proxy", "--port", new URL(await answering(200)).port]);
  },
  NODE_VERSION: async () => [await run(nodeBinary("node20"), ["-e", IMPORT_CORE])],
};

const { NODE_VERSION, ...elsewhere } = provocations;
for (const [code, provoke] of Object.entries(elsewhere)) {
  test(`${code} can be brought about`, async () => {
    const found = await provoke();
    assert.ok(found.includes(code), `${found.join(", ") || "no failure"} in place of ${code}`);
  });
}

test("no code is left out", () => {
  assert.equal(Object.keys(provocations).sort(), Object.keys(codes).sort());
});

test.run();

const old = suite("the one error code that only another Node gives", { missing: without });

old("NODE_VERSION can be brought about", async () => {
  assert.equal(await NODE_VERSION(), ["NODE_VERSION\n"]);
});

old.run();
