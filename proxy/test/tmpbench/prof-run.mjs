import { fork } from "node:child_process"; import { once } from "node:events"; import { Pool } from "undici";
const here = new URL(".", import.meta.url).pathname;
async function up(file, execArgv, ...args) { const c = fork(here + file, args, { silent: true, execArgv: ["--import", "tsx", ...execArgv] }); c.stderr.pipe(process.stderr); const [d] = await once(c.stdout, "data"); return [c, String(d).trim()]; }
const [u, uu] = await up("up.mjs", []);
const [c, url] = await up("ours-prof.mts", ["--cpu-prof", "--cpu-prof-dir=/tmp/w/prof"], uu);
const { origin, pathname } = new URL(url); const pool = new Pool(origin, { connections: 32, pipelining: 1 });
const path = pathname + "/api/2.0/mlflow/runs/get"; const end = Date.now() + 5000; const body = process.argv[2] === "POST" ? JSON.stringify({ run_id: "a".repeat(32), metrics: "x".repeat(300) }) : null;
await Promise.all(Array.from({ length: 32 }, async () => { while (Date.now() < end) { const r = await pool.request({ path, method: process.argv[2], body, headers: { "content-type": "application/json", "user-agent": "mlflow-python-client/3.17", accept: "*/*" } }); await r.body.dump(); } }));
await pool.close(); c.send("exit"); await once(c, "exit"); u.kill();
