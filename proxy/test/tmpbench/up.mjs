import { createServer } from "node:http";
const body = Buffer.from(JSON.stringify({ run: { info: { run_id: "a".repeat(32) }, data: { x: "y".repeat(200) } } }));
const s = createServer({ optimizeEmptyRequests: true }, (q, r) => { q.resume(); r.writeHead(200, { "content-type": "application/json", "content-length": body.length }); r.end(body); }).listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${s.address().port}`));
