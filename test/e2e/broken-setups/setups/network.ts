/** What is wrong between this machine and the server: names, ports, firewalls, and the proxy of the company. */
import type { ConnectProxy } from "../../../servers/connect-proxy.ts";
import { freePort } from "../../../servers/process/free-port.ts";
import { behindProxy, HOST } from "../corporate-proxy.ts";
import { type FaultyServer, openFaultyServer, openSocketServer } from "../odd-server.ts";
import type { Patient } from "../patient.ts";
import type { BrokenSetup } from "../setup.ts";

let proxy: ConnectProxy;

/** What the operator of the server is talked to about. */
let faulty: FaultyServer;

async function behindFault({ edit, scene }: Patient, met: Parameters<typeof openFaultyServer>[1]): Promise<void> {
  faulty = await openFaultyServer(scene.front.uri, met);
  edit(scene.front.uri, faulty.uri);
}

export const brokenNetworks: readonly BrokenSetup[] = [
  {
    name: "the host's name has a slip",
    breaks: ({ edit, scene }) => edit(scene.front.uri, "https://mlflow.invalid"),
    link: "name",
    says: /the host name mlflow\.invalid is unknown/,
    remedy: /correct the host in the server's address/,
    follow: ({ edit, scene }) => edit("https://mlflow.invalid", scene.front.uri),
  },
  {
    name: "the server is down",
    breaks: async ({ edit, scene }) => edit(scene.front.uri, `http://127.0.0.1:${await freePort()}`),
    link: "connection",
    says: /nothing listens there \(ECONNREFUSED\)/,
    remedy: /check host and port in the server's address, and that the server runs/,
    follow: ({ edit, scene }) => edit(/trackingUri: .*/, `trackingUri: ${scene.front.uri}`),
  },
  {
    name: "the server takes connections and never answers",
    args: ["--timeout", "1"],
    breaks: (patient) => behindFault(patient, () => undefined),
    link: "health",
    says: /took the connection and gave no answer within 1 s/,
    remedy: /see why the server hangs/,
    follow: () => faulty.fix(),
  },
  {
    name: "a database listens at the port",
    breaks: async ({ edit, scene }) =>
      edit(scene.front.uri, await openSocketServer((socket) => socket.end("5.7.44-log\0mysql_native_password\0"))),
    link: "connection",
    says: /what answers there does not speak HTTP: Expected HTTP\//,
    remedy: /check host and port in the server's address: another program than a web server listens there/,
    follow: ({ edit, scene }) => edit(/trackingUri: .*/, `trackingUri: ${scene.front.uri}`),
  },
  {
    name: "an answer has a header that is none",
    breaks: async (patient) => {
      const answer = "HTTP/1.1 200 OK\r\nConnection: close\r\n(what): is this\r\n\r\nOK";
      await behindFault(patient, (socket) => socket.end(answer));
    },
    link: "connection",
    says: /its answer breaks a rule of HTTP: /,
    remedy: /have the server, or the proxy in front of it, fixed/,
    follow: () => faulty.fix(),
  },
  {
    name: "an answer says two lengths",
    breaks: async (patient) => {
      const twice = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nOK";
      await behindFault(patient, (socket) => socket.end(twice));
    },
    link: "connection",
    says: /its answer breaks a rule of HTTP, or is not as long as it says/,
    remedy: /have the server, or the proxy in front of it, fixed/,
    follow: () => faulty.fix(),
  },
  {
    name: "HTTPS_PROXY names a proxy that is not there",
    breaks: async (patient) => {
      proxy = await behindProxy(patient);
      patient.set("HTTPS_PROXY", `http://127.0.0.1:${await freePort()}`);
    },
    link: "connection",
    code: "HTTP_PROXY",
    says: /the proxy 127\.0\.0\.1:\d+ \(HTTPS_PROXY\) can't be reached/,
    remedy: /check that the proxy runs and that (HTTPS_PROXY) has its address/,
    follow: ({ set }, name = "") => set(name, `http://${proxy.host}`),
  },
  {
    name: "the proxy wants a password",
    breaks: async (patient) => {
      const password = patient.scene.watch.secret();
      proxy = await behindProxy(patient, { credentials: `ml:${password}` });
      patient.set("HTTPS_PROXY", `http://${proxy.host}`);
      patient.set("PROXY_PASSWORD", password);
    },
    link: "connection",
    code: "HTTP_PROXY",
    says: /it answered 407/,
    remedy: /write them percent-encoded into (HTTPS_PROXY), as (http:\/\/)USER:PASSWORD(@\S+)/,
    follow: ({ set, env }, name = "", begin = "", end = "") =>
      set(name, `${begin}ml:${encodeURIComponent(env["PROXY_PASSWORD"] ?? "")}${end}`),
  },
  {
    name: "the proxy lets nobody through to this server",
    breaks: async (patient) => {
      proxy = await behindProxy(patient);
      proxy.refuse(403);
      patient.set("HTTPS_PROXY", `http://${proxy.host}`);
    },
    link: "connection",
    code: "HTTP_PROXY",
    says: /it answered 403/,
    remedy: /ask the operator of the proxy to let CONNECT to this server's host and port pass/,
    follow: () => proxy.refuse(undefined),
  },
  {
    name: "the proxy does not know the server's name",
    breaks: async (patient) => {
      proxy = await behindProxy(patient);
      patient.edit(HOST, "mlfow.corporation.test");
      patient.set("HTTPS_PROXY", `http://${proxy.host}`);
    },
    link: "connection",
    code: "HTTP_PROXY",
    says: /it answered 502/,
    remedy: /check the server's address/,
    follow: ({ edit }) => edit("mlfow.corporation.test", HOST),
  },
  {
    name: "HTTPS_PROXY is a SOCKS proxy",
    breaks: async (patient) => {
      proxy = await behindProxy(patient);
      patient.set("HTTPS_PROXY", `socks5://${proxy.host}`);
    },
    link: "connection",
    code: "HTTP_PROXY",
    says: /the variable HTTPS_PROXY names no http or https proxy/,
    remedy: /set (HTTPS_PROXY) to (http:\/\/)HOST:PORT/,
    follow: ({ set }, name = "", scheme = "") => set(name, `${scheme}${proxy.host}`),
  },
  {
    name: "ALL_PROXY alone names the proxy",
    breaks: async (patient) => {
      proxy = await behindProxy(patient);
      patient.set("ALL_PROXY", `http://${proxy.host}`);
    },
    link: "name",
    says: /is unknown \(ENOTFOUND\); ALL_PROXY names a proxy and is not followed/,
    remedy: /^set (HTTPS_PROXY) to an http or https proxy/,
    follow: ({ set }, name = "") => set(name, `http://${proxy.host}`),
  },
  {
    name: "NO_PROXY keeps the server from its proxy",
    breaks: async (patient) => {
      proxy = await behindProxy(patient);
      patient.set("HTTPS_PROXY", `http://${proxy.host}`);
      patient.set("NO_PROXY", "localhost,.corporation.test");
    },
    link: "name",
    says: /is unknown \(ENOTFOUND\); NO_PROXY, by `\.corporation\.test`, keeps it from the proxy of HTTPS_PROXY/,
    remedy: /^take `(\S+)` out of (NO_PROXY) if that proxy leads there/,
    follow: ({ set, env }, entry = "", name = "") => set(name, (env[name] as string).replace(`,${entry}`, "")),
  },
];
