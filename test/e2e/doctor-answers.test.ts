/** `mlflow-auth doctor` where something answers, but not as MLflow answers a request with a valid credential. */
import { createServer as createHttpServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { suite } from "@mlflow-auth/test/suite";
import * as assert from "uvu/assert";
import { freePort } from "../servers/process/free-port.ts";
import { missing } from "../servers/tools.ts";
import { ask, assertFine, createPatient, linkOf, type Patient } from "./fixture/doctor.ts";
import { type NginxSites, startNginxSites } from "./fixture/nginx-sites.ts";
import { basic, bearer, type Stage, startStage } from "./fixture/stage.ts";

const test = suite("doctor, at what answers", { missing: await missing("mlflow", "vault", "nginx") });
let stage: Stage;
let patient: Patient;
/** Where the site `down` looks for MLflow. */
let downPort: number;
let sites: NginxSites<Site>;

type Site = "signIn" | "redirect" | "static" | "forbidden" | "elsewhere" | "moved" | "foreignHost" | "ownHost" | "down";

test.before(async () => {
  stage = await startStage();
  patient = await createPatient(stage);
  downPort = await freePort();
  const accepted = `$http_authorization != "Bearer ${patient.secret}"`;
  const pass = `proxy_set_header Host ${new URL(stage.mlflow.uri).host}; proxy_pass ${stage.mlflow.uri};`;
  const page = "<!doctype html><title>Sign in</title>";
  sites = await startNginxSites<Site>({
    signIn: `default_type text/html; location / { if (${accepted}) { return 200 "${page}"; } ${pass} }`,
    redirect: `location / { if (${accepted}) { return 302 https://login.example.com/start?to=$request_uri; } ${pass} }`,
    static: `default_type text/html; location / { return 200 "${page}"; }`,
    forbidden: `location / { if (${accepted}) { return 403; } ${pass} }`,
    elsewhere: 'default_type application/json; location / { return 200 \'{"hello":"world"}\'; }',
    moved: `location / { return 308 ${stage.mlflow.uri}$request_uri; }`,
    foreignHost: `location / { proxy_set_header Host mlflow.example.com; proxy_pass ${stage.mlflow.uri}; }`,
    ownHost: `location / { ${pass} }`,
    down: `location / { proxy_pass http://127.0.0.1:${downPort}; proxy_set_header Host 127.0.0.1; }`,
  });
});
test.after(async () => {
  await Promise.all([stage.stop(), sites.stop()]);
});

test("a front whose MLflow is down", async () => {
  const broken = { link: "health", told: /answered 502/, remedy: /start MLflow/, code: 4 };
  let forward: Server | undefined;
  await patient.fixes(broken, { uri: sites.uris.down }, async () => {
    forward = createServer((socket) => {
      const onward = connect(Number(new URL(stage.mlflow.uri).port), "127.0.0.1");
      socket.pipe(onward).pipe(socket);
      for (const end of [socket, onward]) end.on("error", () => socket.destroy());
    });
    await new Promise<void>((resolve) => forward?.listen(downPort, "127.0.0.1", resolve));
    return { uri: sites.uris.down };
  });
  forward?.close();
});

test("a front that wants Basic and gets Bearer", async () => {
  const front = await stage.openFront(basic("ml", patient.secret));
  await stage.vault.put("secret/mlflow/pair", { token: `ml:${patient.secret}` });
  const told = /refused the credential of vault \(401\), sent as Authorization: Bearer; it asks for Basic/;
  const file = { uri: front.uri, path: "mlflow/pair" };
  await patient.fixes(
    { link: "request", told, remedy: /plugins\.vault .*credential\.mode: basic/, code: 1 },
    file,
    () => ({
      ...file,
      vault: "credential: { mode: basic }",
    }),
  );
});

test("a front that wants an API key in a header of its own", async () => {
  const { uri } = await stage.openFront(patient.secret, { header: "X-Api-Key" });
  const broken = {
    link: "request",
    told: /\(401\), sent as Authorization/,
    remedy: /another header .*credential\.header/,
    code: 1,
  };
  await patient.fixes(broken, { uri }, () => ({ uri, vault: "credential: { header: X-Api-Key }" }));
});

test("a front that wants Authorization and gets an API key", async () => {
  const { uri } = await stage.openFront(bearer(patient.secret));
  const broken = {
    link: "request",
    told: /sent as X-Api-Key; it asks for Bearer/,
    remedy: /credential\.header: Authorization/,
    code: 1,
  };
  await patient.fixes(broken, { uri, vault: "credential: { header: X-Api-Key }" }, () => ({ uri }));
});

test("a credential that was rotated at the front alone", async () => {
  const [old, rotated] = [stage.watch.secret(), stage.watch.secret()];
  await stage.vault.put("secret/mlflow/rotated", { token: old });
  const file = { uri: (await stage.openFront(bearer(rotated))).uri, path: "mlflow/rotated" };
  const remedy = /store the credential that the server accepts where plugins\.vault reads it/;
  await patient.fixes(
    { link: "request", told: /refused the credential of vault \(401\)/, remedy, code: 1 },
    file,
    async () => {
      await stage.vault.put("secret/mlflow/rotated", { token: rotated });
      return file;
    },
  );
});

test("a server for which the file has no credential", async () => {
  const { uri } = await stage.openFront(bearer(patient.secret));
  const broken = {
    link: "request",
    told: /wants a credential \(401\), and the file has none/,
    remedy: /`auth`/,
    code: 1,
  };
  await patient.fixes(broken, { uri, server: "auth: []" }, () => ({ uri, server: "auth: vault" }));
});

for (const [name, site, told] of [
  ["a login page with 200", "signIn", /an HTML page came where MLflow answers JSON/],
  [
    "a login page by redirect",
    "redirect",
    /sends clients to a page at login\.example\.com where a person is to sign in \(302\)/,
  ],
  ["a 403 of the front", "forbidden", /a proxy in front of MLflow refused .*\(403\)/],
] as const) {
  test(name, async () => {
    await stage.vault.put("secret/mlflow/stranger", { token: stage.watch.secret() });
    const file = { uri: sites.uris[site], path: "mlflow/stranger" };
    const remedy = /store .* where plugins\.vault reads it/;
    await patient.fixes({ link: "request", told, remedy, code: 1 }, file, async () => {
      await stage.vault.put("secret/mlflow/stranger", { token: patient.secret });
      return file;
    });
  });
}

for (const [name, site, told, remedy, right] of [
  ["a site of HTML pages", "static", /an HTML page came/, /an address that leads past it/, "ownHost"],
  ["another API", "elsewhere", /something else than MLflow's JSON/, /must be the address of MLflow/, "ownHost"],
  [
    "an address that redirects",
    "moved",
    /sends clients on to http/,
    /^write http\S+ into the file as the server's address/,
    undefined,
  ],
  [
    "a front that sends a Host of its own",
    "foreignHost",
    /does not know the host name/,
    /send MLflow's own Host/,
    "ownHost",
  ],
] as const) {
  test(name, async () => {
    await patient.fixes({ link: "request", told, remedy, code: 1 }, { uri: sites.uris[site] }, () => ({
      uri: right === undefined ? stage.mlflow.uri : sites.uris[right],
    }));
  });
}

test("a wrong base path, where the right one shows and where it does not", async () => {
  const remedy = new RegExp(`MLflow answers at ${stage.mlflow.uri}:`);
  const broken = { link: "request", told: /no MLflow API at this address \(404\)/, remedy, code: 1 };
  await patient.fixes(broken, { uri: `${stage.mlflow.uri}/base` }, () => ({ uri: stage.mlflow.uri }));
  const { uri } = await stage.openFront(bearer(patient.secret), { basePath: "/tracking" });
  const unknown = { ...broken, remedy: /the address of MLflow up to, and without, \/api/ };
  await patient.fixes(unknown, { uri: uri.replace("/tracking", "") }, () => ({ uri }));
});

test("a server whose clock goes wrong is warned about, and named first where it may be why a token is refused", async () => {
  const front = await startFrontWithClock(await stage.openFront(bearer(patient.secret)), -600_000);
  patient.put({ uri: front.uri });
  const told = await ask(patient.project, patient.env);
  assertFine(told);
  const [warning = "", ...others] = linkOf(told, "clock").warnings;
  assert.match(warning, /^this machine's clock is 10 min ahead of that of http:.*by NTP$/);
  assert.equal(others, [], "Vault's clock is this machine's");
  patient.put({ uri: front.uri, vault: "credential: { mode: basic, header: X-Api-Key }", path: "mlflow/pair" });
  assert.match((await ask(patient.project, patient.env)).broken?.remedy ?? "", /^set the clocks right first/);
  await front.stop();
});

test("with every debug switch on, no secret is printed", async () => {
  const quiet = "http,https,http2,net,tls,fetch,undici";
  for (const format of ["json", "text"]) {
    const switches = { MLFLOW_AUTH_LOG: "debug", MLFLOW_AUTH_LOG_FORMAT: format, DEBUG: "*", NODE_DEBUG: quiet };
    for (const uri of [stage.mlflow.uri, sites.uris.forbidden, sites.uris.down, sites.uris.redirect]) {
      patient.put({ uri, path: "mlflow/pair" });
      // `run` fails if the output holds one.
      const run = await patient.project.run(["mlflow-auth", "doctor"], { env: { ...patient.env, ...switches } });
      assert.match(run.stderr, /asked|fetched|goes/);
    }
  }
});

test("a token in the environment is told to be of no use", async () => {
  patient.put({ uri: stage.mlflow.uri });
  const told = await ask(patient.project, { ...patient.env, MLFLOW_TRACKING_TOKEN: stage.watch.secret() });
  assertFine(told);
  assert.match(linkOf(told, "request").warnings[0] as string, /^MLFLOW_TRACKING_TOKEN .* not sent to this server/);
});

/** A proxy in front of another server, with a clock that is `ahead` milliseconds ahead of this machine's. */
async function startFrontWithClock({ uri }: { uri: string }, ahead: number) {
  const server = createHttpServer((request, response) => {
    const { method, url = "/", headers } = request;
    const onward = httpRequest(uri + url, { method, headers, agent: false }, (answer) => {
      const date = new Date(Date.now() + ahead).toUTCString();
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, date });
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test.run();
