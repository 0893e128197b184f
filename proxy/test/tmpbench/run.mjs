import { fork } from "node:child_process"; import { once } from "node:events"; import { Pool } from "undici";
const here = new URL(".", import.meta.url).pathname;
async function up(file, ...args) { const c = fork(here + file, args, { silent: true, execArgv: ["--import", "tsx"] }); c.stderr.pipe(process.stderr); const [d] = await once(c.stdout, "data"); return [c, String(d).trim()]; }
const [u, uu] = await up("up.mjs");
const stat = async (c) => { c.send(1); return (await once(c, "message"))[0] };
for (let round = 0; round < 3; round++) for (const file of ["ours.mts", "bare.mjs"]) for (const method of ["GET", "POST"]) {
  const [c, url] = await up(file, uu);
  const { origin, pathname } = new URL(url); const pool = new Pool(origin, { connections: 32, pipelining: 1 });
  const path = (pathname === "/" ? "" : pathname) + "/api/2.0/mlflow/runs/get"; const body = method === "POST" ? JSON.stringify({ run_id: "a".repeat(32), metrics: "x".repeat(300) }) : null;
  const go = async (ms) => { let n = 0; const end = Date.now() + ms; await Promise.all(Array.from({ length: 32 }, async () => { while (Date.now() < end) { const r = await pool.request({ path, method, body, headers: { "content-type": "application/json", "user-agent": "mlflow-python-client/3.17", accept: "*/*" } }); await r.body.dump(); n++ } })); return n };
  await go(1500); const a = await stat(c); const n = await go(3000); const b = await stat(c);
  console.log(file, method, Math.round(n / 3), "req/s", ((b.cpu - a.cpu) / (b.uses - a.uses)).toFixed(1), "us CPU/req", Math.round(b.rss / 2 ** 20), "MiB");
  await pool.close(); c.kill();
}
u.kill();
