/** What is wrong at the proxy in front of MLflow: what it makes of requests, and where it leads. */
import { createAuthority } from "../../../servers/certificates.ts";
import { freePort } from "../../../servers/process/free-port.ts";
import { bearer } from "../../fixture/stage.ts";
import { type OddProxy, openProxyWithClock } from "../odd-server.ts";
import { behind, carryStranger, letIn, storeRight } from "../own-site.ts";
import type { OwnSite } from "../scene.ts";
import type { BrokenSetup } from "../setup.ts";

const authority = await createAuthority();
const PAGE = 'default_type text/html; return 200 "<!doctype html><title>Sign in</title>";';

/** What the operator of the front is talked to about. */
let site: OwnSite;
let clock: OddProxy;

export const brokenAnswers: readonly BrokenSetup[] = [
  {
    name: "a page to sign in comes with 200",
    breaks: async (patient) => {
      site = await behind(patient, `default_type text/html; ${letIn(patient, 'return 200 "<!doctype html>";')}`);
      await carryStranger(patient);
    },
    link: "request",
    says: /an HTML page came where MLflow answers JSON/,
    remedy: /store a credential that this server accepts from programs where plugins\.vault reads it/,
    follow: storeRight,
  },
  {
    name: "a redirect leads to a page to sign in",
    breaks: async (patient) => {
      site = await behind(patient, letIn(patient, "return 302 https://login.example.com/start?to=$request_uri;"));
      await carryStranger(patient);
    },
    link: "request",
    says: /sends clients to a page at login\.example\.com where a person is to sign in \(302\)/,
    remedy: /store a credential that this server accepts from programs where plugins\.vault reads it/,
    follow: storeRight,
  },
  {
    name: "nobody but people gets past the page to sign in",
    breaks: async (patient) => {
      site = await behind(patient, PAGE);
    },
    link: "request",
    says: /an HTML page came where MLflow answers JSON/,
    remedy: /if it accepts none, ask its operator for an address that leads past it/,
    follow: ({ edit, scene }) => edit(site.uri, scene.front.uri),
  },
  {
    name: "http is listed, and the server sends everybody on to https",
    breaks: async (patient) => {
      const { scene, edit, project } = patient;
      const secure = await scene.openSite(letIn(patient, "return 401;"), await authority.issue());
      const plain = await scene.openSite(`return 301 ${secure.uri}$request_uri;`);
      edit(scene.front.uri, `${plain.uri}\ntls: { ca: ${project.write("ca.pem", authority.cert)} }`);
    },
    link: "request",
    says: /sends clients on to https:\S+ \(301\), where the credential does not follow/,
    remedy: /write (https:\S+) into the file as the server's address/,
    follow: ({ edit }, address = "") => edit(/trackingUri: .*/, `trackingUri: ${address}`),
  },
  {
    name: "MLflow has moved",
    breaks: async (patient) => {
      site = await behind(patient, `return 308 ${patient.scene.front.uri}$request_uri;`);
    },
    link: "request",
    says: /sends clients on to http:\S+ \(308\)/,
    remedy: /write (http:\S+) into the file as the server's address/,
    follow: ({ edit }, address = "") => edit(/trackingUri: .*/, `trackingUri: ${address}`),
  },
  {
    name: "MLflow behind the front is down",
    breaks: async (patient) => {
      site = await behind(patient, `location / { proxy_pass http://127.0.0.1:${await freePort()}; }`);
    },
    link: "health",
    says: /\/health answered 502/,
    remedy: /start MLflow/,
    // Its operator starts it, and tells nginx where.
    follow: ({ scene }) => site.rewrite(`location / { ${scene.pass} }`),
  },
  {
    name: "the front lets through a few requests only",
    breaks: async (patient) => {
      site = await behind(patient, "return 429;");
    },
    link: "health",
    says: /\/health answered 429/,
    remedy: /wait/,
    follow: ({ scene }) => site.rewrite(`location / { ${scene.pass} }`),
  },
  {
    name: "the API alone fails behind the front",
    breaks: async (patient) => {
      site = await behind(patient, `location /api { return 503; } location / { ${patient.scene.pass} }`);
    },
    link: "request",
    says: /the server answered 503; MLflow's Python client repeats its requests for about 4 minutes then, without a word/,
    remedy: /wait until the server is up, or start it/,
    follow: ({ scene }) => site.rewrite(`location / { ${scene.pass} }`),
  },
  {
    name: "the front sends MLflow a Host that it does not know",
    breaks: async (patient) => {
      const foreign = `proxy_set_header Host mlflow.example.com; proxy_pass ${patient.scene.mlflow.uri};`;
      site = await behind(patient, `location / { ${foreign} }`);
    },
    link: "request",
    says: /MLflow does not know the host name that it is addressed by \(403\)/,
    remedy: /have the proxy in front of it send MLflow's own Host/,
    follow: ({ scene }) => site.rewrite(`location / { ${scene.pass} }`),
  },
  {
    name: "the base path is missing",
    breaks: async (patient) => {
      const { scene, edit } = patient;
      const front = await scene.openFront(bearer(scene.secret), { basePath: "/tracking" });
      edit(scene.front.uri, front.uri.replace("/tracking", ""));
    },
    link: "request",
    says: /there is no MLflow API at this address \(404\)/,
    remedy: /must be the address of MLflow up to, and without, \/api, for example \S+(\/base)/,
    follow: ({ edit, file }) =>
      edit(/trackingUri: (.*)/, `trackingUri: ${/trackingUri: (.*)/.exec(file())?.[1]}/tracking`),
  },
  {
    name: "the address has a path too many",
    breaks: ({ edit, scene }) => edit(scene.front.uri, `${scene.mlflow.uri}/mlflow`),
    link: "request",
    says: /there is no MLflow API at this address \(404\)/,
    remedy: /MLflow answers at (\S+): that is the server's address/,
    follow: ({ edit }, address = "") => edit(/trackingUri: .*/, `trackingUri: ${address}`),
  },
  {
    name: "the address goes down to the API",
    breaks: ({ edit, scene }) => edit(scene.front.uri, `${scene.front.uri}/api/2.0`),
    link: "request",
    says: /there is no MLflow API at this address \(404\)/,
    remedy: /leave (\/api\/2\.0) out of the server's address/,
    follow: ({ edit }, path = "") => edit(path, ""),
  },
  {
    name: "another service answers there, in JSON",
    breaks: async (patient) => {
      site = await behind(patient, 'default_type application/json; return 200 \'{"hello":"world"}\';');
    },
    link: "request",
    says: /the server answered with something else than MLflow's JSON/,
    remedy: /check the server's address: it must be the address of MLflow/,
    follow: ({ edit, scene }) => edit(site.uri, scene.front.uri),
  },
  {
    name: "the clock of the front is ten minutes behind",
    warns: true,
    breaks: async (patient) => {
      clock = await openProxyWithClock(patient.scene.front.uri, -600_000);
      patient.edit(patient.scene.front.uri, clock.uri);
    },
    link: "clock",
    says: /this machine's clock is 10 min ahead of that of http:/,
    remedy: /have both set by NTP/,
    follow: () => clock.set(0),
  },
];
