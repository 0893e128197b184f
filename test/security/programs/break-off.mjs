// Begins uploads and breaks each off in its middle: `break-off.mjs CLIENT DISPATCHER URL…`. Knows of mlflow-auth only as a library.
import { Readable } from "node:stream";
import * as undici from "undici";

const [client, dispatcherName, ...urls] = process.argv.slice(2);
const PIECE = Buffer.alloc(64 * 1024, "x");

/** A few pieces, and then the failure of whatever they come from. */
async function* source(fails) {
  for (let piece = 0; piece < 4; piece++) {
    yield PIECE;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  fails();
  await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
}

/** Ways in which an upload may end before its end. */
const breaks = {
  "its source fails": () => ({
    body: source(() => {
      throw new Error("the disk is gone");
    }),
  }),
  "it is aborted": () => {
    const controller = new AbortController();
    return { body: source(() => controller.abort()), signal: controller.signal };
  },
};

const auth = client.startsWith("auth.") ? await (await import("@mlflow-auth/core")).loadMlflowAuth() : undefined;
const dispatchers = {
  default: () => undefined,
  agent: () => new undici.Agent(),
  documented: () => new undici.Agent({ allowH2: false }),
};
const own = dispatchers[dispatcherName]();
const dispatcher = client === "auth.interceptor" ? own.compose(auth.interceptor) : own;
const given = dispatcher === undefined ? {} : { dispatcher };

const clients = {
  fetch: (url, { body, signal }) =>
    fetch(url, { method: "PUT", body: Readable.toWeb(Readable.from(body)), duplex: "half", signal }),
  "undici-fetch": (url, { body, signal }) => undici.fetch(url, { method: "PUT", body, duplex: "half", signal }),
  "undici-request": (url, upload) => undici.request(url, { method: "PUT", ...upload, ...given }),
  "undici-request, of a Node stream": (url, { body, signal }) =>
    undici.request(url, { method: "PUT", body: Readable.from(body), signal, ...given }),
  "auth.fetch": (url, { body, signal }) =>
    auth.fetch(url, { method: "PUT", body: Readable.toWeb(Readable.from(body)), duplex: "half", signal, ...given }),
  "auth.interceptor": (url, upload) => undici.request(url, { method: "PUT", ...upload, ...given }),
};

for (const [how, upload] of Object.entries(breaks)) {
  const ended = await Promise.all(
    urls.map((url) =>
      clients[client](`${url}/${encodeURIComponent(how)}`, upload()).then(
        ({ status, statusCode }) => `answered ${status ?? statusCode}`,
        () => "failed",
      ),
    ),
  );
  console.log(`${how}: ${ended}`);
}
await auth?.close?.();
process.exit(0);
