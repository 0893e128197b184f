import { createServer } from "node:http"; import { Pool } from "undici";
const pool = new Pool(process.argv[2], { connections: 64, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 }); let n = 0;
const s = createServer({ optimizeEmptyRequests: true }, (req, res) => { n++;
  const body = req.method === "GET" ? null : req;
  const h = []; for (let i = 0; i < req.rawHeaders.length; i += 2) { const k = req.rawHeaders[i].toLowerCase(); if (k !== "host" && k !== "connection" && k !== "content-length") h.push(req.rawHeaders[i], req.rawHeaders[i+1]); }
  h.push("authorization", "Bearer first"); if (req.headers["content-length"]) h.push("content-length", req.headers["content-length"]);
  let c; pool.dispatch({ path: req.url, method: req.method, headers: h, body }, {
    onRequestStart(x) { c = x }, onResponseStart(_, st, hh) { delete hh.connection; delete hh["keep-alive"]; res.writeHead(st, hh) }, onResponseData(_, d) { if (!res.write(d)) c.pause() }, onResponseEnd() { res.end() }, onResponseError(_, e) { res.destroy(e) } });
}).listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${s.address().port}`));
process.on("message", () => { const c = process.cpuUsage(); process.send({ cpu: c.user + c.system, uses: n, rss: process.memoryUsage().rss }); });
