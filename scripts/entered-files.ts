/**
 * Counts the files of ours that one request enters: those are what somebody who follows it has to read. Fails above the limits.
 *
 *   npm run check:entered
 *
 * A file counts if a function of it ran while the request was under way, as V8's precise coverage has it. The loading of a module alone
 * does not count. The request is a GET to a listed server whose credential comes from Vault.
 */
import { createServer } from "node:http";
import { Session } from "node:inspector/promises";
import type { AddressInfo } from "node:net";
import { vaultSetup } from "../bench/vault-setup.ts";
import { loadMlflowAuth } from "../core/dist/index.js";
import { createLogger, loadConfig, openAuthorizer } from "../core/dist/internal.js";
import { agentLimits, createToken, startProxy } from "../proxy/dist/index.js";

const root = new URL("..", import.meta.url).href;
const OURS = /^(?:core|proxy|schema|plugins\/[\w-]+)\/dist\//;

const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });

/** The files of ours in which a function ran since the last call. */
async function enteredFiles(): Promise<string[]> {
  const { result } = await session.post("Profiler.takePreciseCoverage");
  const files = new Set<string>();
  for (const { url, functions } of result) {
    const path = url.slice(root.length);
    // The body of a script, which runs as it is loaded, begins at the first character.
    const ran = functions.some(
      ({ ranges: [range] }) => range !== undefined && range.startOffset > 0 && range.count > 0,
    );
    if (url.startsWith(root) && OURS.test(path) && ran)
      files.add(path.replace("/dist/", "/src/").replace(/\.js$/, ".ts"));
  }
  return [...files].sort();
}

let failed = false;
function report(what: string, files: readonly string[], limit: number): void {
  console.log(`${what} enters ${files.length} files of ours (at most ${limit}):`);
  for (const file of files) console.log(`  ${file}`);
  failed ||= files.length > limit;
}

const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const path = "/api/2.0/mlflow/runs/get?run_id=1";
const { options, stop } = await vaultSetup(uri);
// One credential, without the headers of another plugin.
const config = { ...options.config, headers: [] };

const auth = await loadMlflowAuth({ ...options, config });
await enteredFiles();
await (await auth.fetch(uri + path)).text();
report("a cold request in the library", await enteredFiles(), 30);
// The second request may still store what the first one made.
await (await auth.fetch(uri + path)).text();
await enteredFiles();
await (await auth.fetch(uri + path)).text();
report("a cached request in the library", await enteredFiles(), 12);
await auth.close();

const logger = createLogger({ env: options.env });
const authorizer = await openAuthorizer(await loadConfig({ ...options, config }), {
  ...options,
  logger,
  agents: agentLimits,
});
const proxy = await startProxy({ authorizer, upstream: uri, logger, token: createToken() });
for (const round of ["first", "second", "measured"]) {
  if (round === "measured") await enteredFiles();
  await (await fetch(proxy.url + path)).text();
}
report("a cached request through the proxy", await enteredFiles(), 24);
await proxy.close();
await authorizer.close();
await stop();
server.close();
server.closeAllConnections();
if (failed) {
  console.error("A request enters more files than it may: put together what is one thought.");
  process.exitCode = 1;
}
